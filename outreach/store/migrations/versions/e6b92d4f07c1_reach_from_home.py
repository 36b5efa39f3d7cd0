"""sets of people are told short: who was elsewhere than the first fact of them says.

Homes come from the ledger as far as it is folded; the sets are made from those that are stored:
nothing needs to be rebuilt.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op
from pyroaring import BitMap


revision = 'e6b92d4f07c1'
down_revision = 'fc06221bb68b'
branch_labels = None
depends_on = None

# As the rules were when this was written.
_UNDONE = ('consent.on', 'consent.off', 'person.linked', 'person.unlinked')
_PERSONAL = ('province', 'sex', 'age_band', 'audience', 'destination', 'language')
_KEY = ('span', 'day', 'campaign_id', 'milestone')
_BLOCK = 65_536
_AWAY = ''
_Sets = Mapping[str, BitMap]


def _id() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def _packed() -> list[sa.Column]:
    return [
        sa.Column('dimension', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column('lengths', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('contacts', sa.LargeBinary(), nullable=False),
    ]


def _columns() -> list[sa.Column]:
    return [
        sa.Column('span', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('campaign_id', _id(), nullable=False),
        sa.Column('milestone', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        *_packed(),
    ]


_old = sa.table('reach_people_old', *_columns())


def upgrade() -> None:
    homes = op.create_table('reach_home',
    sa.Column('block', _id(), nullable=False),
    *_packed(),
    sa.PrimaryKeyConstraint('block', 'dimension')
    )
    found: dict[str, dict[str, BitMap]] = {name: {} for name in _PERSONAL}
    for block, people in groupby(_first_facts(), lambda row: row.contact_id // _BLOCK):
        for dimension, sets in _told(people).items():
            op.get_bind().execute(
                sa.insert(homes).values(block=block, dimension=dimension, **_pack(sets))
            )
            for value, who in sets.items():
                found[dimension][value] = found[dimension].get(value, BitMap()) | who
    _rewrite(found, _shortened)


def downgrade() -> None:
    rows = op.get_bind().execute(sa.text('SELECT dimension, lengths, contacts FROM reach_home'))
    found: dict[str, dict[str, BitMap]] = {name: {} for name in _PERSONAL}
    for row in rows:
        for value, who in _unpack(row).items():
            found[row.dimension][value] = found[row.dimension].get(value, BitMap()) | who
    op.drop_table('reach_home')
    _rewrite(found, _in_full)


def _first_facts() -> Iterable[Any]:
    personal = ', '.join(f'fact.{name}' for name in _PERSONAL)
    return op.get_bind().execute(
        sa.text(
            f'SELECT fact.contact_id, {personal} FROM ledger_fact AS fact JOIN ('
            'SELECT min(id) AS id FROM ledger_fact WHERE contact_id IS NOT NULL'
            " AND kind NOT IN ('person.linked', 'person.unlinked')"
            ' AND id <= (SELECT coalesce(max(ledger_id), 0) FROM reach_checkpoint)'
            ' GROUP BY contact_id) AS first ON first.id = fact.id ORDER BY fact.contact_id'
        ),
        execution_options={'stream_results': True},
    )


def _told(people: Iterable[Any]) -> dict[str, dict[str, BitMap]]:
    lists: dict[tuple[str, str], list[int]] = defaultdict(list)
    for contact, *values in people:
        for name, value in zip(_PERSONAL, values):
            lists[name, value or 'not_asked'].append(contact)
    found: dict[str, dict[str, BitMap]] = defaultdict(dict)
    for (name, value), contacts in lists.items():
        found[name][value] = BitMap(contacts)
    return found


def _rewrite(homes: Mapping[str, _Sets], form: Any) -> None:
    op.drop_index('ix_reach_people_asked', 'reach_people')
    op.rename_table('reach_people', 'reach_people_old')
    new = op.create_table('reach_people', *_columns(), sa.PrimaryKeyConstraint(*_KEY, 'dimension'))
    rows = op.get_bind().execute(
        sa.select(_old).order_by(*(_old.c[name] for name in _KEY)),
        execution_options={'stream_results': True},
    )
    for key, same in groupby(rows, lambda row: row[:4]):
        crowd = {row.dimension: _unpack(row) for row in same}
        if not (key[3] in _UNDONE or key[3].startswith('attempts.')):
            crowd = form(crowd, homes)
        stored = [
            {**dict(zip(_KEY, key)), 'dimension': dimension, **_pack(sets)}
            for dimension, sets in crowd.items()
        ]
        op.get_bind().execute(sa.insert(new), stored)
    op.drop_table('reach_people_old')
    asked = ['milestone', 'dimension', 'span', 'campaign_id', 'day']
    op.create_index('ix_reach_people_asked', 'reach_people', asked)


def _shortened(crowd: Mapping[str, _Sets], homes: Mapping[str, _Sets]) -> dict[str, _Sets]:
    found = dict(crowd)
    for dimension in crowd.keys() & homes.keys():
        sets, home = found.pop(dimension), homes[dimension]
        left = {value: who - home.get(value, BitMap()) for value, who in sets.items()}
        left = {value: who for value, who in left.items() if who}
        away = BitMap.union(BitMap(), *left.values())
        for value, who in sets.items():
            away -= who & home.get(value, BitMap())
        if away:
            left[_AWAY] = away
        if left:
            found[dimension] = left
    return found


def _in_full(crowd: Mapping[str, _Sets], homes: Mapping[str, _Sets]) -> dict[str, _Sets]:
    found = dict(crowd)
    for dimension, home in homes.items():
        sets = dict(crowd.get(dimension, {}))
        at_home = crowd.get('all', {}).get('', BitMap()) - sets.pop(_AWAY, BitMap())
        for value, who in home.items():
            if both := at_home & who:
                sets[value] = sets.get(value, BitMap()) | both
        found[dimension] = sets
    return found


def _pack(sets: _Sets) -> dict[str, Any]:
    packed = {value: _smallest(sets[value]).serialize() for value in sorted(sets)}
    lengths = json.dumps({value: len(contacts) for value, contacts in packed.items()})
    return {'lengths': lengths, 'contacts': b''.join(packed.values())}


def _smallest(contacts: BitMap) -> BitMap:
    contacts.run_optimize()
    if contacts.get_statistics()['n_run_containers']:
        contacts = BitMap(contacts.to_array())
        contacts.run_optimize()
    return contacts


def _unpack(row: Any) -> dict[str, BitMap]:
    sets: dict[str, BitMap] = {}
    start = 0
    for value, length in json.loads(row.lengths).items():
        sets[value] = BitMap.deserialize(row.contacts[start : start + length])
        start += length
    return sets
