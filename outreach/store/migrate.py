"""Brings the schema up to date with Alembic; the metadata comes from bootstrap."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData
from sqlalchemy.exc import OperationalError

from outreach.kernel.errors import Unavailable
from outreach.store.engine import reading, transaction

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, metadata: MetaData) -> None:
    """Runs what is missing, in one transaction; nothing if the schema is current."""
    with transaction(engine) as connection:
        command.upgrade(_config(connection, metadata), "head")


def make_revision(engine: Engine, metadata: MetaData, message: str) -> None:
    """Writes a new version file from what the tables now differ in."""
    with transaction(engine) as connection:
        command.revision(_config(connection, metadata), message=message, autogenerate=True)


def require_current(engine: Engine) -> None:
    """Raises Unavailable if the database does not answer, or its schema is not this program's."""
    try:
        with reading(engine) as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise Unavailable(
            "The database does not answer.",
            where="OUTREACH_DATABASE_URL",
            remedy="Check that it runs and that this user may use it.",
        ) from error
    if found != ScriptDirectory(str(_SCRIPTS)).get_current_head():
        raise Unavailable(
            "The database's schema is not this program's.",
            where="OUTREACH_DATABASE_URL",
            remedy="Run: outreach db migrate",
        )


def _config(connection: object, metadata: MetaData) -> Config:
    config = Config(attributes={"connection": connection, "metadata": metadata})
    config.set_main_option("script_location", str(_SCRIPTS))
    return config
