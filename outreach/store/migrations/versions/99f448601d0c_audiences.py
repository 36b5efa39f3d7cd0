"""Saved audiences; a campaign's audience is a rule, of which its provinces were a short form."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import outreach.store.types


revision = '99f448601d0c'
down_revision = 'b41d5e0c7a92'
branch_labels = None
depends_on = None


_ASKED = ('consent', 'province', 'commune', 'sex', 'age_band', 'audience', 'destination')
_CAMPAIGN = sa.table(
    'campaign', sa.column('id'), sa.column('provinces', sa.JSON), sa.column('audience', sa.JSON)
)


def upgrade() -> None:
    op.create_table('audience',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('slug', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('name_km', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('name_en', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('rule', sa.JSON(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('created_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('updated_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('public_id'),
    sa.UniqueConstraint('slug')
    )
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.add_column(sa.Column('audience', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('audience_name', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False, server_default=''))
    for row in op.get_bind().execute(sa.select(_CAMPAIGN.c.id, _CAMPAIGN.c.provinces)):
        if row.provinces:
            _set(row.id, audience={'place': sorted(row.provinces)})
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.drop_column('provinces')
    _index_contacts(*_ASKED)


def downgrade() -> None:
    _index_contacts(*_ASKED[:2])
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.add_column(sa.Column('provinces', sa.JSON(), nullable=False, server_default='[]'))
    for row in op.get_bind().execute(sa.select(_CAMPAIGN.c.id, _CAMPAIGN.c.audience)):
        if row.audience:
            _set(row.id, provinces=_provinces(row.audience))
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.drop_column('audience_name')
        batch_op.drop_column('audience')

    op.drop_table('audience')


def _index_contacts(*columns: str) -> None:
    op.drop_index('ix_contact_audience', 'contact')
    op.create_index('ix_contact_audience', 'contact', columns)


def _provinces(audience: dict[str, object]) -> list[str]:
    """The provinces of a rule that names nothing else; any other can't be said in the old form."""
    places = audience.get('place', [])
    codes = [places] if isinstance(places, str) else places
    if set(audience) != {'place'} or not all(len(code) == 2 for code in codes):
        raise ValueError('a campaign has an audience that is more than provinces; load it anew')
    return codes


def _set(campaign_id: int, **values: object) -> None:
    op.get_bind().execute(sa.update(_CAMPAIGN).where(_CAMPAIGN.c.id == campaign_id).values(values))
