"""Fixtures that every test may use: a real database of each kind, keys, a clock at rest."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel

from outreach.bootstrap import Runtime, assemble
from outreach.content.shipped import Shipped, shipped_of
from outreach.gateways.memory import MemoryGateway
from outreach.kernel.clock import FixedClock
from outreach.kernel.sealing import Vault, new_keys, parse_keys
from outreach.settings import load_settings
from outreach.store.engine import make_engine
from outreach.store.migrate import upgrade
from scripts import postgres
from tests.spare import Spare
from tests.world import World

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server: $TEST_DATABASE_URL, or one of our own from a wheel."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """The name of a database that has the schema, to copy."""
    name = postgres.own("template")
    with postgres.database(postgres_url, name) as url:
        engine = make_engine(url)
        upgrade(engine, SQLModel.metadata)  # with the job queue's own tables
        engine.dispose()
        yield name


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database with the whole schema, once per kind."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that has the schema, to copy for each test."""
    path = tmp_path_factory.mktemp("template") / "outreach.sqlite"
    engine = make_engine(f"sqlite:///{path}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The address of a fresh SQLite file with the whole schema."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'outreach.sqlite')}"


@pytest.fixture(scope="session")
def postgres_spare(postgres_url: str, postgres_template: str) -> Iterator[Spare]:
    """The one database of PostgreSQL that all tests use, one after another."""
    spare = Spare(postgres_url, postgres_template)
    yield spare
    spare.drop()


@pytest.fixture
def postgresql_url(postgres_spare: Spare) -> Iterator[str]:
    """The address of an empty PostgreSQL database with the whole schema."""
    yield postgres_spare.make()
    postgres_spare.empty()


@pytest.fixture
def postgres_database(postgresql_url: str) -> Iterator[Engine]:
    """An engine on a fresh PostgreSQL database, for what SQLite does not have."""
    engine = make_engine(postgresql_url)
    yield engine
    engine.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh database with the whole schema, once per kind."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def vault() -> Vault:
    """Fresh keys."""
    return parse_keys(new_keys(), "test")


@pytest.fixture(scope="session")
def shipped() -> Shipped:
    """What lies in `campaigns/`, read once."""
    return shipped_of(load_settings())


@pytest.fixture
def runtime(
    database: Engine, database_url: str, clock: FixedClock, shipped: Shipped
) -> Iterator[Runtime]:
    """All parts of a process, with a gateway that keeps everything in memory."""
    settings = load_settings(
        database_url=database_url,
        secret_keys=new_keys(),
        help_keys=new_keys(),
        sender="+855380000001",
        sms_pace=10_000,
        call_pace=1_000,
    )
    gateway = MemoryGateway(now=clock.now)
    found = assemble(settings, database, clock, gateway, shipped)
    yield found
    found.executor.shutdown()


@pytest.fixture
def world(runtime: Runtime) -> World:
    """People, a campaign and the person at the other end, on that runtime."""
    return World(runtime)


@pytest.fixture
def clock() -> FixedClock:
    """A Monday at 09:00 in Phnom Penh."""
    return FixedClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
