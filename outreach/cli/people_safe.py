"""`outreach people safe`: how one person may be reached; set by staff, never by SMS (S5)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from outreach.cli.asking import AsJson, Number, asking, given, moment, register, tell
from outreach.cli.prompts import Reason
from outreach.people.persons import safe

app = typer.Typer(help="How a person may be reached safely.", no_args_is_help=True)


@app.command()
def show(number: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Show what a person set; it is audited."""
    kept = safe.show(*register().parts, given(number), asking(reason))
    found = asdict(kept) if kept else {}
    lines = [
        f"{name.replace('_', ' ')}: {moment(value)}"
        for name, value in {**found.get("settings", {}), **found}.items()
        if name != "settings" and value != ""
    ]
    tell(found, "\n".join(lines) or "Nothing is set.", as_json=as_json)


@app.command("set")
def put(
    number: Number,
    reason: Reason,
    channel: Annotated[str, typer.Option(help="sms or voice, and never the other.")] = "",
    hours: Annotated[str, typer.Option(help="Such as 18:30-21:00, where they are.")] = "",
    days: Annotated[str, typer.Option(help="Such as sat,sun.")] = "",
    language: Annotated[str, typer.Option(help="km, en, th or vi.")] = "",
    cover: Annotated[
        str,
        typer.Option(
            help="A word agreed by voice; - asks for it, so that it stays out of the history."
        ),
    ] = "",
    stop_reply: Annotated[bool, typer.Option(help="Whether STOP gets one line back.")] = True,
    ask_again: Annotated[int, typer.Option(min=1, max=365, help="After how many days.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Set how a person may be reached, in place of what was set; broadcasts obey it."""
    first = given(number)
    word = typer.prompt("Cover word", hide_input=True) if cover == "-" else cover
    settings = safe.Settings(channel, hours, days, language, word, stop_reply)
    safe.put(*register().parts, first, settings, asking(reason), timedelta(days=ask_again))
    tell({"set": True}, f"Set; to be asked again in {ask_again} days.", as_json=as_json)


@app.command()
def clear(number: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Delete what a person set."""
    there = safe.clear(*register().parts, given(number), asking(reason))
    tell({"cleared": there}, "Deleted." if there else "Nothing was set.", as_json=as_json)


@app.command()
def due(as_json: AsJson = False) -> None:
    """Whom to ask again, the longest overdue first."""
    rows = safe.overdue(*register().parts)
    lines = [f"{row.masked}  {row.contact}  since {moment(row.ask_again_at)}" for row in rows]
    said = "\n".join(lines) or "Nobody is to be asked again."
    tell([asdict(row) for row in rows], said, as_json=as_json)
