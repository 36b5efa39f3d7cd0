"""Reads one row of a contact file: what it says, or every reason why it can't be used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from outreach.kernel.dimensions import NOT_ASKED
from outreach.language.digits import to_ascii_digits
from outreach.people.rules.numbers import HOME, Number, parse_number
from outreach.people.rules.reasons import Reason

_YES = frozenset({"yes", "y", "1", "true", "បាន", "បាទ", "ចាស"})
_NO = frozenset({"no", "n", "0", "false", "មិនបាន", "ទេ"})
_WORDS: dict[str, dict[str, str]] = {
    "language": {
        "km": "km", "kh": "km", "khmer": "km", "ខ្មែរ": "km", "en": "en", "english": "en",
        "អង់គ្លេស": "en", "th": "th", "thai": "th", "ថៃ": "th", "vi": "vi", "vietnamese": "vi",
        "វៀតណាម": "vi",
    },
    "channel": {"sms": "sms", "text": "sms", "voice": "voice", "call": "voice"},
    "sex": {
        "female": "female", "f": "female", "woman": "female", "ស្រី": "female", "male": "male",
        "m": "male", "man": "male", "ប្រុស": "male", "other": "other",
    },
    "audience": {
        word: word for word in ("aspirant", "current", "returnee", "family", "authority")
    },
}  # fmt: skip
_BANDS = ("under 18", "18-24", "25-34", "35-49", "50+")
_BAND_FROM = ((18, "under 18"), (25, "18-24"), (35, "25-34"), (50, "35-49"), (120, "50+"))
_COUNTRY = re.compile("[A-Z]{2}")
_DAY = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?:[ T].*)?")

Place = Callable[[str, str], tuple[str, str] | Reason]


@dataclass(frozen=True)
class Evidence:
    """How, on which day (ISO) and with which wording somebody consented (S12)."""

    how: str
    given_on: str
    wording: str


@dataclass(frozen=True)
class Entry:
    """A usable row. `values` are the contact's columns as the file gives them; `evidence` is None
    for somebody who is only listed."""

    number: Number
    values: Mapping[str, str]
    evidence: Evidence | None


@dataclass(frozen=True)
class Wrong:
    """Why a row can't be used: `field` is ours, `reason` says what is wrong with it."""

    field: str
    reason: Reason


@dataclass
class _Reader:
    cells: Mapping[str, str]
    today: date
    place: Place
    wrong: list[Wrong] = field(default_factory=list)

    def cell(self, name: str) -> str:
        return self.cells.get(name, "").strip()

    def blame(self, name: str, reason: Reason) -> str:
        self.wrong.append(Wrong(name, reason))
        return NOT_ASKED

    def word(self, name: str) -> str:
        given = self.cell(name).casefold()
        return _WORDS[name].get(given) or self.blame(name, Reason.VALUE) if given else NOT_ASKED

    def yes_or_no(self, name: str) -> str:
        given = self.cell(name).casefold()
        if not given or given == NOT_ASKED:
            return NOT_ASKED
        if given in _YES | _NO:
            return "yes" if given in _YES else "no"
        return self.blame(name, Reason.VALUE)

    def band(self) -> str:
        given = to_ascii_digits(self.cell("age_band")).casefold().replace("–", "-")
        if not given:
            return NOT_ASKED
        if given in _BANDS:
            return given
        if given.isdigit() and int(given) < _BAND_FROM[-1][0]:
            return next(band for below, band in _BAND_FROM if int(given) < below)
        looks = _DAY.fullmatch(given) or (given.isdigit() and len(given) == 4)
        return self.blame("age_band", Reason.BIRTH_DATE if looks else Reason.VALUE)

    def destination(self) -> str:
        given = self.cell("destination").upper()
        if not given:
            return NOT_ASKED
        return given if _COUNTRY.fullmatch(given) else self.blame("destination", Reason.VALUE)

    def places(self) -> dict[str, str]:
        found = self.place(self.cell("province"), self.cell("commune"))
        if isinstance(found, Reason):
            self.blame("commune" if self.cell("commune") else "province", found)
            return {}
        return {"province": found[0], "commune": found[1]}

    def evidence(self) -> Evidence | None:
        names = ("consent_how", "consent_when", "consent_wording")
        given = {name: self.cell(name) for name in names}
        if not any(given.values()):
            return None
        for name, value in given.items():
            if not value:
                self.blame(name, Reason.EVIDENCE)
        day = read_day(given["consent_when"]) if given["consent_when"] else None
        if given["consent_when"] and day is None:
            self.blame("consent_when", Reason.DATE)
        elif day and day > self.today:
            self.blame("consent_when", Reason.FUTURE)
        on = day.isoformat() if day else ""
        return Evidence(given["consent_how"][:80], on, given["consent_wording"][:40])


def read(cells: Mapping[str, str], today: date, place: Place) -> Entry | tuple[Wrong, ...]:
    """The entry in a row's `cells` (by field), or all that is wrong with it.

    `today` is the local day; `place(province, commune)` finds the codes of both, or says why not.
    """
    reader = _Reader(cells, today, place)
    number = parse_number(reader.cell("phone"), reader.cell("country").upper() or HOME)
    if isinstance(number, Reason):
        reader.blame("country" if number is Reason.COUNTRY else "phone", number)
    values = {
        **{name: reader.word(name) for name in _WORDS},
        **{name: reader.yes_or_no(name) for name in ("reads", "shows_khmer")},
        "age_band": reader.band(),
        "destination": reader.destination(),
        **reader.places(),
    }
    evidence = reader.evidence()
    if reader.wrong or isinstance(number, Reason):
        return tuple(reader.wrong)
    said = {name: value for name, value in values.items() if value != NOT_ASKED}
    return Entry(number, said, evidence)


def read_day(text: str) -> date | None:
    """The day in 2026-02-14, 14/02/2026 or 14.2.2026 (day first, as Cambodia writes), or None."""
    found = _DAY.fullmatch(to_ascii_digits(text).strip())
    if found is None:
        return None
    first, month, last = found.groups()
    year, day = (first, last) if len(first) == 4 else (last, first)
    try:
        return datetime(int(year), int(month), int(day)).date() if len(year) == 4 else None  # noqa: DTZ001
    except ValueError:
        return None
