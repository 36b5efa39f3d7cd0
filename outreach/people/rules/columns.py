"""Guesses which column of a contact file is which, from Khmer and English headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from outreach.kernel.errors import BadInput

# What each field may be called. Khmer headers await native review.
_NAMES: dict[str, tuple[str, ...]] = {
    "phone": (
        "phone", "phone number", "number", "mobile", "mobile number", "mobile phone", "tel",
        "telephone", "contact", "contact number", "msisdn", "លេខទូរស័ព្ទ", "ទូរស័ព្ទ", "លេខ",
    ),
    "country": ("phone country", "country", "country code", "ប្រទេស"),
    "province": ("province", "province code", "ខេត្ត", "រាជធានីខេត្ត"),
    "commune": ("commune", "commune code", "sangkat", "place", "place code", "ឃុំ", "ឃុំសង្កាត់"),
    "language": ("language", "lang", "ភាសា"),
    "channel": ("channel", "preferred channel"),
    "reads": ("reads", "can read", "literate", "អានបាន", "ចេះអាន"),
    "shows_khmer": ("shows khmer", "khmer on phone", "phone shows khmer"),
    "sex": ("sex", "gender", "ភេទ"),
    "age_band": ("age band", "age", "age group", "អាយុ", "ក្រុមអាយុ"),
    "audience": ("audience", "group", "status"),
    "destination": ("destination", "destination country", "ប្រទេសគោលដៅ"),
    "consent_how": ("consent how", "how consented", "consent"),
    "consent_when": ("consent when", "consent date", "date of consent"),
    "consent_wording": ("consent wording", "wording", "wording version"),
}  # fmt: skip
# Columns that we write into the file of rejected rows; they are not the sender's.
OURS = ("line", "column", "reason km", "reason en")
_SPACE = re.compile(r"[\s_\-./()\u200b\ufeff]+")
_FIELDS = {name: field for field, names in _NAMES.items() for name in names}


@dataclass(frozen=True)
class Columns:
    """`at` maps a field to its column's position, `header` is as written, `ignored` names the
    columns that nobody reads (a name, an ID number: they are not kept)."""

    header: tuple[str, ...]
    at: dict[str, int]
    ignored: tuple[str, ...]

    def named(self, field: str) -> str:
        """What the file calls a field; our own name where it has no such column."""
        return self.header[self.at[field]] if field in self.at else field


def guess(header: Sequence[str]) -> Columns:
    """The columns of a header; raises BadInput where there is no phone column, or two of a kind."""
    at: dict[str, int] = {}
    ignored: list[str] = []
    for position, name in enumerate(header):
        plain = _SPACE.sub(" ", name).strip().casefold()
        field = _FIELDS.get(plain)
        if field is None:
            if plain and plain not in OURS:
                ignored.append(name)
        elif field in at:
            raise BadInput(
                f"Two columns could be {field}: {header[at[field]]!r} and {name!r}.",
                where="line 1",
                remedy="Rename the one that isn't.",
            )
        else:
            at[field] = position
    if "phone" not in at:
        raise BadInput(
            "There is no column of phone numbers.",
            where="line 1",
            remedy="Name it phone or លេខទូរស័ព្ទ in the first line.",
        )
    return Columns(tuple(header), at, tuple(ignored))
