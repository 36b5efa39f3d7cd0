"""own or shared phones; an index of failed deliveries."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = 'c7d1f0a2b9e4'
down_revision = '18ef7feeaf84'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not as a batch: that would write a table of millions anew.
    op.add_column('contact', sa.Column('phone_is', sqlmodel.sql.sqltypes.AutoString(length=10), server_default='not_asked', nullable=False))
    failed = sa.text("coalesce(state, '') = 'failed'")
    op.create_index('ix_delivery_failed', 'delivery', ['contact_id'], unique=False, sqlite_where=failed, postgresql_where=failed)


def downgrade() -> None:
    op.drop_index('ix_delivery_failed', table_name='delivery')
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.drop_column('phone_is')
