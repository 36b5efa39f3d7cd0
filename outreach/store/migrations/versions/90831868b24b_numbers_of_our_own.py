"""numbers of our own."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import outreach.store.types


revision = '90831868b24b'
down_revision = 'd4a6f18c3b75'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('join_call',
    sa.Column('mark', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('mark')
    )
    with op.batch_alter_table('join_call', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_join_call_at'), ['at'], unique=False)
    # What was seen is kept by number from now on; each begins with the last day.
    op.execute("DELETE FROM help_cursor WHERE name = 'inbound'")


def downgrade() -> None:
    with op.batch_alter_table('join_call', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_join_call_at'))
    op.drop_table('join_call')
