"""What an audience may ask of a person, and with which values.

Nothing here comes from the help store, and nothing may (S19): whoever texted, rang or pressed a
key must not be found by a campaign. Consent is no term either: every send asks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from outreach.kernel.dimensions import NOT_ASKED, PREFER_NOT, VALUES


class Takes(Enum):
    """What is written after a term."""

    VALUES = "one or more of its values"
    COUNTRIES = "countries, by two letters or by name"
    PLACES = "places, by code or by name, each with everything in it"
    NAMES = "names or codes"
    DAYS = "a number of days"
    DATE = "a date such as 2026-01-31"


@dataclass(frozen=True)
class Term:
    """One term. `values` are all that it takes, empty where they are not a fixed list."""

    takes: Takes
    values: tuple[str, ...] = ()

    @property
    def single(self) -> bool:
        """Whether it takes one value only."""
        return self.takes in (Takes.DAYS, Takes.DATE)


# Kinds of people's own words and lists; what nobody asked is a value like any other.
ATTRIBUTES: dict[str, Term] = {name: Term(Takes.VALUES, values) for name, values in VALUES.items()}
COUNTRIES: dict[str, Term] = {
    name: Term(Takes.COUNTRIES, (NOT_ASKED, PREFER_NOT)) for name in ("destination", "present")
}
COMMUNITY_KINDS = (
    "province", "district", "commune", "village", "factory", "port", "returnee_centre",
    "destination_group",
)  # fmt: skip

TERMS: dict[str, Term] = {
    **ATTRIBUTES,
    **COUNTRIES,
    "place": Term(Takes.PLACES),
    "community": Term(Takes.NAMES),
    "community_kind": Term(Takes.VALUES, COMMUNITY_KINDS),
    "reached_within": Term(Takes.DAYS),
    "not_reached_for": Term(Takes.DAYS),
    "received": Term(Takes.NAMES),
    "listened_to": Term(Takes.NAMES),
    "joined_within": Term(Takes.DAYS),
    "joined_since": Term(Takes.DATE),
}

# What is asked with a value: a phone of which nobody said whose it is counts as shared (S16).
ALSO_MEANT: dict[tuple[str, str], tuple[str, ...]] = {("phone_is", "shared"): (NOT_ASKED,)}

# What else somebody may call a term.
MEANT: dict[str, str] = {
    "gender": "sex", "age": "age_band", "ages": "age_band", "group": "audience",
    "province": "place", "district": "place", "commune": "place", "village": "place",
    "from": "place", "country": "destination", "going_to": "destination", "now_in": "present",
    "heard": "listened_to", "listened": "listened_to", "sent": "received", "got": "received",
    "not_reached": "not_reached_for", "reached": "reached_within", "joined": "joined_within",
    "member_of": "community", "work": "sector", "job": "sector", "speaks": "language",
}  # fmt: skip

# What somebody may try, and why there is no such term.
_HELP = "What people text, press or ask is help data: no audience may depend on it (S19)."
REFUSED: dict[str, str] = {
    "consent": "Consent is no condition: every send asks it.",
    **dict.fromkeys(
        ("answered_key", "pressed", "key", "keyword", "texted", "called", "call_back", "help",
         "help_topic", "asked_for_help", "conversation", "referral", "inbound", "replied"),
        _HELP,
    ),
}  # fmt: skip
