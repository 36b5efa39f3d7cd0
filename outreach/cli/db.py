"""`outreach db`: the database's schema."""

from __future__ import annotations

from typing import Annotated

import typer

from outreach import bootstrap
from outreach.settings import load_settings
from outreach.store.migrate import make_revision

app = typer.Typer(name="db", help="The database.", no_args_is_help=True)


@app.command()
def migrate() -> None:
    """Create the database or bring it up to date."""
    bootstrap.migrate(load_settings())
    typer.echo("The database is up to date.")


@app.command()
def revision(message: Annotated[str, typer.Argument(help="What changes.")]) -> None:
    """Write a migration from what the tables now differ in (for developers)."""
    engine = bootstrap.open_engine(load_settings())
    make_revision(engine, bootstrap.metadata, message)
