"""what the days of a month hold together is stored beside them, so that a year is soon read.

The months are joined from the days that are stored: nothing needs to be rebuilt.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op
from pyroaring import BitMap


revision = 'd4a6f18c3b75'
down_revision = 'b7d20c9e4a15'
branch_labels = None
depends_on = None

# As the rules were when this was written: of what can be undone, the days' order counts.
_UNDONE = ('consent.on', 'consent.off', 'person.linked', 'person.unlinked')
_WHAT = ('campaign_id', 'milestone', 'dimension')
_PACKED = ('lengths', 'contacts')


def _columns() -> list[sa.Column]:
    return [
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('milestone', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column('dimension', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column('lengths', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('contacts', sa.LargeBinary(), nullable=False),
    ]


_old = sa.table('reach_people_old', *_columns())


def upgrade() -> None:
    _make_room()
    new = op.create_table('reach_people',
    sa.Column('span', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
    *_columns(),
    sa.PrimaryKeyConstraint('span', 'day', *_WHAT)
    )
    names = ['day', *_WHAT, *_PACKED]
    days = sa.select(sa.literal('day'), *(_old.c[name] for name in names))
    op.execute(sa.insert(new).from_select(['span', *names], days))
    lasting = sa.select(_old).where(_old.c.milestone.not_in(_UNDONE))
    rows = op.get_bind().execute(
        lasting.order_by(*(_old.c[name] for name in _WHAT), _old.c.day),
        execution_options={'stream_results': True},
    )
    for (month, *what), same in groupby(rows, _month):
        row = dict(zip(_WHAT, what), **_joined(same))
        op.get_bind().execute(sa.insert(new).values(span='month', day=month, **row))
    _done('span', 'campaign_id', 'day')


def downgrade() -> None:
    _make_room()
    new = op.create_table('reach_people', *_columns(), sa.PrimaryKeyConstraint('day', *_WHAT))
    names = ['day', *_WHAT, *_PACKED]
    days = sa.select(*(_old.c[name] for name in names)).where(sa.column('span') == 'day')
    op.execute(sa.insert(new).from_select(names, days))
    _done('campaign_id', 'day')


def _make_room() -> None:
    op.drop_index('ix_reach_people_asked', 'reach_people')
    op.rename_table('reach_people', 'reach_people_old')


def _done(*asked: str) -> None:
    op.drop_table('reach_people_old')
    op.create_index('ix_reach_people_asked', 'reach_people', ['milestone', 'dimension', *asked])


def _month(row: Any) -> tuple[Any, ...]:
    return row.day.replace(day=1), row.campaign_id, row.milestone, row.dimension


def _joined(rows: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, BitMap] = {}
    for row in rows:
        start = 0
        for value, length in json.loads(row.lengths).items():
            who = BitMap.deserialize(row.contacts[start : start + length])
            found[value] = found.get(value, BitMap()) | who
            start += length
    packed = {value: found[value].serialize() for value in sorted(found)}
    lengths = json.dumps({value: len(contacts) for value, contacts in packed.items()})
    return {'lengths': lengths, 'contacts': b''.join(packed.values())}
