"""`outreach keys`: the keys that seal the register and the help store."""

from __future__ import annotations

import typer

from outreach.kernel.sealing import new_keys

app = typer.Typer(name="keys", help="Sealing keys.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    pass


@app.command()
def new() -> None:
    """Print a fresh set for OUTREACH_SECRET_KEYS or OUTREACH_HELP_KEYS. Keep it safe: lost keys
    lose every number."""
    typer.echo(new_keys())
