"""`outreach harm`: somebody says that a message did harm; two people look before it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

import typer

from outreach.bootstrap import open_clock_of, open_engine
from outreach.cli.asking import AsJson, moment, tell, user
from outreach.cli.prompts import Reason
from outreach.delivery.stops import harm
from outreach.delivery.stops.harm import LOOKS, Report
from outreach.delivery.switches import ANSWERS
from outreach.kernel.errors import BadInput
from outreach.planning import harm as planning
from outreach.planning.steering import called
from outreach.settings import load_settings

app = typer.Typer(name="harm", help="Reports of harm that a message did.", no_args_is_help=True)

Campaign = Annotated[
    str,
    typer.Option(help="The campaign's name; left out, all that were sent in 30 days are stopped."),
]
Answers = Annotated[
    bool, typer.Option("--answers", help="It was an automatic answer: none is given any more.")
]


@app.command()
def report(
    reason: Reason, campaign: Campaign = "", answers: Answers = False, as_json: AsJson = False
) -> None:
    """Report harm, in words that name nobody. What sent the message stops at once."""
    if campaign and answers:
        raise BadInput("Say --campaign or --answers, or report each by itself.")
    about = ANSWERS if answers else campaign and f"campaign:{campaign}"
    settings = load_settings()
    engine, clock = open_engine(settings), open_clock_of(settings)
    stopped = planning.report(engine, clock, about, words=reason, by=user())
    said = f"Stopped until two people looked: {', '.join(stopped)}. See: outreach harm list"
    tell({"stopped": stopped}, said, as_json=as_json)


@app.command("list")
def show(
    every: Annotated[bool, typer.Option("--all", help="Settled ones, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Reports that wait for somebody to look, and who did."""
    engine = open_engine(load_settings())
    found, names = harm.listed(engine, every=every), called(engine)
    said = "\n".join(_told(each, names) for each in found) or "There are none."
    tell([asdict(each) for each in found], said, as_json=as_json)


@app.command()
def look(
    name: Annotated[str, typer.Argument(metavar="REPORT", help="Its id, such as hr_….")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Note what you found; after two different people it may go on."""
    settings = load_settings()
    engine, clock = open_engine(settings), open_clock_of(settings)
    found = harm.look(engine, clock, name, words=reason, by=user())
    tell(asdict(found), _told(found, called(engine)), as_json=as_json)


def _told(found: Report, names: Mapping[str, str]) -> str:
    what = names.get(found.scope, found.scope)
    head = f"{found.id}  {what}  {moment(found.at)} by {found.by}: {found.words}"
    looks = [f"  looked: {each.by}, {moment(each.at)}: {each.words}" for each in found.looks]
    needs = [] if found.settled else [f"  {len(found.looks)} of {LOOKS} people have looked"]
    return "\n".join((head, *looks, *needs))
