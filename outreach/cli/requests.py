"""`outreach requests`: an authority asks for data; two people decide, and all is written down."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from outreach.bootstrap import open_clock_of, open_engine
from outreach.cli.asking import AsJson, asking, moment, tell, user
from outreach.cli.prompts import Reason, asked
from outreach.people.requests import keeping
from outreach.people.requests.keeping import Asked, RequestView
from outreach.people.rules.request import Decision, Kind, Told
from outreach.settings import load_settings

app = typer.Typer(
    name="requests",
    help="Requests of authorities for data (S26): docs/data-protection.md.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(metavar="REQUEST", help="Its id, such as rq_….")]
Given = Annotated[str, asked("What was given, to whom and how, in words that hold no number.")]


@app.command()
def add(
    authority: Annotated[str, asked("Who asks: office, place and rank; no number.")],
    paper: Annotated[str, asked("By which law, and which paper with its number.")],
    received: Annotated[str, asked("On which day, such as 2026-02-14.")],
    scope: Annotated[str, asked("What is asked for, of whom; never a phone number.")],
    as_json: AsJson = False,
) -> None:
    """Write down a request as it came. Nothing is given before two people decided."""
    settings = load_settings()
    wanted = Asked(authority, paper, received, scope)
    found = keeping.add(open_engine(settings), open_clock_of(settings), wanted, user())
    _show(found, as_json=as_json)


@app.command()
def decide(name: Name, what: Decision, reason: Reason, as_json: AsJson = False) -> None:
    """Say what should be done. It is decided where a second person says the same."""
    _step(name, Kind.DECIDE, what, reason, as_json=as_json)


@app.command()
def gave(name: Name, given: Given, as_json: AsJson = False) -> None:
    """Write down what was given, after two people decided so."""
    _step(name, Kind.GIVE, "given", given, as_json=as_json)


@app.command()
def told(name: Name, what: Told, reason: Reason, as_json: AsJson = False) -> None:
    """Write down whether the person was told, or why not."""
    _step(name, Kind.TELL, what, reason, as_json=as_json)


@app.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """One request, and all that was done with it."""
    _show(keeping.show(open_engine(load_settings()), name), as_json=as_json)


@app.command("list")
def show_all(
    every: Annotated[bool, typer.Option("--all", help="Ended ones, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Requests of which something is left to do."""
    found = keeping.listed(open_engine(load_settings()), every=every)
    said = "\n".join(map(_line, found)) or "There are none."
    tell([asdict(each) for each in found], said, as_json=as_json)


def _step(name: str, kind: Kind, what: str, words: str, *, as_json: bool) -> None:
    settings = load_settings()
    engine, clock = open_engine(settings), open_clock_of(settings)
    _show(keeping.step(engine, clock, name, kind, what, asking(words)), as_json=as_json)


def _show(found: RequestView, *, as_json: bool) -> None:
    steps = [
        f"  {moment(each.at)}  {each.kind} {each.what} by {each.by}: {each.words}"
        for each in found.steps
    ]
    tell(asdict(found), "\n".join((_line(found), *steps)), as_json=as_json)


def _line(found: RequestView) -> str:
    asked, now = found.asked, found.standing
    decided = now.decision or "not decided (two people)"
    person = f"told: {now.told}" if now.told else "nobody said whether the person was told"
    return (
        f"{found.id}  received {asked.received_on}, written down by {found.by}\n"
        f"  {asked.authority}: {asked.scope} ({asked.paper})\n"
        f"  {decided}; {'something was given' if now.given else 'nothing was given'}; {person}"
    )
