"""Many rows as one value, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import (
    Boolean,
    Engine,
    Integer,
    LargeBinary,
    Text,
    bindparam,
    event,
    select,
)
from sqlalchemy.types import TypeEngine

from outreach.hotline.queries import ALERTS, add_alerts
from outreach.people.queries import CONTACTS
from outreach.store.dialect import insert_on
from outreach.store.engine import transaction
from outreach.store.gathered import Gathered, Question, Returned, together
from outreach.store.ledger import LEDGER, Fact, append
from outreach.store.listed import listed, packed, with_bytes

_AT = datetime(2026, 3, 2, 2, 0, 0, 5, tzinfo=UTC)
_ALL: dict[str, TypeEngine[Any]] = {
    "number": Integer(),
    "words": Text(),
    "yes": Boolean(),
    "at": LEDGER.c.at.type,
    "sealed": LargeBinary(),
}


def gathered(engine: Engine, rows: list[tuple[Any, ...]]) -> list[Any]:
    given = listed(_ALL)
    with transaction(engine) as connection:
        return Gathered(select(*given.c)).all(connection, with_bytes(rows))


def test_rows_come_back_as_they_are(database: Engine) -> None:
    rows = [
        (1, "ក 'quoted\" \\ \n ខ", True, _AT, b"\x00\xff'\\x"),
        (2**40, "", False, _AT + timedelta(days=1), b""),
    ]
    found = gathered(database, rows)
    assert found == rows
    assert [type(value) for value in found[0]] == [int, str, bool, datetime, bytes]
    assert found[0].at.tzinfo is UTC


def test_no_rows_are_no_rows(database: Engine) -> None:
    assert gathered(database, []) == []


def test_what_is_not_there_is_none(database: Engine) -> None:
    c = CONTACTS.c
    query = select(LEDGER.c.id, c.person_id, c.number_sealed, c.created_at)
    nobody = query.outerjoin(CONTACTS, c.id == LEDGER.c.contact_id)
    with transaction(database) as connection:
        append(connection, [Fact("help.conversation", _AT)])
        (row,) = Gathered(nobody).all(connection, {})
    assert tuple(row[1:]) == (None, None, None)


def test_a_moment_is_in_utc_whatever_the_sessions_zone(database: Engine) -> None:
    with transaction(database) as connection:
        append(
            connection, [Fact("help.conversation", _AT.astimezone(timezone(timedelta(hours=7))))]
        )
        if database.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL TIME ZONE 'Asia/Phnom_Penh'")
        (row,) = Gathered(select(LEDGER.c.at)).all(connection, {})
    assert (row.at, row.at.utcoffset()) == (_AT, timedelta(0))


def test_the_rows_keep_their_querys_order_and_are_one_row_to_the_driver(database: Engine) -> None:
    with transaction(database) as connection:
        append(connection, [Fact("help.conversation", _AT, amount=n % 7) for n in range(100)])
        query = select(LEDGER.c.amount, LEDGER.c.id).where(LEDGER.c.amount < bindparam("below"))
        ordered = query.order_by(LEDGER.c.amount.desc(), LEDGER.c.id).with_for_update()
        counted: list[int] = []
        event.listen(connection, "after_cursor_execute", lambda *a: counted.append(a[1].rowcount))
        found = Gathered(ordered).all(connection, {"below": 5})
    assert found == sorted(found, key=lambda row: (-row.amount, row.id))
    assert len(found) == 72
    if database.dialect.name == "postgresql":  # SQLite does not tell
        assert counted == [1]


def test_several_are_asked_in_one_statement(database: Engine) -> None:
    types = {"number": Integer(), "sealed": LargeBinary()}
    numbers = Gathered(select(listed(types, "some").c.number))
    sealed = Gathered(select(*listed(types, "others").c))
    statements: list[str] = []
    with transaction(database) as connection:
        event.listen(connection, "before_cursor_execute", lambda *told: statements.append(told[2]))
        found = together(
            connection,
            Question(numbers, with_bytes([(1, b""), (2, b"")], "some")),
            Question(sealed, with_bytes([(3, b"\x00c")], "others")),
            Question(numbers, {}),
        )
    assert found == [[(1,), (2,)], [(3, b"\x00c")], [(1,), (2,)]]
    assert len(statements) == 1


def test_what_a_statement_that_writes_gives_back_comes_with_the_rest(database: Engine) -> None:
    adding = insert_on(database.dialect.name, ALERTS).from_select(
        ["kind", "reference", "at"],
        select(*listed({name: ALERTS.c[name].type for name in ("kind", "reference", "at")}).c),
    )
    returned = Returned(adding.returning(ALERTS.c.reference, ALERTS.c.at))
    there = Gathered(select(ALERTS.c.reference).where(ALERTS.c.kind == bindparam("wanted")))
    before = Question(there, {"wanted": "early"})
    rows = {"given": packed([("new", "1", _AT), ("new", "2", _AT)])}
    with transaction(database) as connection:
        add_alerts(connection, [("early", "0")], _AT)
        old, new = together(connection, before, Question(returned, rows))
        assert (old, sorted(new)) == ([("0",)], [("1", _AT), ("2", _AT)])
        again = Question(returned, {"given": packed([("new", "3", _AT)])})
        assert again.all(connection) == [("3", _AT)]
        (all_new,) = together(connection, Question(there, {"wanted": "new"}))
    assert sorted(all_new) == [("1",), ("2",), ("3",)]
