"""`outreach corridors`: the ways to work abroad, and the switch of each (S34)."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from typing import Annotated

import typer

from outreach.bootstrap import open_clock_of, open_engine
from outreach.cli.prompts import Reason
from outreach.planning import corridors
from outreach.settings import load_settings

app = typer.Typer(name="corridors", help="Ways to work abroad.", no_args_is_help=True)

Origin = Annotated[str, typer.Argument(help="Country of origin, such as KH.")]
Destination = Annotated[str, typer.Argument(help="Country of destination, such as TH.")]


@app.command("list")
def show(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Every corridor: open or closed, since when, why and by whom."""
    for card in corridors.listed(open_engine(load_settings())):
        if as_json:
            typer.echo(json.dumps(asdict(card), default=str, ensure_ascii=False))
            continue
        state = "open" if card.is_open else "closed"
        told = f" since {card.at:%Y-%m-%d %H:%M} UTC by {card.by}: {card.reason}" if card.at else ""
        typer.echo(f"{card.origin} to {card.destination}: {state}{told}")


@app.command()
def close(origin: Origin, destination: Destination, reason: Reason) -> None:
    """Send nothing any more to whoever takes this corridor."""
    _turn(origin, destination, False, reason)


@app.command("open")
def reopen(origin: Origin, destination: Destination, reason: Reason) -> None:
    """Send again to whoever takes this corridor."""
    _turn(origin, destination, True, reason)


def _turn(origin: str, destination: str, is_open: bool, reason: str) -> None:
    settings = load_settings()
    card = corridors.turn(
        open_engine(settings),
        open_clock_of(settings),
        origin,
        destination,
        is_open=is_open,
        reason=reason,
        by=getpass.getuser(),
    )
    typer.echo(f"{'Open' if is_open else 'Closed'}: {card.origin} to {card.destination}.")
