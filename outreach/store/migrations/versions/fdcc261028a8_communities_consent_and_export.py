"""communities consent and export."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import outreach.store.types


revision = 'fdcc261028a8'
down_revision = '235d8c822776'
branch_labels = None
depends_on = None

# "prefer_not_to_say" has 17 characters.
_WIDER = {
    'contact': ('sex', 'age_band', 'audience', 'destination', 'province', 'commune'),
    'ledger_fact': ('province', 'sex', 'age_band', 'audience', 'destination', 'language'),
}


def upgrade() -> None:
    op.create_table('community',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('country', sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
    sa.Column('name_km', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('name_en', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('focal_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('population', sa.Integer(), nullable=True),
    sa.Column('join_code', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('join_number', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
    sa.Column('wording', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('created_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('archived_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('join_code'),
    sa.UniqueConstraint('join_number'),
    sa.UniqueConstraint('public_id')
    )
    with op.batch_alter_table('community', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_place'), ['place'], unique=False)

    op.create_table('contact_export',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('audience', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('requested_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('requested_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('approved_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('approved_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('expires_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('written_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('contacts', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('public_id')
    )
    op.create_table('membership',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('community_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('how', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('left_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('community_id', 'contact_id')
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_membership_contact_id'), ['contact_id'], unique=False)

    op.create_table('safe_contact',
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
    sa.Column('hours', sqlmodel.sql.sqltypes.AutoString(length=11), nullable=False),
    sa.Column('days', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('cover_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('stop_reply', sa.Boolean(), nullable=False),
    sa.Column('set_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ask_again_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('contact_id')
    )
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.add_column(_new('purpose', 12, 'campaign'))

    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.add_column(_new('sector', 20, 'not_asked'))
        batch_op.add_column(_new('present', 20, 'not_asked'))
        batch_op.add_column(sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
    op.create_index(
        'ix_contact_person',
        'contact',
        ['person_id'],
        postgresql_where=sa.text('person_id IS NOT NULL'),
        sqlite_where=sa.text('person_id IS NOT NULL'),
    )
    _resize(16, 20)


def downgrade() -> None:
    _resize(20, 16)
    op.drop_index('ix_contact_person', 'contact')
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.drop_column('person_id')
        batch_op.drop_column('present')
        batch_op.drop_column('sector')

    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.drop_column('purpose')

    for table in ('safe_contact', 'membership', 'contact_export', 'community'):
        op.drop_table(table)


def _new(name: str, length: int, default: str) -> sa.Column[str]:
    """A column for a table that has rows already."""
    text = sqlmodel.sql.sqltypes.AutoString(length=length)
    return sa.Column(name, text, nullable=False, server_default=default)


def _resize(before: int, after: int) -> None:
    for table, columns in _WIDER.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.alter_column(
                    column,
                    existing_type=sa.VARCHAR(length=before),
                    type_=sqlmodel.sql.sqltypes.AutoString(length=after),
                    existing_nullable=False,
                )
