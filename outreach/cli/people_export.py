"""`outreach people export`: contacts leave the register only by two people and a reason (S22)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from outreach.cli.asking import AsJson, asking, moment, register, tell, user
from outreach.cli.prompts import Reason
from outreach.people.exports import exporting
from outreach.people.exports.exporting import ExportView
from outreach.planning import exports

app = typer.Typer(help="Files of contacts: one asks, another allows.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="EXPORT", help="Its id, such as ex_….")]


@app.command()
def request(
    reason: Reason,
    community: Annotated[str, typer.Option(help="A community's join code or public id.")] = "",
    audience: Annotated[str, typer.Option(help="A saved audience's name.")] = "",
    as_json: AsJson = False,
) -> None:
    """Ask for the contacts of a community or an audience; another person has to allow it."""
    found = register()
    view = exports.request(found.engine, found.clock, community, audience, asking(reason))
    _tell(view, as_json=as_json)


@app.command()
def approve(name: Name, reason: Reason, as_json: AsJson = False) -> None:
    """Allow an export that somebody else asked for; it may be written once, within a day."""
    found = register()
    view = exporting.decide(found.engine, found.clock, name, asking(reason), yes=True)
    _tell(view, as_json=as_json)


@app.command()
def refuse(name: Name, reason: Reason, as_json: AsJson = False) -> None:
    """Refuse an export that somebody else asked for."""
    found = register()
    view = exporting.decide(found.engine, found.clock, name, asking(reason), yes=False)
    _tell(view, as_json=as_json)


@app.command()
def write(name: Name, path: Path, as_json: AsJson = False) -> None:
    """Write the file of an allowed export: yours alone to read, every row marked with its id."""
    view = exports.write(*register().parts, name, path, user())
    _tell(view, as_json=as_json)
    typer.echo("It holds phone numbers: a number is a name. Delete it when it is used.", err=True)


@app.command("list")
def show_all(as_json: AsJson = False) -> None:
    """The newest exports, who asked for them and who allowed them."""
    rows = exporting.listed(register().engine)
    said = "\n".join(_line(row) for row in rows) or "There are none."
    tell([asdict(row) for row in rows], said, as_json=as_json)


def _tell(view: ExportView, *, as_json: bool) -> None:
    tell(asdict(view), _line(view), as_json=as_json)


def _line(view: ExportView) -> str:
    held = "" if view.contacts is None else f", {view.contacts} contacts"
    until = f", until {moment(view.expires_at)}" if view.state in ("requested", "approved") else ""
    return f"{view.public_id}  {view.kind}  {view.state}, asked by {view.requested_by}{until}{held}"
