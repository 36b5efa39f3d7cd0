"""Registers communities, shows, changes and archives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, Conflict, NotFound
from outreach.kernel.ids import public_id
from outreach.kernel.mask import mask, scrub
from outreach.kernel.sealing import Vault
from outreach.people.communities import queries
from outreach.people.communities.focal import Focal, checked, seal, unseal
from outreach.people.places import gazetteer
from outreach.people.rules.community import ELSEWHERE, IN_GAZETTEER, require_large
from outreach.people.rules.countries import country_code
from outreach.people.rules.gazetteer import Node
from outreach.people.rules.join_code import new_code
from outreach.people.rules.numbers import number_in
from outreach.store.engine import reading, transaction

LANGUAGES = ("km", "en", "th", "vi")
_LONGEST = 120
_TRIES = 20


@dataclass(frozen=True)
class Details:
    """What a community is. `place` is a code or a name of the gazetteer in any spelling; names may
    be left out where the gazetteer has them. `wording` is the version on its poster."""

    kind: str
    place: str = ""
    country: str = "KH"
    name_km: str = ""
    name_en: str = ""
    language: str = "km"
    population: int | None = None
    join_number: str | None = None
    wording: str = ""
    focal: Focal | None = None


@dataclass(frozen=True)
class CommunityView:
    """A community as it may be shown. `members` counts those who are in it, by consent."""

    public_id: str
    kind: str
    place: str
    country: str
    name_km: str
    name_en: str
    language: str
    population: int | None
    join_code: str
    join_number: str | None
    wording: str
    focal_role: str
    focal_masked: str
    members: Mapping[str, int]
    created_at: datetime
    archived_at: datetime | None


def add(engine: Engine, vault: Vault, clock: Clock, details: Details) -> CommunityView:
    """Registers a community and gives it a join code. Raises BadInput, or Conflict where the place
    is registered already."""
    whole = _checked(engine, details)
    with transaction(engine) as connection:
        known = queries.by_place(connection, whole.kind, whole.place)
        if known is not None and whole.kind in IN_GAZETTEER:
            raise Conflict(
                f"This {whole.kind} is registered already.",
                remedy=f"See: outreach communities show {known.join_code}",
            )
        _require_free(connection, whole.join_number)
        row = _columns(whole, vault) | {"public_id": public_id("cm"), "created_at": clock.now()}
        for _ in range(_TRIES):
            code = new_code()
            if queries.add(connection, row | {"join_code": code}) is not None:
                return _view(connection, vault, _named(connection, code))
    raise Conflict("No free join code was found.", remedy="Try again.")


def change(
    engine: Engine, vault: Vault, clock: Clock, name: str, values: Mapping[str, Any]
) -> CommunityView:
    """Changes what is given of the community `name` (join code or public id); its kind and place
    stay. Raises NotFound, BadInput or Conflict."""
    with reading(engine) as connection:
        row = _named(connection, name)
    now = Details(
        kind=row.kind,
        place=row.place,
        country=row.country,
        name_km=row.name_km,
        name_en=row.name_en,
        language=row.language,
        population=row.population,
        join_number=row.join_number,
        wording=row.wording,
        focal=unseal(vault, row),
    )
    whole = _checked(engine, replace(now, **values))
    with transaction(engine) as connection:
        if whole.join_number != row.join_number:
            _require_free(connection, whole.join_number)
        queries.change(connection, row.id, _columns(whole, vault))
        return _view(connection, vault, _named(connection, name))


def archive(engine: Engine, vault: Vault, clock: Clock, name: str) -> CommunityView:
    """Takes a community out of use: nobody joins it any more; its members stay who they are."""
    with transaction(engine) as connection:
        row = _named(connection, name)
        if row.archived_at is not None:
            raise Conflict("This community is archived already.")
        queries.change(connection, row.id, {"archived_at": clock.now(), "join_number": None})
        return _view(connection, vault, _named(connection, name))


def show(engine: Engine, vault: Vault, name: str) -> CommunityView:
    """The community `name` (join code or public id); raises NotFound."""
    with reading(engine) as connection:
        return _view(connection, vault, _named(connection, name))


def search(
    engine: Engine, vault: Vault, *, kind: str = "", place: str = "", archived: bool = False
) -> list[CommunityView]:
    """Communities by kind, and by a place (code or name) that they are or lie in."""
    within = _place(engine, place, "").code if place else ""
    with reading(engine) as connection:
        rows = queries.find(connection, kind=kind, within=within, archived=archived)
        members = queries.member_counts(connection, [row.id for row in rows])
        return [_shown(vault, row, members.get(row.id, {})) for row in rows]


def _checked(engine: Engine, given: Details) -> Details:
    """`given` with codes and names in place; raises BadInput."""
    if given.kind not in (*IN_GAZETTEER, *ELSEWHERE):
        kinds = ", ".join((*IN_GAZETTEER, *ELSEWHERE))
        raise BadInput(
            f"There is no kind {given.kind!r}.", where="--kind", remedy=f"One of: {kinds}."
        )
    require_large(given.kind, given.population)
    if given.language not in LANGUAGES:
        raise BadInput(f"No language {given.language!r}.", where="--language")
    country = country_code(given.country)
    if country is None:
        raise BadInput(f"There is no country {given.country!r}.", where="--country")
    name_km, name_en, place = given.name_km.strip(), given.name_en.strip(), given.place
    if given.kind in IN_GAZETTEER:
        if not place:
            raise BadInput("A place is missing.", where="--place", remedy="Give a code or a name.")
        node = _place(engine, place, given.kind)
        place, name_km, name_en = node.code, name_km or node.name_km, name_en or node.name_en
    elif place:
        place = _place(engine, place, "").code
    for name, where in ((name_km, "--name-km"), (name_en, "--name-en")):
        if not name or len(name) > _LONGEST or scrub(name) != name:
            raise BadInput(f"A name has 1 to {_LONGEST} characters and no number.", where=where)
    number = given.join_number
    return replace(
        given,
        place=place,
        country=country,
        name_km=name_km,
        name_en=name_en,
        join_number=number_in(number, "--join-number") if number else None,
        focal=checked(given.focal) if given.focal else None,
    )


def _place(engine: Engine, text: str, kind: str) -> Node:
    """The one place that `text` means."""
    kinds = (kind,) if kind else IN_GAZETTEER
    places = gazetteer(engine, IN_GAZETTEER if "village" in kinds else IN_GAZETTEER[:-1])
    if not len(places):
        raise BadInput("No places are known.", remedy="Run: outreach places load")
    found = places.search(text, kind=kind)
    if not found:
        raise BadInput(f"There is no {kind or 'place'} {text!r}.", where="--place")
    exact = [node for node in found if text in (node.code, node.name_km, node.name_en)]
    if len(found) > 1 and len(exact) != 1:
        several = "; ".join(
            f"{node.code} {', '.join(part.name_en for part in places.path(node.code)[::-1])}"
            for node in found[:6]
        )
        raise BadInput(
            f"Several places may be meant by {text!r}: {several}.",
            where="--place",
            remedy="Give its code.",
        )
    return exact[0] if len(exact) == 1 else found[0]


def _require_free(connection: Connection, number: str | None) -> None:
    if number and (taken := queries.by_number(connection, number)):
        raise Conflict(
            f"Calls to this number join community {taken.join_code} already.", where="--join-number"
        )


def _columns(details: Details, vault: Vault) -> dict[str, Any]:
    names = (
        "kind", "place", "country", "name_km", "name_en", "language", "population", "join_number",
        "wording",
    )  # fmt: skip
    return {name: getattr(details, name) for name in names} | {
        "focal_sealed": seal(vault, details.focal) if details.focal else None
    }


def _named(connection: Connection, name: str) -> Row[Any]:
    found = queries.by_name(connection, [name.strip()])
    if not found:
        raise NotFound("There is no such community.", remedy="See: outreach communities list")
    return found[0]


def _view(connection: Connection, vault: Vault, row: Row[Any]) -> CommunityView:
    return _shown(vault, row, queries.member_counts(connection, [row.id]).get(row.id, {}))


def _shown(vault: Vault, row: Row[Any], members: Mapping[str, int]) -> CommunityView:
    focal = unseal(vault, row)
    return CommunityView(
        public_id=row.public_id,
        kind=row.kind,
        place=row.place,
        country=row.country,
        name_km=row.name_km,
        name_en=row.name_en,
        language=row.language,
        population=row.population,
        join_code=row.join_code,
        join_number=row.join_number,
        wording=row.wording,
        focal_role=focal.role if focal else "",
        focal_masked=mask(focal.number) if focal else "",
        members=members,
        created_at=row.created_at,
        archived_at=row.archived_at,
    )
