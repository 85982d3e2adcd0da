"""ledger."""

from alembic import op
import sqlalchemy as sa


revision = '0004'
down_revision = '0003'

APPEND_ONLY = """
CREATE FUNCTION ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger only grows: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$
"""

BALANCED = """
CREATE FUNCTION ledger_transaction_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked uuid;
    announced bigint;
    written bigint;
    total numeric;
BEGIN
    IF TG_TABLE_NAME = 'ledger_transactions' THEN
        checked := NEW.id;
        announced := NEW.line_count;
    ELSE
        checked := NEW.transaction_id;
        SELECT line_count INTO announced FROM ledger_transactions WHERE id = checked;
    END IF;
    SELECT count(*), sum(amount_fen) INTO written, total
        FROM ledger_entries WHERE transaction_id = checked;
    IF written IS DISTINCT FROM announced OR total IS DISTINCT FROM 0 THEN
        RAISE EXCEPTION 'ledger transaction %: % lines of %, sum %',
            checked, written, announced, total USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$
"""

TABLES = ('ledger_transactions', 'ledger_entries')


def upgrade() -> None:
    op.create_table('ledger_transactions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('settlement', 'paid_after_close', 'paid_twice', 'paid_though_annulled', 'refund', 'refund_from_suspense', 'refund_payout', 'fee', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('source_ref', sa.String(length=64), nullable=False),
    sa.Column('line_count', sa.BigInteger(), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint('line_count >= 2', name=op.f('ck_ledger_transactions_line_count')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_transactions')),
    sa.UniqueConstraint('kind', 'source_ref', name=op.f('uq_ledger_transactions_kind_source_ref'))
    )
    op.create_index('uq_ledger_transactions_receipt', 'ledger_transactions', ['source_ref'], unique=True, postgresql_where=sa.text("kind IN ('settlement', 'paid_after_close', 'paid_twice', 'paid_though_annulled')"))
    op.create_index('uq_ledger_transactions_refund', 'ledger_transactions', ['source_ref'], unique=True, postgresql_where=sa.text("kind IN ('refund', 'refund_from_suspense')"))
    op.create_table('ledger_entries',
    sa.Column('transaction_id', sa.Uuid(), nullable=False),
    sa.Column('line_number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('account', sa.Enum('alipay_clearing', 'wechat_clearing', 'fines_receivable', 'treasury_payable_fines', 'treasury_payable_surcharges', 'refunds_payable', 'suspense', 'channel_fees', name='account', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('amount_fen <> 0', name=op.f('ck_ledger_entries_amount_fen')),
    sa.ForeignKeyConstraint(['transaction_id'], ['ledger_transactions.id'], name=op.f('fk_ledger_entries_transaction_id_ledger_transactions')),
    sa.PrimaryKeyConstraint('transaction_id', 'line_number', name=op.f('pk_ledger_entries'))
    )
    op.execute(APPEND_ONLY)
    op.execute(BALANCED)
    for table in TABLES:
        op.execute(
            f'CREATE TRIGGER {table}_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}'
            ' FOR EACH STATEMENT EXECUTE FUNCTION ledger_only_grows()'
        )
        op.execute(
            f'CREATE CONSTRAINT TRIGGER {table}_balance AFTER INSERT ON {table}'
            ' DEFERRABLE INITIALLY DEFERRED'
            ' FOR EACH ROW EXECUTE FUNCTION ledger_transaction_balances()'
        )


def downgrade() -> None:
    op.drop_table('ledger_entries')
    op.drop_index('uq_ledger_transactions_refund', table_name='ledger_transactions', postgresql_where=sa.text("kind IN ('refund', 'refund_from_suspense')"))
    op.drop_index('uq_ledger_transactions_receipt', table_name='ledger_transactions', postgresql_where=sa.text("kind IN ('settlement', 'paid_after_close', 'paid_twice', 'paid_though_annulled')"))
    op.drop_table('ledger_transactions')
    op.execute('DROP FUNCTION ledger_transaction_balances()')
    op.execute('DROP FUNCTION ledger_only_grows()')
