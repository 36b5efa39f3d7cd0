"""`outreach places`: the gazetteer of Cambodia."""

from __future__ import annotations

import typer

from outreach.bootstrap import open_engine
from outreach.people.places import load_places
from outreach.settings import load_settings

app = typer.Typer(name="places", help="Provinces down to villages.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    pass


@app.command()
def load() -> None:
    """Load all 25 provinces with their districts, communes and villages; safe to repeat."""
    counts = load_places(open_engine(load_settings()))
    typer.echo(f"Places: {counts}")
