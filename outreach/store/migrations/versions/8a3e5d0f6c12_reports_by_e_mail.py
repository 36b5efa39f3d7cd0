"""reports by e-mail."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import outreach.store.types


revision = '8a3e5d0f6c12'
down_revision = '6f2d9c41b7aa'
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_TEXT = sqlmodel.sql.sqltypes.AutoString
_MOMENT = outreach.store.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table('report_subscription',
    sa.Column('id', _ID, nullable=False),
    sa.Column('public_id', _TEXT(length=40), nullable=False),
    sa.Column('name', _TEXT(length=60), nullable=False),
    sa.Column('address_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('language', _TEXT(length=2), nullable=False),
    sa.Column('with_pdf', sa.Boolean(), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('link_days', sa.Integer(), nullable=False),
    sa.Column('created_at', _MOMENT, nullable=False),
    sa.Column('ended_at', _MOMENT, nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('public_id')
    )
    op.create_table('report_mailing',
    sa.Column('id', _ID, nullable=False),
    sa.Column('public_id', _TEXT(length=40), nullable=False),
    sa.Column('subscription_id', _ID, nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('state', _TEXT(length=12), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_at', _MOMENT, nullable=False),
    sa.Column('link', _TEXT(length=40), nullable=False),
    sa.Column('problem', _TEXT(length=200), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('public_id'),
    sa.UniqueConstraint('subscription_id', 'month')
    )
    with op.batch_alter_table('report_mailing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_mailing_state'), ['state'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('report_mailing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_mailing_state'))

    op.drop_table('report_mailing')
    op.drop_table('report_subscription')
