"""Brings the schema up to date with Alembic; the metadata comes from bootstrap."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, MetaData, String, column, inspect, select, table
from sqlalchemy.exc import OperationalError

from outreach.kernel.errors import Unavailable
from outreach.store.engine import reading, transaction

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(__file__).parent / "migrations"
_VERSION = table("alembic_version", column("version_num", String))
_LINKS = re.compile(r"""^(revision|down_revision)\b[^=\n]*= *['"](\w+)['"]""", re.MULTILINE)


def upgrade(engine: Engine, metadata: MetaData) -> None:
    """Runs what is missing, in one transaction; nothing if the schema is current."""
    # Imported here, as below: Alembic takes a second to load, and most commands only ask.
    from alembic import command

    with transaction(engine) as connection:
        command.upgrade(_config(connection, metadata), "head")


def make_revision(engine: Engine, metadata: MetaData, message: str) -> None:
    """Writes a new version file from what the tables now differ in."""
    from alembic import command

    with transaction(engine) as connection:
        command.revision(_config(connection, metadata), message=message, autogenerate=True)


def require_current(engine: Engine) -> None:
    """Raises Unavailable if the database does not answer, or its schema is not this program's."""
    try:
        with reading(engine) as connection:
            known = inspect(connection).has_table(_VERSION.name)
            found = connection.scalar(select(_VERSION.c.version_num)) if known else None
    except OperationalError as error:
        raise Unavailable(
            "The database does not answer.",
            where="OUTREACH_DATABASE_URL",
            remedy="Check that it runs and that this user may use it.",
        ) from error
    if found != head():
        raise Unavailable(
            "The database's schema is not this program's.",
            where="OUTREACH_DATABASE_URL",
            remedy="Run: outreach db migrate",
        )


def head() -> str:
    """The newest version of the schema: the one that no other follows."""
    links = [
        link
        for path in (_SCRIPTS / "versions").glob("*.py")
        for link in _LINKS.findall(path.read_text(encoding="utf-8"))
    ]
    followed = {version for name, version in links if name == "down_revision"}
    newest: str
    (newest,) = {version for name, version in links if name == "revision"} - followed
    return newest


def _config(connection: object, metadata: MetaData) -> Config:
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "metadata": metadata})
    config.set_main_option("script_location", str(_SCRIPTS))
    return config
