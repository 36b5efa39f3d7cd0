"""The SQL of reach; nothing here commits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from pyroaring import BitMap
from sqlalchemy import ColumnElement, Connection, Row, Table, and_, func, or_, select, tuple_

from outreach.reach.packing import Packed, PackedCrowd, unpack
from outreach.reach.rules.stretches import Stretch
from outreach.reach.tables import (
    ReachCheckpoint,
    ReachCount,
    ReachHome,
    ReachPeople,
    TargetPopulations,
)
from outreach.store.bulk import add_rows, read_rows
from outreach.store.dialect import insert, locked
from outreach.store.ledger import LEDGER
from outreach.store.types import table_of

CHECKPOINT = table_of(ReachCheckpoint)
COUNTS = table_of(ReachCount)
PEOPLE = table_of(ReachPeople)
HOMES = table_of(ReachHome)
POPULATIONS = table_of(TargetPopulations)

_BATCH = 500  # rows in memory at once, beside what they are made of
_COUNT_KEY = ("day", "campaign_id", "milestone", "dimension", "value")
CountKey = tuple[date, int, str, str, str]


class PeopleKey(NamedTuple):
    """One milestone over one campaign and a day, or the month that begins with it."""

    span: str
    day: date
    campaign_id: int
    milestone: str


class Sets(NamedTuple):
    """The sets of a row by value."""

    key: PeopleKey
    dimension: str
    by_value: Mapping[str, BitMap]


_PEOPLE_KEY = PeopleKey._fields
_PEOPLE_ROW = (*_PEOPLE_KEY, "dimension", "lengths", "contacts")


def checkpoint(connection: Connection) -> int:
    """The last folded fact; locked until the transaction ends, so that one process folds."""
    connection.execute(
        insert(connection, CHECKPOINT).values(id=1, ledger_id=0).on_conflict_do_nothing()
    )
    return int(connection.execute(locked(connection, select(CHECKPOINT.c.ledger_id))).scalar_one())


def set_checkpoint(connection: Connection, ledger_id: int) -> None:
    """Notes how far the ledger is folded."""
    connection.execute(CHECKPOINT.update().values(ledger_id=ledger_id))


def wipe(connection: Connection) -> None:
    """Forgets all that was folded."""
    connection.execute(COUNTS.delete())
    connection.execute(PEOPLE.delete())
    connection.execute(HOMES.delete())
    set_checkpoint(connection, 0)


def add_counts(connection: Connection, numbers: Iterable[tuple[CountKey, int]]) -> None:
    """Adds to sums."""
    rows = [dict(zip(_COUNT_KEY, key, strict=True)) | {"number": n} for key, n in numbers]
    if not rows:
        return
    statement = insert(connection, COUNTS)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=_COUNT_KEY, set_={"number": COUNTS.c.number + statement.excluded.number}
        ),
        rows,
    )


def people(connection: Connection, keys: Sequence[PeopleKey]) -> dict[PeopleKey, dict[str, Packed]]:
    """The stored rows of `keys`, by dimension."""
    columns = [PEOPLE.c[name] for name in _PEOPLE_KEY]
    found: dict[PeopleKey, dict[str, Packed]] = defaultdict(dict)
    # SQLite takes at most so many parameters in one statement.
    for start in range(0, len(keys), 500):
        query = select(PEOPLE).where(tuple_(*columns).in_(keys[start : start + 500]))
        for *key, dimension, lengths, contacts in connection.execute(query):
            found[PeopleKey(*key)][dimension] = (lengths, contacts)
    return found


def put_people(connection: Connection, packed: Mapping[PeopleKey, PackedCrowd]) -> None:
    """Stores rows in place of what was there."""
    rows = [(*key, name, *row) for key, crowd in packed.items() for name, row in crowd.items()]
    put(connection, PEOPLE, _PEOPLE_ROW, rows)


def put(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Stores rows whose last two columns are packed sets in place of those with the same key."""
    if not rows:
        return
    statement = insert(connection, table)
    fresh = {name: statement.excluded[name] for name in names[-2:]}
    connection.execute(
        statement.on_conflict_do_update(index_elements=names[:-2], set_=fresh),
        [dict(zip(names, row, strict=True)) for row in rows],
    )


def fill(
    connection: Connection,
    numbers: Iterable[tuple[CountKey, int]],
    packed: Iterable[tuple[PeopleKey, PackedCrowd]],
) -> None:
    """Stores all sums and sets, quickly, where there are none."""
    counts = ((key[0].isoformat(), *key[1:], number) for key, number in numbers)
    _fill(connection, COUNTS, (*_COUNT_KEY, "number"), counts)
    sets = (
        (key.span, key.day.isoformat(), *key[2:], dimension, *row)
        for key, crowd in packed
        for dimension, row in crowd.items()
    )
    _fill(connection, PEOPLE, _PEOPLE_ROW, sets)


def _fill(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterator[tuple[Any, ...]]
) -> None:
    while batch := list(islice(rows, _BATCH)):
        add_rows(connection, table, names, batch, {})


def sums(
    connection: Connection,
    campaigns: Collection[int] | None,
    since: date | None,
    until: date | None,
) -> Sequence[Any]:
    """Sums over a period by milestone, dimension and value; of all campaigns where None."""
    c = COUNTS.c
    query = select(c.milestone, c.dimension, c.value, func.sum(c.number).label("number"))
    query = query.where(_within(COUNTS, campaigns, since, until))
    return connection.execute(query.group_by(c.milestone, c.dimension, c.value)).all()


def sms_by_campaign(
    connection: Connection, since: date | None, until: date | None
) -> Sequence[Any]:
    """SMS accepted and delivered over a period, by campaign and milestone."""
    c = COUNTS.c
    query = select(c.campaign_id, c.milestone, func.sum(c.number).label("number"))
    query = query.where(
        c.milestone.in_(("submitted", "delivered")),
        c.dimension == "channel",
        c.value == "sms",
        _within(COUNTS, None, since, until),
    )
    return connection.execute(query.group_by(c.campaign_id, c.milestone)).all()


def help_sums(connection: Connection) -> Sequence[Any]:
    """Sums of help facts by day, milestone and topic. They have no campaign."""
    c = COUNTS.c
    query = select(c.day, c.milestone, c.dimension, c.value, c.number)
    return connection.execute(
        query.where(c.milestone.startswith("help."), c.campaign_id == 0)
    ).all()


def bitmaps(
    connection: Connection,
    milestones: Collection[str],
    campaigns: Collection[int] | None,
    period: Iterable[Stretch],
    dimensions: Collection[str] | None = None,
) -> Iterator[Sets]:
    """The sets of `milestones` in a period, in no order; all campaigns, all dimensions where None.
    Each is unpacked when its turn comes."""
    query = select(PEOPLE).where(
        PEOPLE.c.milestone.in_(milestones),
        or_(
            *(
                and_(PEOPLE.c.span == span, _within(PEOPLE, campaigns, since, until))
                for span, since, until in period
            )
        ),
    )
    if dimensions is not None:
        query = query.where(PEOPLE.c.dimension.in_(dimensions))
    for *key, dimension, lengths, contacts in read_rows(connection, query):
        yield Sets(PeopleKey(*key), dimension, unpack((lengths, contacts)))


def folded_upto(connection: Connection) -> int:
    """The last folded fact, for who only reads."""
    return connection.execute(select(CHECKPOINT.c.ledger_id)).scalar_one_or_none() or 0


def facts_by_kind(
    connection: Connection,
    upto: int,
    campaign_id: int | None,
    begin: datetime | None,
    end: datetime | None,
) -> Sequence[Any]:
    """Numbers of equal facts in [begin, end) with an id up to `upto`: kind, detail, channel,
    amount, cost_micro, currency, how many."""
    c = LEDGER.c
    alike = (c.kind, c.detail, c.channel, c.amount, c.cost_micro, c.currency)
    query = select(*alike, func.count()).where(c.id <= upto).group_by(*alike)
    if campaign_id is not None:
        query = query.where(c.campaign_id == campaign_id)
    if begin is not None:
        query = query.where(c.at >= begin)
    if end is not None:
        query = query.where(c.at < end)
    return connection.execute(query).all()


def paid_for(
    connection: Connection, begin: datetime | None, end: datetime | None
) -> dict[str, int]:
    """By currency, to how many contacts something went that cost any of it."""
    c = LEDGER.c
    query = select(c.currency, func.count(func.distinct(c.contact_id)))
    query = query.where(c.kind.startswith("attempt."), c.cost_micro != 0)
    if begin is not None:
        query = query.where(c.at >= begin)
    if end is not None:
        query = query.where(c.at < end)
    found = connection.execute(query.group_by(c.currency)).all()
    return {currency: int(number) for currency, number in found}


def quizzed(connection: Connection, begin: datetime | None, end: datetime | None) -> Sequence[int]:
    """The campaigns whose quiz anybody answered."""
    c = LEDGER.c
    query = select(c.campaign_id).distinct()
    query = query.where(c.kind.in_(("quiz.before", "quiz.after")), c.campaign_id.is_not(None))
    if begin is not None:
        query = query.where(c.at >= begin)
    if end is not None:
        query = query.where(c.at < end)
    return connection.execute(query.order_by(c.campaign_id)).scalars().all()


def populations(connection: Connection) -> Row[Any] | None:
    """The newest version of the target populations."""
    query = select(POPULATIONS).order_by(POPULATIONS.c.id.desc()).limit(1)
    return connection.execute(query).first()


def add_populations(connection: Connection, row: Mapping[str, Any]) -> None:
    """Adds a version of them."""
    connection.execute(POPULATIONS.insert().values(row))


def last_day(connection: Connection) -> date | None:
    """The newest day of which anything is folded."""
    days = [connection.execute(select(func.max(t.c.day))).scalar_one() for t in (COUNTS, PEOPLE)]
    return max((day for day in days if day), default=None)


def _within(
    table: Table, campaigns: Collection[int] | None, since: date | None, until: date | None
) -> ColumnElement[bool]:
    terms: list[ColumnElement[bool]] = []
    if campaigns is not None:
        terms.append(table.c.campaign_id.in_(campaigns))
    if since is not None:
        terms.append(table.c.day >= since)
    if until is not None:
        terms.append(table.c.day <= until)
    return and_(True, *terms)
