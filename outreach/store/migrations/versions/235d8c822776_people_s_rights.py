"""people's rights."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import outreach.store.types


revision = '235d8c822776'
down_revision = 'dc68c6626529'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('register_audit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('action', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('changed', sa.JSON(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('register_audit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_audit_contact'), ['contact'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('register_audit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_register_audit_contact'))

    op.drop_table('register_audit')
