"""`outreach roster`: who is on duty at the hotline, and when."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from outreach.bootstrap import open_clock_of, open_engine
from outreach.cli.asking import user
from outreach.kernel.errors import BadInput
from outreach.settings import load_settings
from outreach.staff import roster
from outreach.staff.rules.duty import DAYS, HOME_ZONE, Shift, read_days, read_hours

app = typer.Typer(name="roster", help="Who is on duty at the hotline.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="An account of the hotline.")],
    hours: Annotated[str, typer.Option(help="Such as 08:00-17:00; 20:00-08:00 passes midnight.")],
    days: Annotated[str, typer.Option(help="Every week: such as mon-fri or sat,sun.")] = "",
    on: Annotated[str, typer.Option(help="On one day: such as 2026-02-14.")] = "",
    zone: Annotated[str, typer.Option(help="Where the hours are meant.")] = HOME_ZONE,
) -> None:
    """Put somebody on duty."""
    starts, ends = read_hours(hours)
    shift = Shift(zone, _day(on), read_days(days) if days else "", starts, ends)
    settings = load_settings()
    clock = open_clock_of(settings)
    number = roster.add(open_engine(settings), clock, name, shift, by=user())
    typer.echo(f"Shift {number}: {name}, {said(shift)}.")


@app.command("list")
def show(as_json: AsJson = False) -> None:
    """All shifts that are not over."""
    settings = load_settings()
    found = roster.entries(open_engine(settings), open_clock_of(settings))
    for entry in found:
        line = f"{entry.id}: {entry.name}, {said(entry.shift)}"
        typer.echo(json.dumps(asdict(entry), default=str) if as_json else line)
    if not found and not as_json:
        typer.echo("The roster is empty. Add a shift: outreach roster add NAME --days mon-fri …")


@app.command()
def remove(shift: Annotated[int, typer.Argument(help="Its number.")]) -> None:
    """Take a shift out."""
    settings = load_settings()
    roster.remove(open_engine(settings), open_clock_of(settings), shift, by=user())
    typer.echo(f"Shift {shift} is out.")


@app.command()
def now(
    language: Annotated[str, typer.Option(help="Only who speaks it.")] = "",
    sex: Annotated[str, typer.Option(help="female, male or other only.")] = "",
    child_trained: Annotated[
        bool, typer.Option("--child-trained", help="Only who is trained to speak with children.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Who is on duty, and until when."""
    settings = load_settings()
    found = roster.on_duty(
        open_engine(settings),
        open_clock_of(settings),
        language=language,
        sex=sex,
        child_trained=child_trained,
    )
    for helper in found:
        line = f"{helper.name}: until {_local(helper.until)}"
        typer.echo(json.dumps(asdict(helper), default=str) if as_json else line)
    if not found and not as_json:
        typer.echo("Nobody who fits is on duty. Whoever has not signed in yet does not count:")
        typer.echo("see outreach staff list.")


def said(shift: Shift) -> str:
    """A shift as people read it."""
    when = str(shift.day) if shift.day else ", ".join(DAYS[int(day) - 1] for day in shift.days)
    return f"{when} {shift.starts:%H:%M}-{shift.ends:%H:%M} ({shift.zone})"


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(ZoneInfo(HOME_ZONE)):%Y-%m-%d %H:%M} (Phnom Penh)" if at else ""


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise BadInput(
            f"{written!r} is no day.", where="--on", remedy="Write 2026-02-14."
        ) from None
