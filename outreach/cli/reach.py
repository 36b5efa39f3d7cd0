"""`outreach reach`: the figures, and their rebuilding from the ledger."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from outreach.bootstrap import open_engine
from outreach.planning.campaigns import campaign_id_of
from outreach.reach import fold as folding
from outreach.reach.publish import publish
from outreach.reach.report import Report
from outreach.reach.report import report as report_of
from outreach.settings import load_settings

app = typer.Typer(name="reach", help="Whom we reached.", no_args_is_help=True)

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A local day.")]


@app.command()
def report(
    campaign: Annotated[str, typer.Option(help="One campaign's; all where left out.")] = "",
    since: Day = None,
    until: Day = None,
    published: Annotated[bool, typer.Option(help="With small numbers hidden.")] = False,
    json_out: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """The reach figures; internal ones unless --published."""
    engine = open_engine(load_settings())
    folding.fold(engine)
    found = report_of(
        engine,
        campaign_id=campaign_id_of(engine, campaign) if campaign else None,
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    if json_out:
        shown = asdict(publish(found)) if published else asdict(found)
        typer.echo(json.dumps(shown, ensure_ascii=False, default=str))
        return
    _tell(found, published=published)


@app.command()
def rebuild() -> None:
    """Forget the folded figures and fold the whole ledger again."""
    typer.echo(f"{folding.rebuild(open_engine(load_settings()))} facts folded.")


def _tell(found: Report, *, published: bool) -> None:
    hidden = publish(found)
    for name, number in hidden.people.items():
        shown = number if published else getattr(found, name)
        typer.echo(f"{name}: {'fewer than 11' if shown is None else shown} people")
    for name in ("submitted", "delivered", "unknown", "failed"):
        typer.echo(f"{name}: {getattr(found, name)} messages")
    typer.echo(f"{found.parts} parts, {found.cost:.2f} {found.currency} (rules {found.rules})")
