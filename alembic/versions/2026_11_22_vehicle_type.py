"""vehicle type."""

from alembic import op
import sqlalchemy as sa


revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.add_column('vehicles', sa.Column('type_code', sa.String(length=4), nullable=True))


def downgrade() -> None:
    op.drop_column('vehicles', 'type_code')
