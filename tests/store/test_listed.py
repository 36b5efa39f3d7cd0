"""Many values as one parameter, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import Boolean, Engine, LargeBinary, select, text, update

from outreach.people.queries import CONTACTS
from outreach.store.dialect import keyed, keys_given
from outreach.store.engine import transaction
from outreach.store.ledger import LEDGER, Fact, append
from outreach.store.listed import among, listed, packed, packed_values, parted, with_bytes

_AT = datetime(2026, 3, 2, 2, 0, 0, 5, tzinfo=UTC)
_TYPES = {"id": LEDGER.c.id.type, "detail": LEDGER.c.detail.type, "at": LEDGER.c.at.type}


def test_values_come_back_as_they_were_given(database: Engine) -> None:
    rows = [(1, "ក 'quoted\" \\ ខ", _AT), (2, None, None), (2**40, "", _AT + timedelta(days=1))]
    with transaction(database) as connection:
        found = connection.execute(select(listed(_TYPES)), {"given": packed(rows)})
        assert [tuple(row) for row in found] == rows


def test_bytes_and_truths_come_back_as_they_were_given(database: Engine) -> None:
    types = {"first": LargeBinary(), "id": _TYPES["id"], "yes": Boolean(), "last": LargeBinary()}
    rows = [
        (b"\x00\xff'\\x", 1, True, b""),
        (b"", 2, False, b""),
        (bytes(range(256)), 3, True, b"a"),
    ]
    with transaction(database) as connection:
        for given in (rows, rows[1:2]):
            found = connection.execute(select(listed(types)), with_bytes(given))
            assert [tuple(row) for row in found] == given


def test_a_moment_of_any_zone_is_the_same_moment(database: Engine) -> None:
    there = _AT.astimezone(timezone(timedelta(hours=7)))
    with transaction(database) as connection:
        given = {"given": packed([(1, "", there)])}
        (row,) = connection.execute(select(listed(_TYPES)), given).all()
    assert row.at == _AT


def test_one_statement_changes_each_row_to_its_own_value(database: Engine) -> None:
    given = listed({"b_id": LEDGER.c.id.type, "detail": LEDGER.c.detail.type})
    statement = update(LEDGER).where(LEDGER.c.id == given.c.b_id).values(detail=given.c.detail)
    with transaction(database) as connection:
        append(connection, [Fact("help.conversation", _AT) for _ in range(4)])
        ids = connection.execute(select(LEDGER.c.id).order_by(LEDGER.c.id)).scalars().all()
        named = [(key, f"row {key}") for key in ids[:3]]
        connection.execute(statement, {"given": packed(named)})
        rows = connection.execute(select(LEDGER.c.detail).order_by(LEDGER.c.id)).scalars().all()
    assert rows == [*(name for _, name in named), ""]


def test_a_list_longer_than_any_limit_of_parameters_is_one_parameter(database: Engine) -> None:
    query = select(CONTACTS.c.id).where(among(CONTACTS.c.id))
    with transaction(database) as connection:
        assert connection.execute(query, {"ids": packed_values(range(70_000))}).all() == []


def test_keys_are_found_however_many_are_asked_for(database: Engine) -> None:
    query = select(CONTACTS.c.id).where(keyed(database.dialect.name, CONTACTS.c.number_key))
    with transaction(database) as connection:
        some = [bytes([number]) * 32 for number in range(200)]
        assert connection.execute(query, keys_given(connection, some)).all() == []


def test_postgresql_reads_the_keys_once_and_not_for_every_row(postgres_database: Engine) -> None:
    query = select(CONTACTS.c.id).where(keyed("postgresql", CONTACTS.c.number_key))
    with transaction(postgres_database) as connection:
        for way in ("indexscan", "indexonlyscan", "bitmapscan"):
            connection.execute(text(f"SET LOCAL enable_{way} = off"))
        given = keys_given(connection, [b"k" * 32, b"l" * 32])
        asked = str(query.compile(connection))
        plan = connection.exec_driver_sql(f"EXPLAIN {asked}", given).scalars().all()
    (looks,) = [line for line in plan if "Filter" in line]
    assert "InitPlan" in looks
    assert "::bytea[]" not in looks


def test_what_is_alike_in_all_rows_is_said_once_but_for_the_first_column() -> None:
    names = ("id", "kind", "parts", "at")
    rows = [(1, "sms", 2, None), (2, "sms", 3, None)]
    assert parted(names, rows) == (
        ("id", "parts"),
        [(1, 2), (2, 3)],
        {"kind": "sms", "at": None},
    )
    assert parted(names, rows[:1]) == (
        ("id",),
        [(1,)],
        {"kind": "sms", "parts": 2, "at": None},
    )
