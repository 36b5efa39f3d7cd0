"""What kinds of communities there are, and what each needs (S17)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from outreach.kernel.errors import BadInput
from outreach.people.rules.join_code import read_code
from outreach.people.rules.reasons import Reason
from outreach.people.rules.spelling import plain, sound, untitled

IN_GAZETTEER = ("province", "district", "commune", "village")
ELSEWHERE = ("factory", "port", "returnee_centre", "destination_group")
KINDS = (*IN_GAZETTEER, *ELSEWHERE)
# S17: a village with fewer people would single them out.
VILLAGE_LEAST = 50


def require_large(kind: str, population: int | None) -> None:
    """Raises BadInput for a village that is too small, or of which nobody knows its size."""
    if population is not None and population < 1:
        raise BadInput("A population is a number above zero.", where="--population")
    if kind == "village" and (population or 0) < VILLAGE_LEAST:
        raise BadInput(
            f"A village is registered from {VILLAGE_LEAST} people on (S17).",
            where="--population",
            remedy="Give its population, or register its commune.",
        )


def columns_of(kind: str, place: str, country: str) -> dict[str, str]:
    """What joining such a community says of a person of whom nothing else is known."""
    found = {}
    if kind in IN_GAZETTEER:
        found["province"] = place[:2]
        if len(place) >= 6:
            found["commune"] = place[:6]
    elif country != "KH":
        found |= {"destination": country, "present": country}
    return found


@dataclass(frozen=True)
class Known:
    """A community that people can be put into by a list."""

    id: int
    public_id: str
    join_code: str
    kind: str
    place: str
    country: str
    name_km: str
    name_en: str

    @property
    def columns(self) -> dict[str, str]:
        """What belonging to it says of a person of whom nothing else is known."""
        return columns_of(self.kind, self.place, self.country)


class Communities:
    """Communities in memory, to be asked once per row of a file: by code, or by a name in any
    spelling."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._by_code: dict[str, Known] = {}
        self._by_name: tuple[dict[str, dict[int, Known]], ...] = ({}, {}, {})
        for community in known:
            self._by_code |= {community.join_code: community, community.public_id: community}
            for name in (community.name_km, community.name_en):
                for names, spelled in zip(self._by_name, _spellings(name), strict=True):
                    if spelled:
                        names.setdefault(spelled, {})[community.id] = community

    def find(self, written: str) -> Known | Reason:
        """The one community that `written` means, or why there is none."""
        code = read_code(written) or written.strip()
        if code in self._by_code:
            return self._by_code[code]
        for names, spelled in zip(self._by_name, _spellings(written), strict=True):
            found = names.get(spelled, {})
            if found:
                several = len(found) > 1
                return Reason.AMBIGUOUS_COMMUNITY if several else next(iter(found.values()))
        return Reason.NO_COMMUNITY


def _spellings(name: str) -> tuple[str, str, str]:
    """A name as it is written, without what its kind is called, and by its sound."""
    written = plain(name)
    bare = untitled(written)
    return written, bare, sound(bare)
