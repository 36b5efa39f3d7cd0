"""`outreach reach mail`: who gets the reports by e-mail, and what became of each."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from outreach.bootstrap import open_clock_of, open_engine
from outreach.cli.asking import AsJson, asking, register, tell
from outreach.cli.prompts import Name, Reason
from outreach.reach.mailing import subscribing
from outreach.settings import load_settings

app = typer.Typer(help="Reports by e-mail, once a month.", no_args_is_help=True)


@app.command()
def add(
    name: Name,
    reason: Reason,
    lang: Annotated[str, typer.Option(help="km or en.")] = "km",
    day: Annotated[int, typer.Option(help="The day of the month: 1 to 28.")] = 5,
    days: Annotated[int, typer.Option(help="How many days the link opens.")] = 90,
    pdf: Annotated[bool, typer.Option("--pdf", help="The PDF too, not only the link.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send each month's report to an address, which is read from standard input."""
    opened = register()
    wish = subscribing.Wish(name, lang, day, days, pdf)
    address = sys.stdin.readline().strip()
    made = subscribing.subscribe(*opened.parts, address, wish, asking(reason))
    tell({"subscription": made}, f"{made}: each month from day {day}.", as_json=as_json)


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """List who gets them; never the addresses."""
    found = subscribing.subscriptions(open_engine(load_settings()))
    said = "\n".join(f"{row.public_id}: {row.name}, {row.language}, day {row.day}" for row in found)
    tell([asdict(row) for row in found], said or "Nobody.", as_json=as_json)


@app.command()
def end(
    subscription: Annotated[str, typer.Argument(help="Its id, as reach mail list shows it.")],
    reason: Reason,
) -> None:
    """Send no more to somebody."""
    settings = load_settings()
    clock = open_clock_of(settings)
    subscribing.unsubscribe(open_engine(settings), clock, subscription, asking(reason))
    typer.echo("Ended.")


@app.command()
def sent(as_json: AsJson = False) -> None:
    """List what was sent, what waits, and what nobody knows of."""
    found = subscribing.mailings(open_engine(load_settings()))
    said = "\n".join(
        f"{row.public_id}: {row.month:%Y-%m} to {row.name}: {row.state} {row.problem}".strip()
        for row in found
    )
    tell([asdict(row) for row in found], said or "Nothing yet.", as_json=as_json)


@app.command()
def again(
    mailing: Annotated[str, typer.Argument(help="Its id, as reach mail sent shows it.")],
    reason: Reason,
) -> None:
    """Send one again that is uncertain or failed."""
    settings = load_settings()
    clock = open_clock_of(settings)
    subscribing.send_again(open_engine(settings), clock, mailing, asking(reason))
    typer.echo("It goes with the next turn.")
