"""`outreach communities`: places and groups that are registered, and how people join them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer

from outreach.cli.asking import (
    AsJson,
    How,
    Number,
    When,
    WordingOption,
    given,
    moment,
    register,
    tell,
    user,
)
from outreach.content.shipped import wordings_of
from outreach.kernel.errors import BadInput
from outreach.language.parts import count
from outreach.people import enrolling
from outreach.people.communities import managing
from outreach.people.communities.focal import Focal
from outreach.people.communities.managing import CommunityView, Details
from outreach.people.rules.community import KINDS
from outreach.people.rules.row import Evidence

app = typer.Typer(name="communities", help="Registered places and groups.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="CODE", help="Its join code or public id.")]
Kind = Annotated[str, typer.Option(help=f"One of: {', '.join(KINDS)}.")]
Place = Annotated[
    str, typer.Option(help="A code or a name of the gazetteer, Khmer or Latin, in any spelling.")
]
NameKm = Annotated[str, typer.Option(help="In Khmer; the gazetteer's where left out.")]
NameEn = Annotated[str, typer.Option(help="In English; the gazetteer's where left out.")]
Language = Annotated[str, typer.Option(help="km, en, th or vi.")]
Population = Annotated[int | None, typer.Option(help="Where known; a village needs it (S17).")]
JoinNumber = Annotated[str, typer.Option(help="A number of ours: who rings it joins.")]
FocalNumber = Annotated[
    str, typer.Option("--focal", help="The focal person's number, or - for standard input.")
]
Role = Annotated[str, typer.Option(help="The focal person's role, such as village chief; no name.")]


@app.command()
def add(
    kind: Kind,
    place: Place = "",
    country: Annotated[str, typer.Option(help="Two letters or a name.")] = "KH",
    name_km: NameKm = "",
    name_en: NameEn = "",
    language: Language = "km",
    population: Population = None,
    join_number: JoinNumber = "",
    focal: FocalNumber = "",
    role: Role = "",
    wording: Annotated[str, typer.Option(help="The poster's version; else the newest.")] = "",
    as_json: AsJson = False,
) -> None:
    """Register a community; it gets a join code that people can text."""
    found = register()
    wordings = wordings_of(found.settings)
    details = Details(
        kind=kind,
        place=place,
        country=country,
        name_km=name_km,
        name_en=name_en,
        language=language,
        population=population,
        join_number=join_number or None,
        wording=(wordings.get(wording) if wording else wordings.newest).version,
        focal=_focal(focal, role),
    )
    _tell(managing.add(*found.parts, details), as_json=as_json)


@app.command("list")
def show_all(
    kind: Annotated[str, typer.Option(help=f"Only {', '.join(KINDS)}.")] = "",
    place: Place = "",
    archived: Annotated[bool, typer.Option(help="Archived ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List communities, of a kind, or in a place with all that lies in it."""
    found = register()
    rows = managing.search(found.engine, found.vault, kind=kind, place=place, archived=archived)
    lines = [
        f"{row.join_code}  {row.kind}  {row.name_km}  {row.name_en}  "
        f"{sum(row.members.values())} members{'  archived' if row.archived_at else ''}"
        for row in rows
    ]
    said = "\n".join(lines) or "There are none."
    tell([asdict(row) for row in rows], said, as_json=as_json)


@app.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """Show one community: its join code, focal person (masked) and members by consent."""
    found = register()
    _tell(managing.show(found.engine, found.vault, name), as_json=as_json)


@app.command()
def edit(
    name: Name,
    name_km: NameKm = "",
    name_en: NameEn = "",
    language: Annotated[str, typer.Option(help="km, en, th or vi.")] = "",
    population: Population = None,
    join_number: JoinNumber = "",
    focal: FocalNumber = "",
    role: Role = "",
    wording: Annotated[str, typer.Option(help="Another version of the poster's wording.")] = "",
    as_json: AsJson = False,
) -> None:
    """Change what is given; the rest, its kind and its place stay."""
    found = register()
    version = wordings_of(found.settings).get(wording).version if wording else ""
    values = {
        "name_km": name_km,
        "name_en": name_en,
        "language": language,
        "population": population,
        "join_number": join_number,
        "focal": _focal(focal, role),
        "wording": version,
    }
    changes = {name: value for name, value in values.items() if value}
    if not changes:
        raise BadInput("Nothing is given.", remedy="See: outreach communities edit --help")
    _tell(managing.change(*found.parts, name, changes), as_json=as_json)


@app.command()
def archive(name: Name, as_json: AsJson = False) -> None:
    """Take a community out of use: nobody joins it any more; its members stay who they are."""
    _tell(managing.archive(*register().parts, name), as_json=as_json)


@app.command()
def join(
    name: Name,
    number: Number,
    how: How,
    wording: WordingOption,
    when: When = "",
    as_json: AsJson = False,
) -> None:
    """Make somebody who said yes to you a member."""
    found = register()
    version = wordings_of(found.settings).get(wording).version
    evidence = Evidence(how, when, version)
    enrolling.join(*found.parts, name, given(number), evidence, user())
    tell({"joined": True}, "Joined, with consent.", as_json=as_json)


@app.command()
def poster(
    name: Name,
    language: Annotated[str, typer.Option(help="Else the community's own.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show what the poster says: ordinary words that give nobody away (S1)."""
    found = register()
    found.settings.require("sender")
    community = managing.show(found.engine, found.vault, name)
    wordings = wordings_of(found.settings)
    wording = wordings.get(community.wording) if community.wording else wordings.newest
    spoken = language or community.language
    if spoken not in wording.poster:
        raise BadInput(f"No language {spoken!r}.", where="--language")
    text = wording.printed(
        spoken,
        code=community.join_code,
        number=found.settings.sender,
        ring=community.join_number,
    )
    shown = {"language": spoken, "wording": wording.version, "text": text, **wording.terms}
    terms = "\n".join(f"{term}: {said}" for term, said in wording.terms.items())
    parts = count(text).parts
    said = f"{text}\n\nwording {wording.version}, {parts} parts as an SMS\n{terms}"
    tell(shown, said, as_json=as_json)


def _focal(number: str, role: str) -> Focal | None:
    if bool(number) != bool(role):
        raise BadInput("A focal person has a number and a role.", where="--focal, --role")
    return Focal(role, given(number)) if number else None


def _tell(view: CommunityView, *, as_json: bool) -> None:
    found: Mapping[str, Any] = asdict(view)
    lines = [
        f"{name.replace('_', ' ')}: {_said(value)}"
        for name, value in found.items()
        if value not in (None, "")
    ]
    tell(found, "\n".join(lines), as_json=as_json)


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{number} {state}" for state, number in value.items()) or "none"
    return moment(value)
