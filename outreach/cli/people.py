"""`outreach people`: bring contacts in; show, correct and forget one."""

from __future__ import annotations

import getpass
import json
import sys
from datetime import datetime
from typing import Annotated, Any

import typer

from outreach.bootstrap import open_clock_of, open_engine
from outreach.cli.importing import import_file
from outreach.kernel.errors import BadInput
from outreach.people import rights
from outreach.planning.overview import messages_to
from outreach.settings import load_settings

app = typer.Typer(name="people", help="The register.", no_args_is_help=True)

Number = Annotated[
    str,
    typer.Argument(
        help="In any notation, or - to read it from standard input: a command's arguments stay in "
        "the shell's history, and other users of the machine see them."
    ),
]
Reason = Annotated[
    str, typer.Option(help="Why, in words that name nobody; it is kept.", prompt=True)
]


@app.callback()
def _group() -> None:
    pass


app.command("import")(import_file)


@app.command()
def show(
    number: Number,
    reason: Reason,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show all that the register holds of a number. The help store is apart and is not searched."""
    settings = load_settings()
    engine, clock = open_engine(settings), open_clock_of(settings)
    held = rights.show(engine, settings.vault(), clock, _given(number), _asking(reason))
    messages = messages_to(engine, held.contact_id) if held.contact_id is not None else ()
    found = {
        "number": held.masked,
        "registered": held.contact_id is not None,
        "stopped_at": held.stopped_at,
        "person": held.person,
        "consent_history": held.history,
        "messages": [
            dict(zip(("campaign", "channel", "state", "number"), row, strict=True))
            for row in messages
        ],
        "audit": held.audit,
    }
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, default=str))
    else:
        typer.echo("\n".join(_lines(found)))


@app.command()
def correct(
    number: Number,
    reason: Reason,
    values: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="COLUMN=VALUE",
            help=f"Again for each of: {', '.join(rights.CORRECTABLE)}. No value: not asked.",
        ),
    ],
) -> None:
    """Correct what is held of a person, as they say it; no later list changes it back."""
    settings = load_settings()
    changed = rights.correct(
        open_engine(settings),
        settings.vault(),
        open_clock_of(settings),
        _given(number),
        dict(_pair(item) for item in values),
        _asking(reason),
    )
    typer.echo(f"Corrected: {', '.join(changed)}." if changed else "It was so already.")


@app.command()
def forget(number: Number, reason: Reason) -> None:
    """Forget a person. Figures stay as they were; no later list brings the number back."""
    settings = load_settings()
    known = rights.forget(
        open_engine(settings),
        settings.vault(),
        open_clock_of(settings),
        _given(number),
        _asking(reason),
    )
    said = "Forgotten." if known else "This number was not in the register."
    typer.echo(f"{said} Whatever lists name it, it is not written to again.")
    typer.echo("Backups and list files made before still hold it: delete those too.")


def _given(number: str) -> str:
    return sys.stdin.readline().strip() if number == "-" else number


def _asking(reason: str) -> rights.Asking:
    return rights.Asking(getpass.getuser(), reason)


def _pair(item: str) -> tuple[str, str]:
    name, equals, value = item.partition("=")
    if not equals:
        raise BadInput(f"{name!r} has no value.", where="--set", remedy="Write: --set sex=female")
    return name.strip(), value


def _lines(found: dict[str, Any]) -> list[str]:
    lines = [f"{found['number']}: {'registered' if found['registered'] else 'not registered'}"]
    if found["stopped_at"]:
        lines.append(f"said stop: {found['stopped_at']:%Y-%m-%d}")
    for title in ("person", "consent_history", "messages", "audit"):
        rows = [found[title]] if title == "person" else found[title]
        for row in rows:
            told = (f"{name} {_told(value)}" for name, value in row.items() if value)
            lines.append(f"{title.replace('_', ' ')}: {', '.join(told)}")
    return lines


def _told(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return " ".join(value) if isinstance(value, list) else str(value)
