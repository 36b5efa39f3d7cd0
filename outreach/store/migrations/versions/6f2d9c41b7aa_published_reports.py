"""published reports, their links and keys."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import outreach.store.types


revision = '6f2d9c41b7aa'
down_revision = 'c7d1f0a2b9e4'
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_TEXT = sqlmodel.sql.sqltypes.AutoString
_MOMENT = outreach.store.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table('report_publication',
    sa.Column('id', _ID, nullable=False),
    sa.Column('public_id', _TEXT(length=40), nullable=False),
    sa.Column('period', _TEXT(length=10), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('rules', _TEXT(length=20), nullable=False),
    sa.Column('as_of', _MOMENT, nullable=False),
    sa.Column('by', _TEXT(length=60), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('period', 'edition'),
    sa.UniqueConstraint('public_id')
    )
    op.create_table('report_link',
    sa.Column('id', _ID, nullable=False),
    sa.Column('public_id', _TEXT(length=40), nullable=False),
    sa.Column('publication_id', _ID, nullable=False),
    sa.Column('token_key', _TEXT(length=64), nullable=False),
    sa.Column('name', _TEXT(length=60), nullable=False),
    sa.Column('created_at', _MOMENT, nullable=False),
    sa.Column('expires_at', _MOMENT, nullable=False),
    sa.Column('revoked_at', _MOMENT, nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('public_id'),
    sa.UniqueConstraint('token_key')
    )
    with op.batch_alter_table('report_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_link_publication_id'), ['publication_id'], unique=False)

    op.create_table('report_key',
    sa.Column('id', _ID, nullable=False),
    sa.Column('name', _TEXT(length=60), nullable=False),
    sa.Column('token_key', _TEXT(length=64), nullable=False),
    sa.Column('created_at', _MOMENT, nullable=False),
    sa.Column('expires_at', _MOMENT, nullable=False),
    sa.Column('revoked_at', _MOMENT, nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name'),
    sa.UniqueConstraint('token_key')
    )
    op.create_table('report_audit',
    sa.Column('id', _ID, nullable=False),
    sa.Column('by', _TEXT(length=60), nullable=False),
    sa.Column('action', _TEXT(length=24), nullable=False),
    sa.Column('subject', _TEXT(length=60), nullable=False),
    sa.Column('reason', _TEXT(length=200), nullable=False),
    sa.Column('at', _MOMENT, nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('report_audit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_audit_subject'), ['subject'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('report_audit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_audit_subject'))

    op.drop_table('report_audit')
    op.drop_table('report_key')
    with op.batch_alter_table('report_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_link_publication_id'))

    op.drop_table('report_link')
    op.drop_table('report_publication')
