"""Many rows at once: the same rows as one by one, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, literal, select

from outreach.people.queries import AUDIT, PLACES
from outreach.store.bulk import add_rows, add_some, read_rows, reserve_ids
from outreach.store.engine import make_engine, reading, transaction

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SAME = {"action": "show", "changed": ["sex", "ភាសា"], "by": "dara", "at": AT}
Adding = Callable[..., None]
each_way = pytest.mark.parametrize("add", [add_rows, add_some])


@each_way
def test_rows_come_back_as_they_went_in(database: Engine, add: Adding) -> None:
    with transaction(database) as connection:
        rows = [("co_1", 'tab\tquote" \\N line\n'), ("co_2", "ឃុំ")]
        add(connection, AUDIT, ("contact", "reason"), rows, SAME)
    with reading(database) as connection:
        found = connection.execute(AUDIT.select().order_by(AUDIT.c.id)).all()
    assert [(row.contact, row.reason) for row in found] == rows
    assert all(row.changed == ["sex", "ភាសា"] and row.at == AT for row in found)


def test_reserved_ids_are_nobody_elses_and_none_is_given_twice(database: Engine) -> None:
    with transaction(database) as connection:
        ids = reserve_ids(connection, AUDIT, 3)
        add_rows(
            connection, AUDIT, ("id", "contact"), [(i, "a") for i in ids], {**SAME, "reason": ""}
        )
        connection.execute(AUDIT.insert().values(contact="b", reason="", **SAME))
        more = reserve_ids(connection, AUDIT, 2)
        found = [row.id for row in connection.execute(AUDIT.select())]
    assert len({*found, *more}) == 6


@each_way
def test_a_row_that_breaks_a_rule_takes_all_of_them_back(database: Engine, add: Adding) -> None:
    names, same = ("code", "name_km"), {"parent": "", "kind": "province", "name_en": "x"}
    with (
        pytest.raises(Exception, match=r"(?i)unique|duplicate"),
        transaction(database) as connection,
    ):
        add(connection, PLACES, names, [("01", "a"), ("01", "b")], same)
    with reading(database) as connection:
        assert connection.execute(PLACES.select()).all() == []


@each_way
def test_no_rows_are_no_rows(database: Engine, add: Adding) -> None:
    with transaction(database) as connection:
        add(connection, PLACES, ("code",), [], {})


def test_rows_are_read_one_after_the_other_and_whoever_stops_may_ask_again(
    database: Engine,
) -> None:
    names, same = ("code", "name_km"), {"parent": "", "kind": "province", "name_en": "x"}
    wanted = [(f"{n:03}", "ខេត្ត") for n in range(200)]
    with transaction(database) as connection:
        add_rows(connection, PLACES, names, wanted, same)
    query = select(PLACES.c.code, PLACES.c.name_km).where(PLACES.c.kind.in_(["province"]))
    query = query.order_by(PLACES.c.code)
    with reading(database) as connection:
        rows = iter(read_rows(connection, query))
        assert tuple(next(rows)) == wanted[0]
        rows.close()  # type: ignore[attr-defined]
        assert [tuple(row) for row in read_rows(connection, query)] == wanted


def test_sqlite_caches_as_usual_after_much_was_read(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/o.sqlite")
    with reading(engine) as connection:
        before = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
        assert [*read_rows(connection, select(literal(1)))] == [(1,)]
        assert connection.exec_driver_sql("PRAGMA cache_size").scalar_one() == before
