"""A database that is in use is brought up to date, and loses nothing."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from alembic import command
from pyroaring import BitMap
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    func,
    select,
    text,
)

from outreach.bootstrap import metadata
from outreach.hotline.inbox.queries import CONVERSATIONS
from outreach.hotline.queries import CALL_BACKS, INBOUND
from outreach.reach import fold as folding
from outreach.reach.months import months
from outreach.reach.packing import Packed, PackedCrowd, pack, pack_crowd, unpack_crowd
from outreach.reach.publications.queries import PUBLICATIONS
from outreach.reach.publications.queries import months as published_months
from outreach.reach.queries import HOMES, PEOPLE, PeopleKey
from outreach.store.engine import make_engine, transaction
from outreach.store.ledger import Fact, append
from outreach.store.migrate import _config, upgrade
from scripts import postgres

FIRST_LIGHT = "dc68c6626529"
BEFORE = "8a3e5d0f6c12"  # conversations began after the first texts were taken in


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    """A database without any table."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'old.sqlite'}")
        yield engine
        engine.dispose()
        return
    server = request.getfixturevalue("postgres_url")
    with postgres.database(server, postgres.own("old")) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


def something(column: Column[Any]) -> Any:
    """A value that fits a column."""
    kind = column.type
    if isinstance(kind, JSON):
        return []
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Integer | Numeric):
        return 1
    if isinstance(kind, LargeBinary):
        return BitMap([1]).serialize()  # the only bytes that a migration reads
    if isinstance(kind, DateTime | Date):
        moment = datetime(2026, 3, 2, tzinfo=UTC)
        return moment if isinstance(kind, DateTime) else moment.date()
    return "x"


def as_it_was(engine: Engine) -> dict[str, int]:
    """The first schema with a row in each of its tables; how many rows each has."""
    with transaction(engine) as connection:
        command.upgrade(_config(connection, metadata), FIRST_LIGHT)
    old = MetaData()
    old.reflect(engine)
    with transaction(engine) as connection:
        for table in old.sorted_tables:
            if table.name != "alembic_version":
                row = {c.name: something(c) for c in table.columns}
                connection.execute(table.insert().values(row))
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in old.sorted_tables
        }


def test_every_row_of_the_first_release_survives_all_migrations(empty: Engine) -> None:
    before = as_it_was(empty)
    upgrade(empty, metadata)
    with transaction(empty) as connection:
        after = {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()  # noqa: S608
            for name in before
        }
    assert after == before | {"reach_people": 2}  # a day, and what there is of its month
    with transaction(empty) as connection:
        for table in metadata.sorted_tables:  # and today's program can read them
            connection.execute(table.select()).all()


def test_folded_sets_of_a_dimension_come_into_one_row(empty: Engine) -> None:
    sets = {"female": BitMap([1, 3]), "male": BitMap([2])}
    with transaction(empty) as connection:
        command.upgrade(_config(connection, metadata), "8a3e5d0f6c12")
        old = Table("reach_people", MetaData(), autoload_with=connection)
        key = {
            "day": date(2026, 3, 2),
            "campaign_id": 1,
            "milestone": "reached",
            "dimension": "sex",
        }
        for value in ("male", "female"):
            row = {**key, "dimension": "sex", "value": value, "contacts": sets[value].serialize()}
            connection.execute(old.insert().values(row))
        command.upgrade(_config(connection, metadata), "d4a6f18c3b75")
        found = connection.execute(PEOPLE.select()).all()
    assert {row.span: (row.lengths, row.contacts) for row in found} == {
        span: pack(sets) for span in ("day", "month")
    }


def test_folded_days_are_joined_to_months_as_folding_would_and_can_be_had_back(
    empty: Engine,
) -> None:
    days: dict[PeopleKey, PackedCrowd] = {
        PeopleKey("day", date(2026, month, day), campaign, milestone): pack_crowd(
            {
                "sex": {
                    "female": BitMap([day, month]),
                    ("male", "ភេទ")[day % 2]: BitMap([70_000 * day]),
                }
            }
        )
        for month, day, campaign in product((1, 2), (3, 4, 28), (0, 7))
        for milestone in ("reached", "consent.on", "attempts.unknown")
    }
    with transaction(empty) as connection:
        command.upgrade(_config(connection, metadata), "b7d20c9e4a15")
        old = Table("reach_people", MetaData(), autoload_with=connection)
        for key, crowd in days.items():
            connection.execute(old.insert().values((*key[1:], "sex", *crowd["sex"])))
        before = {tuple(row) for row in connection.execute(old.select())}
        command.upgrade(_config(connection, metadata), "d4a6f18c3b75")
        assert rows(connection) == days | dict(months(days))
        command.downgrade(_config(connection, metadata), "b7d20c9e4a15")
        assert {tuple(row) for row in connection.execute(old.select())} == before


def rows(connection: Connection) -> dict[PeopleKey, dict[str, Packed]]:
    """What is folded of people."""
    found: dict[PeopleKey, dict[str, Packed]] = defaultdict(dict)
    for *key, dimension, lengths, contacts in connection.execute(PEOPLE.select()):
        found[PeopleKey(*key)][dimension] = (lengths, contacts)
    return found


def test_sets_in_full_are_shortened_as_folding_would_and_can_be_had_back(empty: Engine) -> None:
    upgrade(empty, metadata)
    at = datetime(2026, 3, 2, 5, tzinfo=UTC)
    facts = [
        Fact("person.linked", at, contact_id=1, detail="7"),
        *(Fact("consent", at, contact_id=n, sex="not_asked", detail="consented") for n in (1, 2)),
        *(
            Fact("attempt.delivered", at + timedelta(days=day), contact_id=contact, campaign_id=5,
                 attempt_id=contact, channel="sms", sex=sex, detail="sent")
            for contact, day, sex in (
                (1, 0, "not_asked"), (1, 1, "female"), (2, 1, "female"), (70_000, 0, ""),
                (3, 0, "male"),
            )
        ),
        Fact("attempt.unknown", at, contact_id=3, attempt_id=3, campaign_id=5, detail="sent"),
    ]  # fmt: skip
    with transaction(empty) as connection:
        append(connection, facts)
    folding.fold(empty)
    with transaction(empty) as connection:
        append(connection, [Fact("consent", at, contact_id=9, sex="male", detail="consented")])
        short, homes = rows(connection), set(map(tuple, connection.execute(HOMES.select())))
        command.downgrade(_config(connection, metadata), "fc06221bb68b")
        month = rows(connection)[PeopleKey("month", date(2026, 3, 1), 5, "reached")]
        assert unpack_crowd(month)["sex"] == {
            "female": BitMap([1, 2]), "male": BitMap([3]), "not_asked": BitMap([1, 70_000])
        }  # fmt: skip
        command.upgrade(_config(connection, metadata), "head")
        assert rows(connection) == short
        assert set(map(tuple, connection.execute(HOMES.select()))) == homes


def test_reports_stay_where_activities_are_kept_too(empty: Engine) -> None:
    with transaction(empty) as connection:
        command.upgrade(_config(connection, metadata), "e6b92d4f07c1")
        old = Table("report_publication", MetaData(), autoload_with=connection)
        row = {"period": "2026-03", "rules": "4", "as_of": datetime.now(UTC), "by": "dara"}
        for edition in (1, 2):
            name = f"rp{edition}"
            given = {**row, "public_id": name, "edition": edition, "document": f"{{{name}}}"}
            connection.execute(old.insert().values(given))
        before = connection.execute(old.select()).all()
    upgrade(empty, metadata)
    with transaction(empty) as connection:
        assert [(row.public_id, row.document) for row in published_months(connection)] == [
            ("rp1", "{rp1}"), ("rp2", "{rp2}")
        ]  # fmt: skip
        activity = {**row, "public_id": "ia", "edition": 1, "document": "<a/>"}
        period = {"grant_slug": "g", "period": "2026-01..2026-12"}
        connection.execute(PUBLICATIONS.insert().values({**activity, **period}))
        command.downgrade(_config(connection, metadata), "e6b92d4f07c1")
        assert connection.execute(old.select()).all() == before


def test_who_wrote_before_there_were_conversations_is_in_the_inbox(empty: Engine) -> None:
    def ago(days: int) -> datetime:
        return datetime.now(UTC) - timedelta(days=days)

    def text(who: str, intent: str, days: int, *, redacted: bool = False) -> dict[str, Any]:
        sid, number = f"SM{who}{days}", b"" if redacted else f"sealed {who}".encode()
        body = {"body_sealed": b"", "language": "km", "at": ago(days), "number_sealed": number}
        return {"sid": sid, "number_key": who.encode(), "intent": intent, **body}

    with transaction(empty) as connection:
        command.upgrade(_config(connection, metadata), BEFORE)
        connection.execute(
            INBOUND.insert(),
            [text("plea", "HELP", 3), text("plea", "JOB", 2), text("left", "UNKNOWN", 2),
             text("left", "STOP", 1), text("stop", "STOP", 1), text("old", "HELP", 31),
             text("gone", "HELP", 2, redacted=True)],
        )  # fmt: skip
        call = {"source_id": "CA1", "source": "missed_call", "state": "waiting"}
        call |= {"number_key": b"rang", "number_sealed": b"sealed rang", "taken_by": ""}
        connection.execute(CALL_BACKS.insert(), call | {"asked_at": ago(2), "due_by": ago(2)})
    upgrade(empty, metadata)
    with transaction(empty) as connection:
        rows = connection.execute(CONVERSATIONS.select()).all()
    found = {row.number_key: (row.urgency, row.last_text_at is not None) for row in rows}
    assert found == {b"plea": (2, True), b"left": (1, False), b"rang": (2, False)}
    assert {(row.state, row.assigned_to) for row in rows} == {("new", "")}
    assert all(row.due_by > datetime.now(UTC) + timedelta(hours=3) for row in rows)
    assert {row.number_sealed for row in rows} == {b"sealed plea", b"sealed left", b"sealed rang"}
