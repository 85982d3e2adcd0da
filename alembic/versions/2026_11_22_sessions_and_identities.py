"""sessions and identities."""

from alembic import op
import sqlalchemy as sa


revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('citizens',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('identity_digest', sa.LargeBinary(), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('merged_into', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['merged_into'], ['citizens.id'], name=op.f('fk_citizens_merged_into_citizens')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_citizens'))
    )
    op.create_index('uq_citizens_identity_digest', 'citizens', ['identity_digest'], unique=True, postgresql_where=sa.text('identity_digest IS NOT NULL'))
    op.create_table('revocations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('session', 'person', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revocations'))
    )
    op.create_index('ix_revocations_changed_at', 'revocations', ['changed_at'], unique=False)
    op.create_table('platform_accounts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('citizen_id', sa.Uuid(), nullable=False),
    sa.Column('channel', sa.Enum('alipay', 'wechat', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('app_id', sa.String(length=64), nullable=False),
    sa.Column('open_id_digest', sa.LargeBinary(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_signed_in_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['citizen_id'], ['citizens.id'], name=op.f('fk_platform_accounts_citizen_id_citizens')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_platform_accounts')),
    sa.UniqueConstraint('channel', 'app_id', 'open_id_digest', name=op.f('uq_platform_accounts_channel_app_id_open_id_digest'))
    )
    op.create_index('ix_platform_accounts_citizen_id', 'platform_accounts', ['citizen_id'], unique=False)
    op.create_table('sessions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('citizen_id', sa.Uuid(), nullable=False),
    sa.Column('channel', sa.Enum('alipay', 'wechat', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('device_name', sa.String(length=80), nullable=True),
    sa.Column('verification', sa.Enum('none', 'basic', 'face', name='verification', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('authenticated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('generation', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_because', sa.Enum('signed_out', 'ended_by_owner', 'reused', 'crowded_out', name='ended_because', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.ForeignKeyConstraint(['citizen_id'], ['citizens.id'], name=op.f('fk_sessions_citizen_id_citizens')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sessions'))
    )
    op.create_index('ix_sessions_live', 'sessions', ['citizen_id'], unique=False, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('identity_checks',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('citizen_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('method', sa.Enum('face', 'document_photo', name='method', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.Enum('open', 'passed', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('passed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['citizen_id'], ['citizens.id'], name=op.f('fk_identity_checks_citizen_id_citizens')),
    sa.ForeignKeyConstraint(['session_id'], ['sessions.id'], name=op.f('fk_identity_checks_session_id_sessions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_checks'))
    )
    op.create_index('ix_identity_checks_citizen_id_opened_at', 'identity_checks', ['citizen_id', 'opened_at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_identity_checks_citizen_id_opened_at', table_name='identity_checks')
    op.drop_table('identity_checks')
    op.drop_index('ix_sessions_live', table_name='sessions', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('sessions')
    op.drop_index('ix_platform_accounts_citizen_id', table_name='platform_accounts')
    op.drop_table('platform_accounts')
    op.drop_index('ix_revocations_changed_at', table_name='revocations')
    op.drop_table('revocations')
    op.drop_index('uq_citizens_identity_digest', table_name='citizens', postgresql_where=sa.text('identity_digest IS NOT NULL'))
    op.drop_table('citizens')
