"""The database: writers wait, readers see one moment, migrations make the tables."""

from __future__ import annotations

import threading
from dataclasses import asdict
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import StatementError

from outreach.bootstrap import metadata
from outreach.kernel.errors import BadInput, Unavailable
from outreach.store import engine as engine_module
from outreach.store.engine import make_engine, practising, reading, transaction
from outreach.store.ledger import FOLDED, LEDGER, Fact, announce, append, facts_after, settled
from outreach.store.migrate import _SCRIPTS, head, upgrade
from scripts import postgres

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Engine:
    engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with transaction(engine) as connection:
        connection.execute(text("CREATE TABLE n (i INTEGER)"))
        connection.execute(text("INSERT INTO n VALUES (0)"))
    return engine


def test_many_writers_wait_their_turn_and_none_finds_it_locked(file: Engine) -> None:
    failures: list[Exception] = []

    def add() -> None:
        try:
            for _ in range(25):
                with transaction(file) as connection:
                    now = connection.execute(text("SELECT i FROM n")).scalar_one()
                    connection.execute(text("UPDATE n SET i = :i"), {"i": now + 1})
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with reading(file) as connection:
        assert connection.execute(text("SELECT i FROM n")).scalar_one() == 150


def test_who_finds_it_locked_for_too_long_is_told_to_come_again(
    file: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_BUSY_SECONDS", 0)
    beside = make_engine(str(file.url))
    with (
        transaction(file),
        pytest.raises(Unavailable, match="Another process"),
        transaction(beside),
    ):
        pass


def test_a_reader_sees_one_moment_whatever_is_written_beside_it(database: Engine) -> None:
    with transaction(database) as connection:
        append(connection, [Fact("x", NOON)])
    with reading(database) as reader:
        first = facts_after(reader, 0, 100, 100)
        with transaction(database) as writer:
            append(writer, [Fact("y", NOON)])
        assert facts_after(reader, 0, 100, 100) == first
    with reading(database) as reader:
        assert [fact.kind for fact in facts_after(reader, 0, 100, 100)] == ["x", "y"]


def test_connections_that_were_cut_while_they_lay_idle_are_replaced(
    postgres_database: Engine, postgresql_url: str
) -> None:
    """Nobody asks them first whether they live: to begin does."""
    with transaction(postgres_database) as first, transaction(postgres_database) as second:
        cut = [row.execute(text("SELECT pg_backend_pid()")).scalar_one() for row in (first, second)]
    beside = make_engine(postgresql_url)
    with transaction(beside) as connection:
        for pid in cut:
            connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    beside.dispose()
    for begin in (reading, transaction):
        with begin(postgres_database) as connection:
            assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() not in cut


@pytest.mark.parametrize("begin", [reading, transaction, practising])
def test_what_is_asked_often_stays_prepared(postgres_database: Engine, begin: Any) -> None:
    """The driver forgets all of it at a ROLLBACK."""
    for _ in range(8):
        with begin(postgres_database) as connection:
            connection.execute(select(LEDGER.c.id)).all()
    with transaction(postgres_database) as connection:
        query = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%ledger_fact%'"
        assert connection.execute(text(query)).scalar_one() == 1


def test_a_use_case_that_fails_leaves_nothing_behind(file: Engine) -> None:
    def fails() -> None:
        with transaction(file) as connection:
            connection.execute(text("UPDATE n SET i = 9"))
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    with reading(file) as connection:
        assert connection.execute(text("SELECT i FROM n")).scalar_one() == 0


def test_sqlite_is_set_to_lose_nothing(file: Engine) -> None:
    with reading(file) as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", ""])
def test_another_kind_of_database_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(BadInput, match="sqlite:///path"):
        make_engine(url)


def test_s18_an_error_of_the_database_does_not_show_what_was_written(file: Engine) -> None:
    with pytest.raises(Exception, match="no_such") as broken, transaction(file) as connection:
        connection.execute(text("INSERT INTO no_such VALUES (:n)"), {"n": "+855381234567"})
    assert "381234567" not in str(broken.value)


def test_moments_come_back_in_utc_and_naive_ones_are_refused(database: Engine) -> None:
    home = timezone(timedelta(hours=7))
    with transaction(database) as connection:
        append(connection, [Fact("x", NOON.astimezone(home))])
    with reading(database) as connection:
        (row,) = connection.execute(LEDGER.select()).all()
    assert (row.at, row.at.utcoffset()) == (NOON, timedelta(0))
    with pytest.raises(StatementError), transaction(database) as connection:
        append(connection, [Fact("x", NOON.replace(tzinfo=None))])


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def test_the_migrations_make_exactly_the_tables_on_sqlite(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'fresh.sqlite'}")
    upgrade(engine, metadata)
    upgrade(engine, metadata)
    assert differences(engine) == []


def test_the_newest_version_is_the_one_that_alembic_finds() -> None:
    assert head() == ScriptDirectory(str(_SCRIPTS)).get_current_head()


def test_the_migrations_make_exactly_the_tables_on_postgresql(postgres_url: str) -> None:
    with postgres.database(postgres_url, postgres.own("migrated")) as url:
        engine = make_engine(url)
        upgrade(engine, metadata)
        assert differences(engine) == []
        engine.dispose()


def test_facts_come_back_as_appended_with_all_their_dimensions(database: Engine) -> None:
    whole = Fact(
        "delivery.delivered", NOON, 1, 2, 3, 4, 5, "sms", "01", "f", "18-24", "worker", "TH",
        "km", "why", 2, 12_345, "USD",
    )  # fmt: skip
    with transaction(database) as connection:
        append(connection, [])
        append(connection, [whole, Fact("x", NOON)])
    with reading(database) as connection:
        found, plain = facts_after(connection, 0, 100, 100)
        assert [row.id for row in facts_after(connection, found.id, 100, 100)] == [plain.id]
        assert len(facts_after(connection, 0, 100, 1)) == 1
        rows = connection.execute(LEDGER.select().order_by(LEDGER.c.id)).all()
    assert {name: rows[0]._mapping[name] for name in asdict(whole)} == asdict(whole)
    told = {**rows[0]._mapping, "hour": NOON.timestamp() // 3600}
    assert found._mapping == {name: told[name] for name in FOLDED}
    assert plain.sex == "not_asked"


def test_nothing_is_settled_while_somebody_appends(database: Engine) -> None:
    with transaction(database) as connection:
        assert settled(connection) == 0
        append(connection, [Fact("x", NOON)])
    if database.dialect.name == "postgresql":  # SQLite lets nobody in meanwhile
        with transaction(database) as writer, transaction(database) as reader:
            announce(writer)
            assert settled(reader) is None
    with transaction(database) as connection:
        assert settled(connection) == 1


def test_the_ledger_settles_while_many_append_without_a_pause(postgres_database: Engine) -> None:
    """No moment is without a writer; what each sees as settled never gets a fact below it."""
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            with transaction(postgres_database) as connection:
                append(connection, [Fact("x", NOON)] * 3)
                over.wait(0.02)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    seen: list[tuple[int, int]] = []
    while len(seen) < 12:
        with transaction(postgres_database) as connection:
            upto = settled(connection)
        assert upto is not None
        with reading(postgres_database) as connection:
            seen.append((upto, len(facts_after(connection, 0, upto, 100_000))))
    over.set()
    for writer in writers:
        writer.join()
    with reading(postgres_database) as connection:
        for upto, count in seen:
            assert len(facts_after(connection, 0, upto, 100_000)) == count
    assert seen[-1][0] > seen[0][0]
