"""Many writes as one statement: the same rows as one by one, each after the one before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, func, select, text, update

from outreach.hotline.queries import ALERTS, add_alerts
from outreach.store.chained import chained
from outreach.store.engine import reading, transaction
from outreach.store.ledger import LEDGER, Fact, append_some
from outreach.store.listed import among, listed, packed, packed_values

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
RENAMING = update(ALERTS).where(among(ALERTS.c.id, "ids")).values(kind="seen")
LOCKING = select(ALERTS.c.id).where(among(ALERTS.c.id)).with_for_update()
_GIVEN = listed({"b_id": ALERTS.c.id.type, "reference": ALERTS.c.reference.type})
TELLING = update(ALERTS).where(ALERTS.c.id == _GIVEN.c.b_id).values(reference=_GIVEN.c.reference)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """What is executed meanwhile."""
    done: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        done.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield done
    event.remove(engine, "before_cursor_execute", note)


def alerts(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as connection:
        rows = connection.execute(ALERTS.select().order_by(ALERTS.c.id)).all()
    assert all(row.at == AT for row in rows)
    return [(row.kind, row.reference) for row in rows]


def three(engine: Engine) -> None:
    with transaction(engine) as connection:
        add_alerts(connection, [("new", "1"), ("new", "2"), ("new", "3")], AT)


def test_all_that_is_given_is_done_when_the_block_ends(database: Engine) -> None:
    three(database)
    with transaction(database) as connection, counted(database) as done:
        with chained(connection) as writer:
            writer.execute(LOCKING, {"ids": packed_values([1])})
            writer.execute(TELLING, {"given": packed([(1, "one")])})
            add_alerts(writer, [("new", "4"), ("other", "5")], AT)
            writer.execute(RENAMING, {"ids": packed_values([2])})
            append_some(writer, Fact("help.conversation", AT), ("detail",), [("a",), ("b",)])
        assert len(done) == (1 if database.dialect.name == "postgresql" else 5)
    kinds = {"1": "new", "2": "seen", "3": "new", "4": "new", "5": "other"}
    assert alerts(database) == [(kinds[n], "one" if n == "1" else n) for n in kinds]
    with reading(database) as connection:
        facts = connection.execute(select(LEDGER.c.kind, LEDGER.c.detail, LEDGER.c.at)).all()
    assert facts == [("help.conversation", "a", AT), ("help.conversation", "b", AT)]


def test_where_nothing_is_given_nothing_is_asked(postgres_database: Engine) -> None:
    with transaction(postgres_database) as connection, counted(postgres_database) as done:
        with chained(connection):
            pass
        assert done == []


def test_a_chain_that_is_broken_off_writes_nothing(postgres_database: Engine) -> None:
    with pytest.raises(ZeroDivisionError):
        write_and_break_off(postgres_database)
    assert alerts(postgres_database) == []


def write_and_break_off(engine: Engine) -> None:
    with transaction(engine) as connection, chained(connection) as writer:
        add_alerts(writer, [("new", "1")], AT)
        1 / 0  # noqa: B018


def test_each_locks_its_rows_after_the_one_before_it(postgres_database: Engine) -> None:
    """As one by one, so that no two processes wait for each other: the second row is free while
    the first one is waited for, whichever PostgreSQL would have begun with."""
    three(postgres_database)
    orders = [(1, 2, 3), (3, 2, 1), (2, 3, 1)]
    for first, *others in orders:
        with ThreadPoolExecutor(1) as thread, transaction(postgres_database) as holding:
            holding.execute(LOCKING, {"ids": packed_values([first])})
            written = thread.submit(change, postgres_database, (first, *others))
            wait_until(waits, postgres_database)
            with transaction(postgres_database) as beside:
                ids = {"ids": packed_values(others)}
                free = LOCKING.with_for_update(skip_locked=True)
                assert sorted(beside.execute(free, ids).scalars()) == sorted(others)
            holding.rollback()
            written.result(10)


def change(engine: Engine, ids: tuple[int, ...]) -> None:
    """A row each, in three ways."""
    first, second, third = ids
    with transaction(engine) as connection, chained(connection) as writer:
        writer.execute(TELLING, {"given": packed([(first, "told")])})
        writer.execute(RENAMING, {"ids": packed_values([second])})
        writer.execute(LOCKING, {"ids": packed_values([third])})


def waits(engine: Engine) -> bool:
    with reading(engine) as connection:
        return connection.execute(
            text("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")
        ).scalar_one()


def wait_until(what: Callable[[Engine], bool], engine: Engine) -> None:
    until = monotonic() + 10
    while not what(engine):
        assert monotonic() < until
        sleep(0.02)


def test_what_can_not_wait_for_another_one_is_refused(postgres_database: Engine) -> None:
    with pytest.raises(ValueError, match="can't wait"):
        change_all_twice(postgres_database)


def change_all_twice(engine: Engine) -> None:
    with transaction(engine) as connection, chained(connection) as writer:
        for _ in range(2):
            writer.execute(update(ALERTS).values(kind="seen"), {})


def test_facts_are_announced_before_they_get_their_ids(postgres_database: Engine) -> None:
    """`settled` waits for whoever may hold a lower id than the newest."""
    held, go_on = Event(), Event()
    fact = Fact("help.conversation", AT)
    with transaction(postgres_database) as connection:
        append_some(connection, fact, ("detail",), [("a",)])
        lock = "SELECT objid FROM pg_locks WHERE locktype = 'advisory'"
        announcement = connection.execute(text(lock)).scalar_one()

    def hold() -> None:
        with transaction(postgres_database) as connection:
            connection.execute(select(func.pg_advisory_xact_lock(announcement)))
            held.set()
            go_on.wait(10)

    def write() -> None:
        with transaction(postgres_database) as connection, chained(connection) as writer:
            add_alerts(writer, [("new", "1")], AT)
            append_some(writer, fact, ("detail",), [("b",)])

    def given(connection: Connection) -> int:
        return connection.execute(text("SELECT last_value FROM ledger_fact_id_seq")).scalar_one()

    with ThreadPoolExecutor(2) as threads:
        holding = threads.submit(hold)
        assert held.wait(10)
        writing = threads.submit(write)
        wait_until(waits, postgres_database)
        with reading(postgres_database) as connection:
            assert given(connection) == 1
        go_on.set()
        holding.result(10)
        writing.result(10)
    with reading(postgres_database) as connection:
        assert given(connection) == 2
