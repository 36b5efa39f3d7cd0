"""`outreach reach`: the figures, and their rebuilding from the ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from outreach.bootstrap import open_engine
from outreach.cli import reach_activities, reach_mail, reach_publishing
from outreach.kernel.errors import BadInput
from outreach.people.places import provinces_of
from outreach.planning.campaigns import campaign_id_of
from outreach.reach import fold as folding
from outreach.reach.breakdown import breakdown
from outreach.reach.coverage import coverage as coverage_of
from outreach.reach.coverage import load_populations
from outreach.reach.effects.measuring import effect as effect_of
from outreach.reach.explain import FIGURES
from outreach.reach.explain import explain as explanation
from outreach.reach.publish import PublishedReport, publish
from outreach.reach.report import Report
from outreach.reach.report import report as report_of
from outreach.reach.rules.effect import Contrast
from outreach.reach.rules.milestones import DIMENSIONS
from outreach.reach.rules.period import parse_period
from outreach.settings import load_settings

app = typer.Typer(name="reach", help="Whom we reached.", no_args_is_help=True)
app.add_typer(reach_mail.app, name="mail")
for name, command in (reach_publishing.COMMANDS | reach_activities.COMMANDS).items():
    app.command(name)(command)

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A local day.")]
Period = Annotated[str, typer.Option(help="2026, 2026-03, 2026-03-05 or 2026-01..2026-03.")]
_RATES = (
    "delivered_rate",
    "answered_rate",
    "listened_rate",
    "frequency",
    "opt_out_rate",
    "cost_per_reached",
    "cost_per_listened",
    "cost_per_referral",
)


@app.command()
def report(
    campaign: Annotated[str, typer.Option(help="One campaign's; all where left out.")] = "",
    since: Day = None,
    until: Day = None,
    published: Annotated[
        bool,
        typer.Option("--published/--internal", help="As it may leave the organisation, or whole."),
    ] = False,
    period: Period = "",
    lang: Annotated[str, typer.Option(help="The document's language: km or en.")] = "km",
    form: Annotated[
        str, typer.Option("--format", help="A document for who pays: pdf, xlsx, csv or json.")
    ] = "",
    output: Annotated[Path | None, typer.Option("-o", help="The document's file.")] = None,
    json_out: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """The reach figures; internal ones unless --published. With --format as a document of what is,
    or would be, published."""
    if form:
        if output is None:
            raise BadInput("A document needs a file.", where="-o", remedy="Write: -o report.pdf")
        reach_publishing.document(period, lang, form, output)
        return
    first, last = parse_period(period)
    engine = open_engine(load_settings())
    folding.fold(engine)
    found = report_of(
        engine,
        campaign_id=campaign_id_of(engine, campaign) if campaign else None,
        since=since.date() if since else first,
        until=until.date() if until else last,
    )
    if published:
        _tell_published(publish(found), as_json=json_out)
    else:
        _tell(found, as_json=json_out)


@app.command()
def show(
    campaign: Annotated[
        list[str] | None, typer.Option(help="A campaign's slug; again for more; all if left out.")
    ] = None,
    by: Annotated[str, typer.Option(help=f"Some of {', '.join(DIMENSIONS)}, with commas.")] = "",
    period: Period = "",
    json_out: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Distinct people by any dimensions together; internal: small cells are not hidden."""
    since, until = parse_period(period)
    engine = open_engine(load_settings())
    folding.fold(engine)
    found = breakdown(
        engine,
        [name.strip() for name in by.split(",") if name.strip()],
        campaign_ids=[campaign_id_of(engine, slug) for slug in campaign] if campaign else None,
        since=since,
        until=until,
    )
    if json_out:
        _tell_json(asdict(found))
        return
    for cell in found.cells:
        typer.echo(f"{', '.join(cell.values.values())}: {_people(cell.people)}")
    typer.echo(f"all: {_people(found.total)}")
    typer.echo(f"{since or 'first day'} to {until or 'last day'}, rules {found.rules}")
    for note in found.notes:
        typer.echo(f"- {note}")


@app.command()
def explain(
    figure: Annotated[str, typer.Argument(help=f"One of {', '.join(FIGURES)}.")],
    campaign: Annotated[str, typer.Option(help="One campaign's; all where left out.")] = "",
    period: Period = "",
    json_out: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """How a figure came about: which facts count for it, and how many; nobody's identity."""
    since, until = parse_period(period)
    engine = open_engine(load_settings())
    folding.fold(engine)
    campaign_id = campaign_id_of(engine, campaign) if campaign else None
    found = explanation(engine, figure, campaign_id=campaign_id, since=since, until=until)
    if json_out:
        _tell_json(asdict(found))
        return
    typer.echo(f"{figure}: {found.value} ({found.definition.unit}; of: {found.definition.base})")
    typer.echo(f"{found.definition.says}; rules {found.rules}")
    for line in found.lines:
        fact = ", ".join(filter(None, (line.kind, line.detail, line.channel)))
        does = "take back" if line.takes_back else "count"
        makes = "each contact or attempt once" if line.number is None else f"{line.number} in all"
        typer.echo(f"  {fact}: {line.facts} facts {does}, {makes}")


@app.command()
def effect(
    campaign: Annotated[str, typer.Option(help="A campaign's slug.")],
    period: Period = "",
    json_out: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """What became of a campaign's arms, and of what people knew before and after; internal."""
    since, until = parse_period(period)
    engine = open_engine(load_settings())
    found = effect_of(engine, campaign_id_of(engine, campaign), since=since, until=until)
    if json_out:
        _tell_json(asdict(found))
        return
    for arm in found.arms:
        for name, share in arm.shares.items():
            less = arm.versus.get(name)
            against = f"; less {found.reference}: {_interval(less)} {less.says}" if less else ""
            typer.echo(f"{arm.arm}, {name}: {share.part} of {share.base}{against}")
        for currency, cost in arm.cost_per_extra.items():
            each = "no more are shown to know" if cost is None else f"{cost} {currency}"
            typer.echo(f"{arm.arm}, airtime per person more who knows: {each}")
    quiz = found.quiz
    typer.echo(f"knew before: {quiz.knew_before}, after: {quiz.knew_after}, of {quiz.both} people")
    typer.echo(f"after less before: {_interval(quiz.contrast)} {quiz.contrast.says}")
    for line in (*filter(None, [found.verdict]), *found.alarms, *found.notes):
        typer.echo(f"- {line}")


@app.command()
def coverage(
    file: Annotated[Path, typer.Argument(help="province,audience,people,source,date (CSV).")],
    period: Period = "",
    json_out: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """People reached beside the people there are, the largest gap first; internal."""
    since, until = parse_period(period)
    engine = open_engine(load_settings())
    folding.fold(engine)
    populations = load_populations(file, provinces_of(engine))
    found = coverage_of(engine, populations, since=since, until=until)
    if json_out:
        _tell_json(asdict(found))
        return
    for cell in found.cells:
        asked = cell.population
        close = "unknown" if cell.to_close is None else f"{cell.to_close} {found.currency}"
        typer.echo(
            f"{asked.province}, {asked.audience}: {cell.reached} of {asked.people} "
            f"({asked.source}, {asked.on}); missing {cell.gap}, to close: {close}"
        )
    typer.echo(f"reached: {found.reached}; each: {found.cost_per_reached} {found.currency}")
    for line in found.assumed:
        typer.echo(f"- {line}")


@app.command()
def rebuild() -> None:
    """Fold the whole ledger again in place of the folded figures."""
    typer.echo(f"{folding.rebuild(open_engine(load_settings()))} facts folded.")


def _tell(found: Report, *, as_json: bool) -> None:
    rates = {name: getattr(found, name) for name in _RATES}
    if as_json:
        _tell_json(asdict(found) | rates)
        return
    for name, definition in found.definitions.items():
        value = getattr(found, name)
        if name not in ("suppressed", "help", "cost"):
            typer.echo(f"{name}: {_figure(value)} ({definition.unit}; of: {definition.base})")
    for reason, number in found.suppressed.items():
        typer.echo(f"not sent, {reason}: {number} deliveries")
    _tell_rest(found)


def _tell_published(found: PublishedReport, *, as_json: bool) -> None:
    if as_json:
        _tell_json(asdict(found))
        return
    for name, number in found.people.items():
        typer.echo(f"{name}: {'fewer than 11' if number is None else number} people")
    for name, number in found.messages.items():
        typer.echo(f"{name}: {number} SMS")
    _tell_rest(found)


def _tell_rest(found: Report | PublishedReport) -> None:
    for month in found.help:
        typer.echo(f"help, {month.month:%Y-%m}: {_figure(month.conversations, hidden=True)} texts")
    typer.echo(f"cost: {found.cost:.2f} {found.currency}")
    typer.echo(f"{found.since or 'first day'} to {found.until or 'last day'}, rules {found.rules}")
    for note in found.notes:
        typer.echo(f"- {note}")


def _interval(found: Contrast) -> str:
    if found.difference is None or found.low is None or found.high is None:
        return ""
    return f"{found.difference:+.1%} ({found.low:+.1%} to {found.high:+.1%})."


def _people(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {measure}" for measure, number in numbers.items())


def _figure(value: Any, *, hidden: bool = False) -> str:
    if value is None:
        return "fewer than 11" if hidden else "no base"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _tell_json(values: dict[str, Any]) -> None:
    typer.echo(json.dumps(values, ensure_ascii=False, default=str))
