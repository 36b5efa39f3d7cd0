"""`outreach delivery`: what is stopped, and the kill switches."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from outreach.bootstrap import open_clock_of, open_engine, standing_of
from outreach.cli.prompts import Reason
from outreach.cli.tables import tables
from outreach.delivery import switches
from outreach.delivery.stops import notices
from outreach.planning.steering import called, scope_named
from outreach.settings import load_settings

app = typer.Typer(name="delivery", help="Sending: stop it and let it go on.", no_args_is_help=True)

Scope = Annotated[
    str, typer.Argument(help="everything, channel:sms, channel:voice, answers or campaign:NAME.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command()
def stop(scope: Scope, reason: Reason) -> None:
    """Stop sending at once; nothing is lost."""
    _turn(switches.stop, scope, reason, "Stopped")


@app.command("continue")
def go_on(scope: Scope, reason: Reason) -> None:
    """Let it go on; what waited is sent once."""
    _turn(switches.go_on, scope, reason, "Goes on")


def _turn(act: Callable[..., None], written: str, reason: str, done: str) -> None:
    settings = load_settings()
    engine, clock = open_engine(settings), open_clock_of(settings)
    scope = scope_named(engine, written)
    act(engine, clock, scope, reason=reason, by=getpass.getuser())
    typer.echo(f"{done}: {called(engine).get(scope, scope)}.")


@app.command("history")
def past(as_json: Json = False) -> None:
    """The last stops and goings on, the newest first: when, who, why."""
    engine = open_engine(load_settings())
    names = called(engine)
    for turn in switches.history(engine):
        if as_json:
            told = asdict(turn) | {"at": turn.at.isoformat()}
            typer.echo(json.dumps(told, ensure_ascii=False))
        else:
            typer.echo(
                f"{turn.at:%Y-%m-%d %H:%M} UTC  {turn.action} {names.get(turn.scope, turn.scope)} "
                f"by {turn.by}: {turn.reason}"
            )


@app.command("notices")
def told(
    every: Annotated[bool, typer.Option("--all", help="Those that were seen, too.")] = False,
    as_json: Json = False,
) -> None:
    """What an operator has to look at, and what to do about it."""
    engine = open_engine(load_settings())
    found, names = notices.listed(engine, seen=every), called(engine)
    for card in found:
        if as_json:
            typer.echo(json.dumps(asdict(card) | {"todo": card.todo}, default=str))
            continue
        seen = f"; seen by {card.seen_by}" if card.seen_at else ""
        typer.echo(
            f"{card.id}  {card.last_at:%Y-%m-%d %H:%M} UTC  {names.get(card.scope, card.scope)}: "
            f"{card.detail} ({_times(card.times)}{seen}) {card.todo}"
        )
    if not (found or as_json):
        typer.echo("There is nothing to look at.")


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


@app.command("seen")
def see(number: Annotated[int, typer.Argument(help="The notice's number.")]) -> None:
    """Note that you looked at a notice; it is told again only if it happens again."""
    settings = load_settings()
    clock = open_clock_of(settings)
    notices.acknowledge(open_engine(settings), clock, number, by=getpass.getuser())
    typer.echo(f"Seen: {number}.")


@app.command()
def status(as_json: Json = False) -> None:
    """The queue, the pace, errors, who is at work, and what is stopped."""
    settings = load_settings()
    engine = open_engine(settings)
    found = standing_of(settings, engine, open_clock_of(settings))
    if as_json:
        typer.echo(json.dumps(asdict(found), default=str, ensure_ascii=False))
        return
    names = called(engine)
    for table in tables(found, names):
        Console(width=None if sys.stdout.isatty() else 120).print(table)
    for switch in found.stops:
        typer.echo(
            f"Stopped: {names.get(switch.scope, switch.scope)}, since "
            f"{switch.at:%Y-%m-%d %H:%M} UTC by {switch.by}: {switch.reason}"
        )
    typer.echo(
        f"Notices to look at: {len(found.notices)} (outreach delivery notices)."
        if found.notices
        else "No notices."
    )
    if not found.stops:
        typer.echo("Nothing is stopped.")
