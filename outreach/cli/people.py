"""`outreach people`: bring contacts in; show, correct and forget one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from outreach.cli import people_consent, people_export, people_safe
from outreach.cli.asking import AsJson, Number, asking, given, moment, pairs, register, tell
from outreach.cli.importing import import_file
from outreach.cli.prompts import Reason
from outreach.people import rights
from outreach.planning.overview import messages_to

app = typer.Typer(name="people", help="The register.", no_args_is_help=True)

app.add_typer(people_safe.app, name="safe")
app.add_typer(people_export.app, name="export")
for command in people_consent.COMMANDS:
    app.command()(command)


@app.callback()
def _group() -> None:
    pass


app.command("import")(import_file)


@app.command()
def show(
    number: Number,
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Show all that the register holds of a number. The help store is apart and is not searched."""
    opened = register()
    held = rights.show(*opened.parts, given(number), asking(reason))
    known = held.contact_id is not None
    messages = messages_to(opened.engine, held.contact_id) if held.contact_id is not None else ()
    found = {
        "number": held.masked,
        "registered": known,
        "stopped_at": held.stopped_at,
        "person": held.person,
        "consent_history": held.history,
        "safe_contact": held.safe,
        "communities": held.communities,
        "linked_numbers": held.linked,
        "focal_person_of": held.focal_of,
        "messages": [
            dict(zip(("campaign", "channel", "state", "number"), row, strict=True))
            for row in messages
        ],
        "audit": held.audit,
    }
    tell(found, "\n".join(_lines(found)), as_json=as_json)


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
    changed = rights.correct(*register().parts, given(number), pairs(values), asking(reason))
    typer.echo(f"Corrected: {', '.join(changed)}." if changed else "It was so already.")


@app.command()
def forget(number: Number, reason: Reason) -> None:
    """Forget a person. Figures stay as they were; no later list brings the number back."""
    known = rights.forget(*register().parts, given(number), asking(reason))
    said = "Forgotten." if known else "This number was not in the register."
    typer.echo(f"{said} Whatever lists name it, it is not written to again.")
    typer.echo("Backups and list files made before still hold it: delete those too.")


def _lines(found: dict[str, Any]) -> list[str]:
    lines = [f"{found['number']}: {'registered' if found['registered'] else 'not registered'}"]
    if found["stopped_at"]:
        lines.append(f"said stop: {found['stopped_at']:%Y-%m-%d}")
    for title in ("linked_numbers", "focal_person_of"):
        if found[title]:
            lines.append(f"{title.replace('_', ' ')}: {', '.join(found[title])}")
    for title in ("person", "safe_contact", "consent_history", "communities", "messages", "audit"):
        rows = [found[title]] if isinstance(found[title], dict) else found[title]
        for row in rows:
            told = (f"{name} {moment(value)}" for name, value in row.items() if value)
            if row:
                lines.append(f"{title.replace('_', ' ')}: {', '.join(told)}")
    return lines
