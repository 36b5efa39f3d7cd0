"""`outreach delivery`: what is stopped, and the kill switches."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from outreach.bootstrap import open_clock_of, open_engine
from outreach.delivery import switches
from outreach.settings import load_settings

app = typer.Typer(name="delivery", help="Sending: stop it and let it go on.", no_args_is_help=True)

Scope = Annotated[
    str, typer.Argument(help="everything, channel:sms, channel:voice or campaign:<id>.")
]


@app.command()
def stop(
    scope: Scope, reason: Annotated[str, typer.Option(help="Why; it is kept.", prompt=True)]
) -> None:
    """Stop sending at once; nothing is lost."""
    settings = load_settings()
    clock = open_clock_of(settings)
    switches.stop(open_engine(settings), clock, scope, reason=reason, by=getpass.getuser())
    typer.echo(f"Stopped: {scope}.")


@app.command("continue")
def go_on(scope: Scope) -> None:
    """Let it go on; what waited is sent once."""
    switches.go_on(open_engine(load_settings()), scope)
    typer.echo(f"Goes on: {scope}.")


@app.command()
def status() -> None:
    """Which kill switches are on, since when, why and by whom."""
    found = switches.list_on(open_engine(load_settings()))
    for switch in found:
        typer.echo(
            f"{switch.scope}: since {switch.at:%Y-%m-%d %H:%M} UTC by {switch.by}: {switch.reason}"
        )
    if not found:
        typer.echo("Nothing is stopped.")
