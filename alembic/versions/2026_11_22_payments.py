"""Acceptances, statements, payments, and the tables of the job queue."""

from pathlib import Path

from alembic import op
import sqlalchemy as sa


revision = '0005'
down_revision = '0004'

# The queue's own words, as procrastinate 3.10.0 ships them: it does not keep track of its versions.
QUEUE = Path(__file__).parents[1] / 'procrastinate_3_10_0.sql'
NO_QUEUE = """
DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs,
    procrastinate_workers CASCADE;
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT oid::regprocedure AS name FROM pg_proc WHERE proname LIKE 'procrastinate\\_%' LOOP
        EXECUTE 'DROP FUNCTION ' || one.name;
    END LOOP;
END $$;
DROP TYPE procrastinate_job_to_defer_v1, procrastinate_job_event_type, procrastinate_job_status;
"""


def upgrade() -> None:
    # Not through SQLAlchemy: it would read colons and percent signs as its own.
    op.get_bind().connection.driver_connection.execute(QUEUE.read_bytes())
    op.create_table('acceptances',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('citizen_digest', sa.LargeBinary(), nullable=False),
    sa.Column('idempotency_key', sa.String(length=255), nullable=False),
    sa.Column('request_hash', sa.LargeBinary(), nullable=False),
    sa.Column('preview_hash', sa.String(length=64), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acceptances')),
    sa.UniqueConstraint('citizen_digest', 'idempotency_key', name=op.f('uq_acceptances_citizen_digest_idempotency_key'))
    )
    op.create_table('channel_notices',
    sa.Column('channel', sa.Enum('alipay', 'wechat', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('notice_id', sa.String(length=128), nullable=False),
    sa.Column('kind', sa.Enum('trade', 'refund', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('event', sa.String(length=64), nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('body_hash', sa.LargeBinary(), nullable=False),
    sa.Column('outcome', sa.Enum('applied', 'nothing_new', 'doubted', 'unknown_number', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('channel', 'notice_id', name=op.f('pk_channel_notices'))
    )
    op.create_table('human_tasks',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('payment_unknown', 'payment_amount_differs', 'notice_of_unknown_number', 'write_back_refused', 'write_back_unknown', 'acceptance_unknown', 'books_differ', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_human_tasks')),
    sa.UniqueConstraint('kind', 'subject', name=op.f('uq_human_tasks_kind_subject'))
    )
    op.create_table('payments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('payer_digest', sa.LargeBinary(), nullable=False),
    sa.Column('idempotency_key', sa.String(length=255), nullable=False),
    sa.Column('request_hash', sa.LargeBinary(), nullable=False),
    sa.Column('channel', sa.Enum('alipay', 'wechat', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('status', sa.Enum('created', 'awaiting', 'unknown', 'paid', 'failed', 'cancelled', 'expired', 'refunding', 'refunded', name='status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('subject', sa.String(length=127), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('handle', sa.String(length=128), nullable=True),
    sa.Column('reference', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cancel_requested_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_check_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checks', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('lease_id', sa.Uuid(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_payments_amount_fen')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payments')),
    sa.UniqueConstraint('number', name=op.f('uq_payments_number')),
    sa.UniqueConstraint('payer_digest', 'idempotency_key', name=op.f('uq_payments_payer_digest_idempotency_key'))
    )
    op.create_index('ix_payments_next_check_at', 'payments', ['next_check_at'], unique=False, postgresql_where=sa.text('next_check_at IS NOT NULL'))
    op.create_index('ix_payments_payer_digest_created_at', 'payments', ['payer_digest', 'created_at', 'id'], unique=False)
    op.create_table('statements',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('citizen_digest', sa.LargeBinary(), nullable=False),
    sa.Column('idempotency_key', sa.String(length=255), nullable=False),
    sa.Column('request_hash', sa.LargeBinary(), nullable=False),
    sa.Column('violation_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('pleading', 'objection', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('ground', sa.String(length=40), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.Enum('submitted', 'withdrawn', 'upheld', 'dismissed', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer_due_on', sa.Date(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statements')),
    sa.UniqueConstraint('citizen_digest', 'idempotency_key', name=op.f('uq_statements_citizen_digest_idempotency_key')),
    sa.UniqueConstraint('number', name=op.f('uq_statements_number'))
    )
    op.create_index('uq_statements_violation_id', 'statements', ['violation_id'], unique=True, postgresql_where=sa.text("state = 'submitted'"))
    op.create_table('accepted_violations',
    sa.Column('acceptance_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('violation_id', sa.Uuid(), nullable=False),
    sa.Column('record_number', sa.String(length=32), nullable=False),
    sa.Column('plate_key', sa.String(length=20), nullable=False),
    sa.Column('fine_fen', sa.BigInteger(), nullable=False),
    sa.Column('points', sa.BigInteger(), nullable=False),
    sa.Column('attempts', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('state', sa.Enum('pending', 'decided', 'refused', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('problem', sa.String(length=40), nullable=True),
    sa.Column('decision_number', sa.String(length=32), nullable=True),
    sa.Column('check_character', sa.String(length=2), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('template_version', sa.String(length=20), nullable=True),
    sa.Column('sealed_text', sa.LargeBinary(), nullable=True),
    sa.Column('next_check_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checks', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('lease_id', sa.Uuid(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['acceptance_id'], ['acceptances.id'], name=op.f('fk_accepted_violations_acceptance_id_acceptances')),
    sa.PrimaryKeyConstraint('acceptance_id', 'position', name=op.f('pk_accepted_violations'))
    )
    op.create_index('ix_accepted_violations_decision_number', 'accepted_violations', ['decision_number'], unique=False)
    op.create_index('ix_accepted_violations_next_check_at', 'accepted_violations', ['next_check_at'], unique=False, postgresql_where=sa.text('next_check_at IS NOT NULL'))
    op.create_index('uq_accepted_violations_violation_id', 'accepted_violations', ['violation_id'], unique=True, postgresql_where=sa.text("state IN ('pending', 'decided')"))
    op.create_table('payment_items',
    sa.Column('payment_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('decision_number', sa.String(length=32), nullable=False),
    sa.Column('check_character', sa.String(length=2), nullable=True),
    sa.Column('violation_id', sa.Uuid(), nullable=False),
    sa.Column('principal_fen', sa.BigInteger(), nullable=False),
    sa.Column('surcharge_fen', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Enum('live', 'paid', 'surplus', 'released', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.CheckConstraint('principal_fen > 0 AND surcharge_fen >= 0', name=op.f('ck_payment_items_amounts')),
    sa.ForeignKeyConstraint(['payment_id'], ['payments.id'], name=op.f('fk_payment_items_payment_id_payments')),
    sa.PrimaryKeyConstraint('payment_id', 'position', name=op.f('pk_payment_items'))
    )
    op.create_index('uq_payment_items_decision_number', 'payment_items', ['decision_number'], unique=True, postgresql_where=sa.text("state IN ('live', 'paid')"))
    op.create_table('write_backs',
    sa.Column('payment_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('serial', sa.String(length=40), nullable=False),
    sa.Column('state', sa.Enum('pending', 'done', 'refused', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_check_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checks', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('lease_id', sa.Uuid(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['payment_id'], ['payments.id'], name=op.f('fk_write_backs_payment_id_payments')),
    sa.PrimaryKeyConstraint('payment_id', 'position', name=op.f('pk_write_backs')),
    sa.UniqueConstraint('serial', name=op.f('uq_write_backs_serial'))
    )
    op.create_index('ix_write_backs_next_check_at', 'write_backs', ['next_check_at'], unique=False, postgresql_where=sa.text('next_check_at IS NOT NULL'))
    op.add_column('violations', sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute(NO_QUEUE)
    op.drop_column('violations', 'settled_at')
    op.drop_index('ix_write_backs_next_check_at', table_name='write_backs', postgresql_where=sa.text('next_check_at IS NOT NULL'))
    op.drop_table('write_backs')
    op.drop_index('uq_payment_items_decision_number', table_name='payment_items', postgresql_where=sa.text("state IN ('live', 'paid')"))
    op.drop_table('payment_items')
    op.drop_index('uq_accepted_violations_violation_id', table_name='accepted_violations', postgresql_where=sa.text("state IN ('pending', 'decided')"))
    op.drop_index('ix_accepted_violations_next_check_at', table_name='accepted_violations', postgresql_where=sa.text('next_check_at IS NOT NULL'))
    op.drop_index('ix_accepted_violations_decision_number', table_name='accepted_violations')
    op.drop_table('accepted_violations')
    op.drop_index('uq_statements_violation_id', table_name='statements', postgresql_where=sa.text("state = 'submitted'"))
    op.drop_table('statements')
    op.drop_index('ix_payments_payer_digest_created_at', table_name='payments')
    op.drop_index('ix_payments_next_check_at', table_name='payments', postgresql_where=sa.text('next_check_at IS NOT NULL'))
    op.drop_table('payments')
    op.drop_table('human_tasks')
    op.drop_table('channel_notices')
    op.drop_table('acceptances')
