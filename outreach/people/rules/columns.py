"""Guesses which column of a contact file is which, from Khmer and English headers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outreach.kernel.errors import BadInput
from outreach.kernel.mask import scrub
from outreach.language.matchkey import match_key
from outreach.people.rules.numbers import Number, parse_number

# What each field may be called. Khmer headers await native review.
_NAMES: dict[str, tuple[str, ...]] = {
    "phone": (
        "phone", "phone number", "phone no", "mobile", "mobile number", "mobile no", "mobile phone",
        "cell phone", "tel", "tel no", "telephone", "telephone number", "contact", "contact number",
        "msisdn", "លេខទូរស័ព្ទ", "លេខទូរសព្ទ", "ទូរស័ព្ទ", "ទូរសព្ទ", "លេខទូរស័ព្ទដៃ", "លេខទូរសព្ទដៃ",
    ),
    "country": ("phone country", "country", "country code", "ប្រទេស"),
    "province": (
        "province", "province code", "province name", "province/capital", "capital/province",
        "ខេត្ត", "រាជធានី/ខេត្ត", "ខេត្ត/រាជធានី", "ខេត្ត/ក្រុង",
    ),
    "district": (
        "district", "district code", "district name", "khan", "srok", "district/khan", "srok/khan",
        "city/district/khan", "ស្រុក", "ខណ្ឌ", "ស្រុក/ខណ្ឌ", "ក្រុង/ស្រុក", "ក្រុង/ស្រុក/ខណ្ឌ",
    ),
    "commune": (
        "commune", "commune code", "commune name", "sangkat", "khum", "commune/sangkat",
        "khum/sangkat", "place", "place code", "village code", "ឃុំ", "សង្កាត់", "ឃុំ/សង្កាត់",
        "លេខកូដឃុំ", "លេខកូដឃុំ/សង្កាត់", "លេខកូដភូមិ",
    ),
    "language": ("language", "lang", "ភាសា"),
    "channel": ("channel", "preferred channel"),
    "reads": ("reads", "can read", "literate", "អានបាន", "ចេះអាន"),
    "shows_khmer": ("shows khmer", "khmer on phone", "phone shows khmer"),
    "sex": ("sex", "gender", "ភេទ"),
    "age_band": ("age band", "age", "age group", "អាយុ", "ក្រុមអាយុ"),
    "audience": ("audience",),
    "destination": ("destination", "destination country", "ប្រទេសគោលដៅ"),
    "sector": ("sector", "destination sector", "work sector", "job sector", "វិស័យ"),
    "present": ("present", "present country", "country now", "lives in", "present place"),
    "consent_how": ("consent how", "how consented", "consent"),
    "consent_when": ("consent when", "consent date", "date of consent"),
    "consent_wording": ("consent wording", "wording", "wording version"),
}  # fmt: skip
# Columns that we write into the file of rejected rows; they are not the sender's.
OURS = ("line", "column", "reason_km", "reason_en")


def _plain(name: str) -> str:
    return match_key(name).replace(" ", "")


_FIELDS = {_plain(name): field for field, names in _NAMES.items() for name in names}
_OURS = frozenset(_plain(name) for name in OURS)


@dataclass(frozen=True)
class Columns:
    """`at` maps a field to its column's position, `header` is as written, `ignored` names the
    columns that nobody reads (a name, an ID number: they are not kept)."""

    header: tuple[str, ...]
    at: dict[str, int]
    ignored: tuple[str, ...]

    def named(self, field: str) -> str:
        """What the file calls a field; our own name where it has no such column."""
        return self.header[self.at[field]].strip() if field in self.at else field


def is_ours(name: str) -> bool:
    """Whether a header is one that we add to rejected rows."""
    return _plain(name) in _OURS


def guess(header: Sequence[str], line: int = 1) -> Columns:
    """The columns of a header on `line`; raises BadInput where there is no phone column, or two
    columns claim one field."""
    at: dict[str, int] = {}
    ignored: list[str] = []
    for position, name in enumerate(header):
        field = _FIELDS.get(_plain(name))
        if field is None:
            if name.strip() and not is_ours(name):
                ignored.append(scrub(name.strip()))
        elif field in at:
            raise BadInput(
                f"Two columns could be {field}: {header[at[field]]!r} and {name!r}.",
                where=f"line {line}",
                remedy="Rename the one that isn't.",
            )
        else:
            at[field] = position
    if "phone" not in at:
        raise _no_phone(header, line)
    return Columns(tuple(header), at, tuple(ignored))


def _no_phone(header: Sequence[str], line: int) -> BadInput:
    headless = any(isinstance(parse_number(cell), Number) for cell in header)
    message = (
        "This line holds a phone number, but should name the columns."
        if headless
        else "There is no column of phone numbers."
    )
    remedy = "The first line names the columns; name that one phone or លេខទូរស័ព្ទ."
    return BadInput(message, where=f"line {line}", remedy=remedy)
