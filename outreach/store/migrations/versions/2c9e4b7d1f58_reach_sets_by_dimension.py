"""the sets of a dimension's values stand in one row"""

from __future__ import annotations

import json
from itertools import groupby

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '2c9e4b7d1f58'
down_revision = '8a3e5d0f6c12'
branch_labels = None
depends_on = None

_KEY = 'day, campaign_id, milestone, dimension'
_STREAMED = {'stream_results': True}


def upgrade() -> None:
    _make_room()
    op.create_table('reach_people', *_key(),
    sa.Column('lengths', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('contacts', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'campaign_id', 'milestone', 'dimension')
    )
    bind = op.get_bind()
    old = sa.text(f'SELECT {_KEY}, value, contacts FROM reach_people_old ORDER BY {_KEY}')
    put = sa.text(f'INSERT INTO reach_people ({_KEY}, lengths, contacts) VALUES (:d, :c, :m, :n, :lengths, :contacts)')
    rows = bind.execute(old, execution_options=_STREAMED)
    for (d, c, m, n), same in groupby(rows, lambda row: tuple(row)[:4]):
        sets = sorted((row.value, bytes(row.contacts)) for row in same)
        lengths = json.dumps({value: len(contacts) for value, contacts in sets})
        packed = b''.join(contacts for _, contacts in sets)
        bind.execute(put, {'d': d, 'c': c, 'm': m, 'n': n, 'lengths': lengths, 'contacts': packed})
    _done()


def downgrade() -> None:
    _make_room()
    op.create_table('reach_people', *_key(),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('contacts', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'campaign_id', 'milestone', 'dimension', 'value')
    )
    bind = op.get_bind()
    old = sa.text(f'SELECT {_KEY}, lengths, contacts FROM reach_people_old')
    put = sa.text(f'INSERT INTO reach_people ({_KEY}, value, contacts) VALUES (:d, :c, :m, :n, :value, :contacts)')
    for d, c, m, n, lengths, contacts in bind.execute(old, execution_options=_STREAMED):
        start = 0
        for value, length in json.loads(lengths).items():
            one = bytes(contacts)[start:start + length]
            bind.execute(put, {'d': d, 'c': c, 'm': m, 'n': n, 'value': value, 'contacts': one})
            start += length
    _done()


def _make_room() -> None:
    op.drop_index('ix_reach_people_asked', 'reach_people')
    op.rename_table('reach_people', 'reach_people_old')


def _done() -> None:
    op.drop_table('reach_people_old')
    op.create_index('ix_reach_people_asked', 'reach_people', ['milestone', 'dimension', 'campaign_id', 'day'])


def _key() -> list[sa.Column]:
    return [
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('milestone', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column('dimension', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    ]
