"""reports of harm."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import outreach.store.types


revision = '57bfd718737e'
down_revision = '90831868b24b'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('harm_look',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('report_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('words', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('report_id', 'by')
    )
    op.create_table('harm_report',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('words', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('public_id')
    )
    with op.batch_alter_table('harm_report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_harm_report_scope'), ['scope'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('harm_report', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_harm_report_scope'))
    op.drop_table('harm_report')
    op.drop_table('harm_look')
