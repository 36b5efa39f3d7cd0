"""Reads one row of a contact file: what it says, or every reason why it can't be used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from outreach.kernel.dimensions import NOT_ASKED, PREFER_NOT
from outreach.kernel.errors import BadInput
from outreach.kernel.mask import without_numbers
from outreach.people.rules.community import Known
from outreach.people.rules.countries import country_code
from outreach.people.rules.days import read_day
from outreach.people.rules.numbers import HOME, Number, parse_number
from outreach.people.rules.reasons import Reason
from outreach.people.rules.values import VALUED, is_unsaid, known_values, value_of

# A whole number that a spreadsheet or a script kept as a decimal one.
_WHOLE = re.compile(r"(\d+)\.0")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
# A cell that is longer is a page of text, or a broken file.
_CELL_MOST, _HOW_MOST, _WORDING_MOST = 300, 80, 40
# From the largest to the smallest, as `Place` is asked.
_PLACES = ("province", "commune", "district")

Place = Callable[[str, str, str], tuple[str, str] | Reason]
Community = Callable[[str], Known | Reason]


@dataclass(frozen=True)
class Evidence:
    """How, on which day (ISO) and with which wording somebody consented (S12). Phone numbers in
    the words are masked: they lie open in the history (S18)."""

    how: str
    given_on: str
    wording: str


@dataclass(frozen=True)
class Entry:
    """A usable row. `values` are the contact's columns as the file gives them; `evidence` is None
    for somebody who is only listed; `community` is None where it names none."""

    number: Number
    values: Mapping[str, str]
    evidence: Evidence | None
    community: Known | None = None


@dataclass(frozen=True)
class Wrong:
    """Why a row can't be used: `field` is ours, `reason` says what is wrong with it."""

    field: str
    reason: Reason


def read(
    cells: Mapping[str, str],
    today: date,
    place: Place,
    country: str = HOME,
    community: Community | None = None,
) -> Entry | tuple[Wrong, ...]:
    """The entry in a row's `cells` (by field), or all that is wrong with it.

    `today` is the local day; `place(province, commune, district)` finds the codes of the first
    two, or says why not; so does `community(name)`; numbers without a country are of `country`.
    """
    kept = {name: _cell(text) for name, text in cells.items()}
    wrong = [Wrong(name, Reason.LENGTH) for name, text in kept.items() if len(text) > _CELL_MOST]
    if wrong:
        return tuple(wrong)
    number = _number(kept, country)
    if isinstance(number, Wrong):
        wrong.append(number)
    said = {}
    for name in VALUED:
        value = value_of(name, kept.get(name, ""))
        if isinstance(value, Reason):
            wrong.append(Wrong(name, value))
        elif value != NOT_ASKED:
            said[name] = value
    found = _places(kept, place)
    evidence, lacking = _evidence(*(kept.get(name, "") for name in _EVIDENCE), today)
    if isinstance(found, Wrong):
        wrong.append(found)
    wrong += lacking
    named = kept.get("community", "")
    member = community(named) if named and community else None
    if isinstance(member, Reason):
        wrong.append(Wrong("community", member))
    if wrong or isinstance(number, Wrong) or isinstance(found, Wrong) or isinstance(member, Reason):
        return tuple(wrong)
    return Entry(number, said | found, evidence, member)


def refusal(wrong: tuple[Wrong, ...]) -> BadInput:
    """The first of what is wrong, for whoever typed it by hand."""
    first = wrong[0]
    known = known_values(first.field) if first.reason is Reason.VALUE else ()
    remedy = f"Write one of: {', '.join(known)}." if known else ""
    return BadInput(first.reason.en, where=first.field, remedy=remedy)


def _cell(text: str) -> str:
    written = text.strip()
    whole = _WHOLE.fullmatch(written) if written.endswith(".0") else None
    return whole[1] if whole else written


def _number(cells: Mapping[str, str], country: str) -> Number | Wrong:
    written = cells.get("country", "")
    of = country_code(written) if written else country
    found = parse_number(cells.get("phone", ""), of) if of else Reason.COUNTRY
    if isinstance(found, Reason):
        return Wrong("country" if found is Reason.COUNTRY else "phone", found)
    return found


def _places(cells: Mapping[str, str], place: Place) -> dict[str, str] | Wrong:
    province, commune, district = (cells.get(name, "") for name in _PLACES)
    if province and is_unsaid(province):
        return {"province": PREFER_NOT}
    found = place(province, commune, district)
    if isinstance(found, Reason):
        smallest = "commune" if commune else "district" if district else "province"
        return Wrong(smallest, found)
    named = zip(_PLACES, found, strict=False)
    return {name: code for name, code in named if code != NOT_ASKED}


_EVIDENCE = ("consent_how", "consent_when", "consent_wording")


@lru_cache(maxsize=4_096)
def _evidence(
    how: str, when: str, wording: str, today: date
) -> tuple[Evidence | None, tuple[Wrong, ...]]:
    if not (how or when or wording):
        return None, ()
    given = zip(_EVIDENCE, (how, when, wording), strict=True)
    wrong = [Wrong(name, Reason.EVIDENCE) for name, text in given if not text]
    day = read_day(when) if when else None
    if when and day is None:
        wrong.append(Wrong("consent_when", Reason.DATE))
    elif day and day > today:
        wrong.append(Wrong("consent_when", Reason.FUTURE))
    words, version = _words(how), _words(wording)
    if len(words) > _HOW_MOST:
        wrong.append(Wrong("consent_how", Reason.LENGTH))
    if len(version) > _WORDING_MOST:
        wrong.append(Wrong("consent_wording", Reason.LENGTH))
    return Evidence(words, day.isoformat() if day else "", version), tuple(wrong)


def _words(text: str) -> str:
    return without_numbers(_CONTROL.sub(" ", text).strip())
