"""What kinds of communities there are, and what each needs (S17)."""

from __future__ import annotations

from outreach.kernel.errors import BadInput

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
