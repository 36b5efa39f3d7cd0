"""Guesses which column of a contact file is which, from Khmer and English headers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
    "community": (
        "community", "community code", "community name", "join code", "សហគមន៍",
        "លេខកូដសហគមន៍", "ឈ្មោះសហគមន៍",
    ),
    "phone_is": (
        "phone is", "own phone", "own or shared", "phone owner", "ម្ចាស់ទូរស័ព្ទ",
    ),
    "consent_how": ("consent how", "how consented", "consent"),
    "consent_when": ("consent when", "consent date", "date of consent"),
    "consent_wording": ("consent wording", "wording", "wording version"),
}  # fmt: skip
# Columns that we write into the file of rejected rows; they are not the sender's.
OURS = ("line", "column", "reason_km", "reason_en")
# A header stands among so many first rows of a file; titles may come before it.
TOP = 20
# Fewer rows prove nothing. A phone column with hardly any number beside one with nearly only such.
_SAMPLE_LEAST, _HARDLY, _NEARLY = 5, 0.1, 0.7
_LISTED = 30
# How columns are parted where it is not by what we know.
_PARTS = re.compile(r"[,;\t|:^~/#]|\s{2,}")


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


def recognised(cells: Sequence[str], field: str = "") -> int:
    """How many of `cells` are names of columns that we know, or of that of `field`; none without a
    phone column among them."""
    fields = [found for cell in cells if (found := _FIELDS.get(_plain(cell)))]
    if "phone" not in fields:
        return 0
    return fields.count(field) if field else len(fields)


def guess(
    header: Sequence[str], where: str = "line 1", chosen: Mapping[str, str] | None = None
) -> Columns:
    """The columns of a header, which stands at `where`; `chosen` maps fields to headers and goes
    before any guess (an empty header: no such column).

    Raises BadInput where there is no phone column, or two columns claim one field.
    """
    at = {field: _position(header, name, where) for field, name in (chosen or {}).items() if name}
    settled = {*(chosen or {})}
    ignored: list[str] = []
    for position, name in enumerate(header):
        field = _FIELDS.get(_plain(name))
        if position in at.values():
            continue
        if field is None or field in settled:
            if name.strip() and not is_ours(name):
                ignored.append(scrub(name.strip()))
        elif field in at:
            raise BadInput(
                f"Two columns could be {field}: {header[at[field]]!r} and {name!r}.",
                where=where,
                remedy=f"Rename the one that isn't, or say: --column {field}={name!r}.",
            )
        else:
            at[field] = position
    if "phone" not in at:
        raise _no_phone(header, where)
    return Columns(tuple(header), at, tuple(ignored))


def choices(given: Sequence[str]) -> dict[str, str]:
    """What `FIELD=HEADER` items choose; raises BadInput for what is none."""
    chosen: dict[str, str] = {}
    for item in given:
        field, equals, name = item.partition("=")
        field = field.strip().lower().replace(" ", "_")
        if not equals or field not in _NAMES:
            raise BadInput(
                f"{scrub(item)!r} chooses no column.",
                where="--column",
                remedy=f'Write: --column phone="Tel 2". Known are: {", ".join(_NAMES)}.',
            )
        chosen[field] = name.strip()
    return chosen


def misplaced(columns: Columns, rows: Sequence[Sequence[str]]) -> int | None:
    """The position of a column that holds phone numbers where the phone column of `rows` has
    hardly any; None where nothing looks wrong. Dates and codes are not taken for numbers."""
    if len(rows) < _SAMPLE_LEAST or _share(rows, columns.at["phone"]) > _HARDLY:
        return None
    shares = {at: _share(rows, at) for at in range(len(columns.header))}
    best = max(shares, key=lambda at: shares[at])
    return best if shares[best] >= _NEARLY else None


def _share(rows: Sequence[Sequence[str]], at: int) -> float:
    cells = [row[at] for row in rows if at < len(row)]
    return sum(isinstance(parse_number(cell), Number) for cell in cells) / len(rows)


def _position(header: Sequence[str], name: str, where: str) -> int:
    found = [at for at, given in enumerate(header) if _plain(given) == _plain(name)]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(repr(scrub(given.strip())) for given in header[:_LISTED] if given.strip())
    raise BadInput(
        f"{'Several columns are' if found else 'No column is'} named {scrub(name)!r}.",
        where=where,
        remedy=f"The columns are: {listed}.",
    )


def _no_phone(header: Sequence[str], where: str) -> BadInput:
    message = "There is no column of phone numbers."
    if any(isinstance(parse_number(cell), Number) for cell in header):
        message = "This line holds a phone number, but should name the columns."
    remedy = "The first line names the columns; name that one phone or លេខទូរស័ព្ទ."
    filled = [name for name in header if name.strip()]
    if len(filled) == 1 and recognised(_PARTS.split(filled[0])):
        message = "The columns of this file can't be told apart."
        remedy = "Part them by comma, semicolon, tab or |, or save the list as XLSX."
    return BadInput(message, where=where, remedy=remedy)
