"""calls of the hotline."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import outreach.store.types


revision = 'ffb247dfab31'
down_revision = '7796ac80f099'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('help_audit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('by', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('action', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('call_back', schema=None) as batch_op:
        batch_op.add_column(sa.Column('taken_by', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('taken_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('ended_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index('ix_call_back_state', ['state', 'due_by'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('call_back', schema=None) as batch_op:
        batch_op.drop_index('ix_call_back_state')
        batch_op.drop_column('ended_at')
        batch_op.drop_column('taken_at')
        batch_op.drop_column('taken_by')

    op.drop_table('help_audit')
