"""`outreach reach publish`, `link`, `key` and so on: reports that leave, and the doors to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from outreach.bootstrap import open_clock_of, open_engine
from outreach.cli.asking import AsJson, asking, moment, tell, user
from outreach.cli.prompts import Name, Reason
from outreach.kernel.clock import SystemClock
from outreach.kernel.errors import BadInput, Refused
from outreach.kernel.i18n import LANGUAGES
from outreach.kernel.loopback import is_loopback
from outreach.people.places import provinces_of
from outreach.reach import fold as folding
from outreach.reach import populations
from outreach.reach.coverage import load_populations
from outreach.reach.publications import apikeys, links, publishing
from outreach.reach.rendering.forms import FORMS
from outreach.reach.rules.period import parse_period
from outreach.settings import Settings, load_settings

Period = Annotated[str, typer.Option(help="A month such as 2026-03; left out: all to date.")]
Days = Annotated[int, typer.Option(help="How many days it opens.")]
# Doors live by the real time, whatever a rehearsal's clock says.
_DOORS = SystemClock()


def publish(
    reason: Reason,
    period: Period = "",
    as_json: AsJson = False,
) -> None:
    """Publish a month's report: frozen, small numbers hidden. Equal figures stay one report."""
    settings = load_settings()
    since, until = _period(period, settings)
    engine = open_engine(settings)
    folding.fold(engine)
    made = publishing.publish_period(engine, open_clock_of(settings), since, until, asking(reason))
    said = f"{made.public_id}: {made.period}, edition {made.edition}, as of {moment(made.as_of)}"
    tell(asdict(made), said, as_json=as_json)


def published(as_json: AsJson = False) -> None:
    """List the published reports."""
    found = publishing.publications(open_engine(load_settings()))
    said = "\n".join(
        f"{row.public_id}: {row.period}, edition {row.edition}, {moment(row.as_of)}, by {row.by}"
        for row in found
    )
    tell([asdict(row) for row in found], said or "Nothing is published.", as_json=as_json)


def document(
    period: Period,
    lang: str,
    form: str,
    output: Path,
) -> None:
    """Writes the report of a period to a file: as it was published, else a draft marked so."""
    if lang not in LANGUAGES:
        raise BadInput("There is no such language.", where="--lang", remedy=", ".join(LANGUAGES))
    if form not in FORMS:
        raise BadInput("There is no such form.", where="--format", remedy=", ".join(FORMS))
    settings = load_settings()
    since, until = _period(period, settings)
    engine = open_engine(settings)
    folding.fold(engine)
    kept = {row.period for row in publishing.publications(engine)}
    name = publishing.period_name(since)
    if name in kept:
        found = publishing.published_document(engine, name)
    else:
        found = publishing.draft(engine, open_clock_of(settings), since, until)
    output.write_bytes(FORMS[form].render(found, lang))
    typer.echo(f"{output}: {name}, {'draft' if found.draft else 'as published'}")


def link(
    report: Annotated[str, typer.Argument(help="A published report's id, or its month.")],
    name: Name,
    reason: Reason,
    days: Days = 90,
    as_json: AsJson = False,
) -> None:
    """Make a link to a published report that opens without sign-in. It is shown once."""
    settings = load_settings()
    engine = open_engine(settings)
    made = links.make_link(engine, _DOORS, report, name, days, asking(reason))
    address = f"{settings.public_url}/r/{made.token}/"
    tell({"address": address}, address, as_json=as_json)


def list_links(as_json: AsJson = False) -> None:
    """List the links: for whom, until when; never their addresses."""
    found = links.links(open_engine(load_settings()))
    said = "\n".join(
        f"{row.public_id}: {row.period} for {row.name}, until {moment(row.expires_at)}"
        f"{', revoked' if row.revoked_at else ''}"
        for row in found
    )
    tell([asdict(row) for row in found], said or "There is no link.", as_json=as_json)


def revoke(
    reason: Reason,
    link: Annotated[str, typer.Argument(help="The link's id, as reach links shows it.")] = "",
    all_links: Annotated[bool, typer.Option("--all", help="Every link there is.")] = False,
) -> None:
    """Take a link back; whoever has it sees the same as with a wrong one."""
    if bool(link) == all_links:
        raise BadInput("Name one link, or say --all.")
    engine = open_engine(load_settings())
    if all_links:
        typer.echo(f"{links.revoke_all(engine, _DOORS, asking(reason))} links ended.")
        return
    links.revoke(engine, _DOORS, link, asking(reason))
    typer.echo("The link has ended.")


def keep_populations(
    file: Annotated[Path, typer.Argument(help="province,audience,people,source,date (CSV).")],
) -> None:
    """Keep the target populations that reports set people reached beside; every version stays."""
    settings = load_settings()
    engine = open_engine(settings)
    found = load_populations(file, provinces_of(engine))
    version = populations.keep(engine, open_clock_of(settings), found, by=user())
    typer.echo(f"{file}: {len(found)} populations, version {version}.")


def key(name: Name, reason: Reason, days: Days = 365, as_json: AsJson = False) -> None:
    """Make a key to the API, which opens published reports only. It is shown once."""
    made = apikeys.make_key(open_engine(load_settings()), _DOORS, name, days, asking(reason))
    tell({"key": made}, made, as_json=as_json)


def list_keys(as_json: AsJson = False) -> None:
    """List the keys to the API by name; never the keys themselves."""
    found = apikeys.keys(open_engine(load_settings()))
    said = "\n".join(
        f"{row.name}: until {moment(row.expires_at)}{', revoked' if row.revoked_at else ''}"
        for row in found
    )
    tell([asdict(row) for row in found], said or "There is no key.", as_json=as_json)


def revoke_key(
    name: Annotated[str, typer.Argument(help="The key's name.")], reason: Reason
) -> None:
    """Take a key to the API back."""
    apikeys.revoke_key(open_engine(load_settings()), _DOORS, name, asking(reason))
    typer.echo("The key has ended.")


def _period(text: str, settings: Settings) -> tuple[date | None, date | None]:
    since, until = parse_period(text)
    if since is None and until is None and not is_loopback(settings.twilio_base_url):
        raise Refused(
            "All to date leaves in rehearsals only: two such reports can be subtracted.",
            remedy="Ask for a month: --period 2026-03",
        )
    return since, until


COMMANDS: dict[str, Callable[..., None]] = {
    "publish": publish,
    "published": published,
    "populations": keep_populations,
    "link": link,
    "links": list_links,
    "revoke": revoke,
    "key": key,
    "keys": list_keys,
    "revoke-key": revoke_key,
}
