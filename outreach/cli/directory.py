"""`outreach directory`: the services that may be named to a person, and what must be verified."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer

from outreach.bootstrap import open_clock_of
from outreach.content.rules.services import (
    CATEGORIES,
    Service,
    expires_soon,
    given,
    withheld_because,
)
from outreach.content.shipped import directory_of
from outreach.kernel.errors import BadInput
from outreach.settings import load_settings

app = typer.Typer(name="directory", help="Services that help, per country.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="As JSON lines.")]


@app.command()
def check(as_json: AsJson = False) -> None:
    """Check the file; list what nobody is given and why, and what has to be verified soon.

    Exit code 1 where an enabled service is not given any more.
    """
    settings = load_settings()
    directory, now = directory_of(settings), open_clock_of(settings).now()
    bad = False
    for service in directory.services:
        why = withheld_because(service, now.date())
        state = why or ("verify soon" if expires_soon(service, now.date()) else "given")
        bad = bad or (service.enabled and why is not None)
        told = {"id": service.id, "state": state, "expires_on": service.expires_on}
        _print(told, f"{service.id}: {state}", as_json)
    if not as_json:
        approved = "approved" if directory.approved else "not approved: given to nobody"
        typer.echo(f"{len(directory.services)} services, {approved}; digest {directory.digest}")
    if bad:
        raise typer.Exit(1)


@app.command()
def find(
    category: Annotated[str, typer.Argument(help=f"One of: {', '.join(CATEGORIES)}.")],
    country: Annotated[str, typer.Option("--from", help="Where the person is, e.g. TH.")],
    at: Annotated[str, typer.Option(help="A moment in UTC, e.g. 2026-11-24T03:00; now.")] = "",
    chosen: Annotated[
        list[str] | None,
        typer.Option(help="police, immigration or embassy, if the person asked for it themselves."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What may be named to a person there, at that moment; for whoever is on the phone."""
    if category not in CATEGORIES:
        raise BadInput(
            f"There is no category {category!r}.", remedy=f"Use one of: {', '.join(CATEGORIES)}."
        )
    settings = load_settings()
    directory = directory_of(settings)
    now = _moment(at) if at else open_clock_of(settings).now()
    found = given(
        directory.services if directory.approved else (),
        country=country.upper(),
        category=category,
        now=now,
        chosen=chosen or (),
    )
    for service in found:
        _print(_told(service), _line(service), as_json)
    if not found and not as_json:
        typer.echo("Nothing verified is open and reachable from there: offer our own call-back.")


def _moment(written: str) -> datetime:
    try:
        read = datetime.fromisoformat(written)
    except ValueError as error:
        raise BadInput(
            f"{written!r} is no moment.", where="--at", remedy="Write e.g. 2026-11-24T03:00."
        ) from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _told(service: Service) -> dict[str, object]:
    names = ("id", "name", "number", "languages", "cost", "records_calls", "authority")
    return {name: getattr(service, name) for name in names}


def _line(service: Service) -> str:
    heard = " (every call is recorded: say so)" if service.records_calls != "no" else ""
    spoken = " ".join(service.languages)
    return f"{service.number}  {service.name}; {spoken}; cost {service.cost}{heard}"


def _print(told: Mapping[str, object], line: str, as_json: bool) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False, default=str) if as_json else line)
