"""Refunds, reconciliation, settlement statements; tasks have an owner, a history and an outcome."""

from alembic import op
import sqlalchemy as sa


revision = '0006'
down_revision = '0005'

# Closed lists that have grown: table, column, and the values before and after.
BEFORE_TASKS = ('payment_unknown', 'payment_amount_differs', 'notice_of_unknown_number', 'write_back_refused', 'write_back_unknown', 'acceptance_unknown', 'books_differ')
BEFORE_BOOKS = ('settlement', 'paid_after_close', 'paid_twice', 'paid_though_annulled', 'refund', 'refund_from_suspense', 'refund_payout', 'fee')
BEFORE_NOTICES = ('applied', 'nothing_new', 'doubted', 'unknown_number')
BEFORE_REPORTS = ('pending', 'done', 'refused')
BEFORE_ITEMS = ('live', 'paid', 'surplus', 'released')
LISTS = (
    ('human_tasks', 'kind', BEFORE_TASKS, (*BEFORE_TASKS, 'refund_unknown', 'refund_abnormal', 'refund_failed', 'refund_balance', 'treasury_refund', 'register_shows_paid', 'discrepancy', 'bill_refused', 'bill_missing')),
    ('ledger_transactions', 'kind', BEFORE_BOOKS, (*BEFORE_BOOKS, 'refund_reversed', 'discrepancy', 'discrepancy_cleared')),
    ('channel_notices', 'outcome', BEFORE_NOTICES, (*BEFORE_NOTICES, 'asked')),
    ('write_backs', 'state', BEFORE_REPORTS, (*BEFORE_REPORTS, 'withdrawn')),
    ('payment_items', 'state', BEFORE_ITEMS, (*BEFORE_ITEMS, 'refunded')),
)

HISTORY = """
CREATE FUNCTION history_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a history only grows: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$
"""


def widen(table: str, column: str, values: tuple[str, ...]) -> None:
    """Rows that are there fit already when a list grows: they need not be read under a lock."""
    op.drop_constraint(op.f(f'ck_{table}_{column}'), table, type_='check')
    listed = ', '.join(f"'{value}'" for value in values)
    op.execute(f'ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{column} CHECK ({column} IN ({listed})) NOT VALID')
    op.execute(f'ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_{column}')


def upgrade() -> None:
    op.create_table('discrepancies',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('channel', sa.Enum('alipay', 'wechat', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kind', sa.Enum('unknown_payment', 'not_settled', 'payment_missing', 'amount_differs', 'merchant_differs', 'unknown_refund', 'refund_missing', 'duplicate_line', 'paid_twice', 'fee_differs', 'day_boundary', 'register_unpaid', 'register_paid_elsewhere', 'surplus_held', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('place', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('ours_fen', sa.BigInteger(), nullable=True),
    sa.Column('theirs_fen', sa.BigInteger(), nullable=True),
    sa.Column('suspense_fen', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('state', sa.Enum('open', 'waiting', 'healed', 'resolved', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('open', 'waiting') OR suspense_fen = 0", name=op.f('ck_discrepancies_nothing_left_in_suspense')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_discrepancies')),
    sa.UniqueConstraint('channel', 'day', 'kind', 'subject', 'place', name=op.f('uq_discrepancies_channel_day_kind_subject_place')),
    sa.UniqueConstraint('number', name=op.f('uq_discrepancies_number'))
    )
    op.create_index('ix_discrepancies_state', 'discrepancies', ['state'], unique=False, postgresql_where=sa.text("state IN ('open', 'waiting')"))
    op.create_table('raw_bill_parts',
    sa.Column('channel', sa.Enum('alipay', 'wechat', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('channel', 'day', 'sha256', 'position', name=op.f('pk_raw_bill_parts'))
    )
    op.create_table('reconciliation_days',
    sa.Column('channel', sa.Enum('alipay', 'wechat', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'refused', 'done', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('doubt', sa.String(length=200), nullable=True),
    sa.Column('payments', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('refunds', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('paid_fen', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('refunded_fen', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('fees_fen', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('decisions', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('confirmed', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('not_asked', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_check_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checks', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('lease_id', sa.Uuid(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('channel', 'day', name=op.f('pk_reconciliation_days'))
    )
    op.create_index('ix_reconciliation_days_next_check_at', 'reconciliation_days', ['next_check_at'], unique=False, postgresql_where=sa.text('next_check_at IS NOT NULL'))
    op.create_table('settlement_statements',
    sa.Column('channel', sa.Enum('alipay', 'wechat', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('channel', 'day', name=op.f('pk_settlement_statements'))
    )
    op.create_table('stated_totals',
    sa.Column('channel', sa.Enum('alipay', 'wechat', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('of_day', sa.Date(), nullable=False),
    sa.Column('agency_code', sa.String(length=20), nullable=False),
    sa.Column('agency_name', sa.String(length=128), nullable=True),
    sa.Column('payments', sa.BigInteger(), nullable=False),
    sa.Column('principal_fen', sa.BigInteger(), nullable=False),
    sa.Column('surcharge_fen', sa.BigInteger(), nullable=False),
    sa.Column('refunds', sa.BigInteger(), nullable=False),
    sa.Column('refunded_principal_fen', sa.BigInteger(), nullable=False),
    sa.Column('refunded_surcharge_fen', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('channel', 'day', 'of_day', 'agency_code', name=op.f('pk_stated_totals'))
    )
    op.create_table('bill_lines',
    sa.Column('channel', sa.Enum('alipay', 'wechat', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('place', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.Enum('payment', 'refund', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('reference', sa.String(length=64), nullable=False),
    sa.Column('refund_number', sa.String(length=64), nullable=True),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('fee_fen', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('merchant', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['channel', 'day'], ['reconciliation_days.channel', 'reconciliation_days.day'], name=op.f('fk_bill_lines_channel_day_reconciliation_days')),
    sa.PrimaryKeyConstraint('channel', 'day', 'place', name=op.f('pk_bill_lines'))
    )
    op.create_index('ix_bill_lines_number', 'bill_lines', ['number'], unique=False)
    op.create_table('refunds',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('payment_id', sa.Uuid(), nullable=False),
    sa.Column('requester', sa.String(length=255), nullable=False),
    sa.Column('idempotency_key', sa.String(length=255), nullable=False),
    sa.Column('request_hash', sa.LargeBinary(), nullable=False),
    sa.Column('reason', sa.Enum('paid_after_end', 'paid_twice', 'decision_annulled', 'paid_too_much', 'paid_in_error', name='reason', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('case_number', sa.String(length=64), nullable=True),
    sa.Column('status', sa.Enum('created', 'processing', 'unknown', 'succeeded', 'failed', 'abnormal', name='status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('problem', sa.String(length=64), nullable=True),
    sa.Column('sends', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reference', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('refunded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_check_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checks', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('lease_id', sa.Uuid(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_refunds_amount_fen')),
    sa.ForeignKeyConstraint(['payment_id'], ['payments.id'], name=op.f('fk_refunds_payment_id_payments')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refunds')),
    sa.UniqueConstraint('number', name=op.f('uq_refunds_number')),
    sa.UniqueConstraint('requester', 'idempotency_key', name=op.f('uq_refunds_requester_idempotency_key'))
    )
    op.create_index('ix_refunds_next_check_at', 'refunds', ['next_check_at'], unique=False, postgresql_where=sa.text('next_check_at IS NOT NULL'))
    op.create_index('ix_refunds_payment_id', 'refunds', ['payment_id', 'created_at'], unique=False)
    op.create_index('ix_refunds_refunded_at', 'refunds', ['refunded_at'], unique=False, postgresql_where=sa.text('refunded_at IS NOT NULL'))
    op.create_index('uq_refunds_payment_id', 'refunds', ['payment_id'], unique=True, postgresql_where=sa.text("status IN ('created', 'processing', 'unknown')"))
    op.create_table('task_events',
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('action', sa.Enum('opened', 'taken', 'released', 'noted', 'closed', name='action', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('actor', sa.String(length=255), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['task_id'], ['human_tasks.id'], name=op.f('fk_task_events_task_id_human_tasks')),
    sa.PrimaryKeyConstraint('task_id', 'position', name=op.f('pk_task_events'))
    )
    op.create_table('refund_lines',
    sa.Column('refund_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('principal_fen', sa.BigInteger(), nullable=False),
    sa.Column('surcharge_fen', sa.BigInteger(), nullable=False),
    sa.Column('from_suspense', sa.Boolean(), nullable=False),
    sa.CheckConstraint('principal_fen >= 0 AND surcharge_fen >= 0 AND principal_fen + surcharge_fen > 0', name=op.f('ck_refund_lines_amounts')),
    sa.ForeignKeyConstraint(['refund_id'], ['refunds.id'], name=op.f('fk_refund_lines_refund_id_refunds')),
    sa.PrimaryKeyConstraint('refund_id', 'position', name=op.f('pk_refund_lines'))
    )
    op.add_column('human_tasks', sa.Column('owner', sa.String(length=255), nullable=True))
    op.add_column('human_tasks', sa.Column('outcome', sa.Enum('done', 'corrected_by_others', 'given_back', 'nothing_to_do', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=True))
    op.add_column('human_tasks', sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f('uq_human_tasks_kind_subject'), 'human_tasks', type_='unique')
    op.create_index('uq_human_tasks_kind_subject', 'human_tasks', ['kind', 'subject'], unique=True, postgresql_where=sa.text('closed_at IS NULL'))
    op.create_index('ix_human_tasks_opened_at', 'human_tasks', ['opened_at', 'id'], unique=False)
    op.add_column('payment_items', sa.Column('agency_code', sa.String(length=20), nullable=True))
    op.add_column('payment_items', sa.Column('agency_name', sa.String(length=128), nullable=True))
    op.create_index('ix_payments_channel_paid_at', 'payments', ['channel', 'paid_at'], unique=False, postgresql_where=sa.text('paid_at IS NOT NULL'))
    op.create_index('ix_ledger_transactions_occurred_at', 'ledger_transactions', ['occurred_at'], unique=False)
    op.create_index('ix_ledger_transactions_created_at', 'ledger_transactions', ['created_at'], unique=False, postgresql_using='brin')
    op.create_index('ix_ledger_entries_suspense', 'ledger_entries', ['transaction_id'], unique=False, postgresql_include=['amount_fen'], postgresql_where=sa.text("account = 'suspense'"))
    op.create_index('ix_violations_annulled', 'violations', ['decision_number'], unique=False, postgresql_where=sa.text('decision_annulled AND settled_at IS NOT NULL'))
    op.create_check_constraint(op.f('ck_human_tasks_closed_with_outcome'), 'human_tasks', '(closed_at IS NULL) = (outcome IS NULL)')
    for table, column, _, after in LISTS:
        widen(table, column, after)
    # Tasks that are there began as every other does.
    op.execute("INSERT INTO task_events (task_id, position, action, at) SELECT id, 1, 'opened', opened_at FROM human_tasks")
    op.execute(HISTORY)
    op.execute('CREATE TRIGGER task_events_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON task_events FOR EACH STATEMENT EXECUTE FUNCTION history_only_grows()')


def downgrade() -> None:
    for table, column, before, _ in LISTS:
        widen(table, column, before)
    op.drop_constraint(op.f('ck_human_tasks_closed_with_outcome'), 'human_tasks', type_='check')
    op.drop_index('ix_violations_annulled', table_name='violations', postgresql_where=sa.text('decision_annulled AND settled_at IS NOT NULL'))
    op.drop_index('ix_ledger_entries_suspense', table_name='ledger_entries', postgresql_include=['amount_fen'], postgresql_where=sa.text("account = 'suspense'"))
    op.drop_index('ix_ledger_transactions_created_at', table_name='ledger_transactions', postgresql_using='brin')
    op.drop_index('ix_ledger_transactions_occurred_at', table_name='ledger_transactions')
    op.drop_index('ix_payments_channel_paid_at', table_name='payments', postgresql_where=sa.text('paid_at IS NOT NULL'))
    op.drop_column('payment_items', 'agency_name')
    op.drop_column('payment_items', 'agency_code')
    op.drop_index('ix_human_tasks_opened_at', table_name='human_tasks')
    op.drop_index('uq_human_tasks_kind_subject', table_name='human_tasks', postgresql_where=sa.text('closed_at IS NULL'))
    op.create_unique_constraint(op.f('uq_human_tasks_kind_subject'), 'human_tasks', ['kind', 'subject'], postgresql_nulls_not_distinct=False)
    op.drop_column('human_tasks', 'closed_at')
    op.drop_column('human_tasks', 'outcome')
    op.drop_column('human_tasks', 'owner')
    op.drop_table('refund_lines')
    op.drop_table('task_events')
    op.execute('DROP FUNCTION history_only_grows()')
    op.drop_index('uq_refunds_payment_id', table_name='refunds', postgresql_where=sa.text("status IN ('created', 'processing', 'unknown')"))
    op.drop_index('ix_refunds_refunded_at', table_name='refunds', postgresql_where=sa.text('refunded_at IS NOT NULL'))
    op.drop_index('ix_refunds_payment_id', table_name='refunds')
    op.drop_index('ix_refunds_next_check_at', table_name='refunds', postgresql_where=sa.text('next_check_at IS NOT NULL'))
    op.drop_table('refunds')
    op.drop_index('ix_bill_lines_number', table_name='bill_lines')
    op.drop_table('bill_lines')
    op.drop_table('stated_totals')
    op.drop_table('settlement_statements')
    op.drop_index('ix_reconciliation_days_next_check_at', table_name='reconciliation_days', postgresql_where=sa.text('next_check_at IS NOT NULL'))
    op.drop_table('reconciliation_days')
    op.drop_table('raw_bill_parts')
    op.drop_index('ix_discrepancies_state', table_name='discrepancies', postgresql_where=sa.text("state IN ('open', 'waiting')"))
    op.drop_table('discrepancies')
