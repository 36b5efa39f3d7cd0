"""`outreach audience`: who is to hear a campaign, counted and read back before it is used."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from outreach.bootstrap import open_clock_of, open_engine
from outreach.planning import audiences, counting
from outreach.reach.rules.suppression import SMALLEST, suppress
from outreach.settings import load_settings

app = typer.Typer(name="audience", help="Who is to hear a campaign.", no_args_is_help=True)

What = Annotated[
    str, typer.Argument(help="A saved audience's name, an audience's file or a campaign's folder.")
]
Name = Annotated[str, typer.Argument(help="A saved audience's name.")]
By = Annotated[
    list[counting.Dimension] | None, typer.Option(help="Break down by this; again for another.")
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


@app.command()
def save(
    path: Annotated[Path, typer.Argument(help="Such as young-women.yaml; its name is kept.")],
    as_json: AsJson = False,
) -> None:
    """Save an audience's file under its name, for campaigns to name."""
    settings = load_settings()
    engine, clock = open_engine(settings), open_clock_of(settings)
    saved = audiences.save(engine, clock, path, by=getpass.getuser())
    lines = [f"Saved: {saved.slug}, version {saved.version}.", *_about(saved)]
    _tell(asdict(saved), as_json, lines)


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """List the saved audiences."""
    found = audiences.everything(open_engine(load_settings()))
    lines = [f"{saved.slug}: {saved.name_en} · {saved.name_km}" for saved in found]
    _tell([asdict(saved) for saved in found], as_json, lines or ["None is saved."])


@app.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """Show a saved audience: what it says, who changed it last, which campaigns took it."""
    saved = audiences.show(open_engine(load_settings()), name)
    head = [
        f"{saved.slug}: {saved.name_en} · {saved.name_km}",
        f"version {saved.version}, {saved.updated_at:%Y-%m-%d %H:%M} UTC by {saved.updated_by}",
        f"audience: {json.dumps(saved.rule, ensure_ascii=False)}",
    ]
    _tell(asdict(saved), as_json, [*head, *_about(saved)])


@app.command()
def explain(what: What, as_json: AsJson = False) -> None:
    """Read an audience back in Khmer and English."""
    said = audiences.explain(open_engine(load_settings()), what)
    _tell(said, as_json, list(said.values()))


@app.command()
def count(
    what: What,
    campaign: Annotated[str, typer.Option(help="A loaded campaign whose languages count.")] = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Count whom an audience means, who of them may be sent to now, and why not the others.

    What is broken down ends up in reports: numbers under 11 are hidden there, with enough others.
    """
    settings = load_settings()
    found = counting.count(
        open_engine(settings),
        open_clock_of(settings),
        what,
        campaign=campaign,
        by=by or (),
    )
    shown = {name: suppress(cells) for name, cells in found.breakdown.items()}
    lines = [f"{found.people} people are meant, {found.may} may be sent to now."]
    lines += [f"  held back, {reason}: {number}" for reason, number in found.held.items()]
    lines += [f"  consent {state}: {number}" for state, number in found.by_consent.items()]
    for name, cells in shown.items():
        lines.append(f"Of the {found.may}, by {name}:")
        lines += [f"  {value}: {_cell(number)}" for value, number in cells.items()]
    _tell(asdict(found) | {"breakdown": shown}, as_json, lines)


@app.command()
def delete(name: Name) -> None:
    """Delete a saved audience that no campaign names."""
    audiences.delete(open_engine(load_settings()), name)
    typer.echo(f"Deleted: {name}.")


def _cell(number: int | None) -> str:
    return f"– (under {SMALLEST}, or hides one that is)" if number is None else str(number)


def _about(saved: audiences.SavedAudience) -> list[str]:
    lines = list(saved.said.values())
    if saved.used_by:
        lines.append(f"Campaigns that were loaded with it: {', '.join(saved.used_by)}.")
    if saved.outdated:
        lines.append(
            f"Still as they took it before: {', '.join(saved.outdated)}. Load them again to take "
            "the change; it needs new approval."
        )
    return lines


def _tell(found: Any, as_json: bool, lines: list[str]) -> None:
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, default=str))
    else:
        typer.echo("\n".join(lines))
