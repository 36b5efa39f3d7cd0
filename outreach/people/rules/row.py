"""Reads one row of a contact file: what it says, or every reason why it can't be used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from outreach.kernel.dimensions import NOT_ASKED, PREFER_NOT
from outreach.language.digits import to_ascii_digits
from outreach.people.rules.countries import country_code
from outreach.people.rules.days import looks_like_a_day, read_day, without_numbers
from outreach.people.rules.numbers import HOME, Number, parse_number
from outreach.people.rules.reasons import Reason

# Nobody asked, or nobody wrote it down; never a reason to reject a row.
_UNASKED = frozenset({"", NOT_ASKED, "not asked", "-", "n/a"})
_UNSAID = frozenset({PREFER_NOT, "prefer not to say", "prefer not", "refused", "មិនចង់ប្រាប់"})
# What a person is asked about themselves, and may keep to themselves (REACH.md).
_PERSONAL = frozenset({"sex", "audience", "sector"})
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
    "sector": {
        "domestic": "domestic", "domestic work": "domestic", "construction": "construction",
        "សំណង់": "construction", "fishing": "fishing", "fishery": "fishing", "នេសាទ": "fishing",
        "agriculture": "agriculture", "farming": "agriculture", "កសិកម្ម": "agriculture",
        "factory": "factory", "រោងចក្រ": "factory", "services": "services", "service": "services",
        "សេវា": "services", "other": "other",
    },
}  # fmt: skip
_BANDS = {
    "under18": "under 18", "<18": "under 18", "18-24": "18-24", "25-34": "25-34",
    "35-49": "35-49", "50+": "50+",
}  # fmt: skip
_OLDEST = 120
_BAND_FROM = ((18, "under 18"), (25, "18-24"), (35, "25-34"), (50, "35-49"), (_OLDEST, "50+"))
_YEAR = 4
# A whole number that a spreadsheet or a script kept as a decimal one.
_WHOLE = re.compile(r"(\d+)\.0")
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
_HOW_MOST, _WORDING_MOST = 80, 40

Place = Callable[[str, str, str], tuple[str, str] | Reason]


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
        written = self.cells.get(name, "").strip()
        whole = _WHOLE.fullmatch(written)
        return whole[1] if whole else written

    def plain(self, name: str) -> str:
        return _INVISIBLE.sub("", " ".join(self.cell(name).split())).casefold()

    def blame(self, name: str, reason: Reason) -> str:
        self.wrong.append(Wrong(name, reason))
        return NOT_ASKED

    def word(self, name: str) -> str:
        given = self.plain(name)
        if given in _UNASKED:
            return NOT_ASKED
        if given in _UNSAID and name in _PERSONAL:
            return PREFER_NOT
        return _WORDS[name].get(given) or self.blame(name, Reason.VALUE)

    def yes_or_no(self, name: str) -> str:
        given = self.plain(name)
        if given in _UNASKED:
            return NOT_ASKED
        if given in _YES | _NO:
            return "yes" if given in _YES else "no"
        return self.blame(name, Reason.VALUE)

    def band(self) -> str:
        given = to_ascii_digits(self.plain("age_band"))
        if given in _UNASKED:
            return NOT_ASKED
        if given in _UNSAID:
            return PREFER_NOT
        band = _BANDS.get(given.replace("–", "-").replace(" ", ""))
        if band:
            return band
        # At most four digits: int() of a longer one has no use, and may not end.
        digits = given.isascii() and given.isdigit() and len(given) <= _YEAR
        if digits and 0 < int(given) < _OLDEST:
            return next(band for below, band in _BAND_FROM if int(given) < below)
        born = looks_like_a_day(given) or (digits and len(given) == _YEAR)
        return self.blame("age_band", Reason.BIRTH_DATE if born else Reason.VALUE)

    def foreign(self, name: str) -> str:
        given = self.plain(name)
        if given in _UNASKED:
            return NOT_ASKED
        if given in _UNSAID:
            return PREFER_NOT
        return country_code(self.cell(name)) or self.blame(name, Reason.COUNTRY)

    def number(self) -> Number | Reason:
        written = self.cell("country")
        country = country_code(written) if written else HOME
        found = parse_number(self.cell("phone"), country) if country else Reason.COUNTRY
        if isinstance(found, Reason):
            self.blame("country" if found is Reason.COUNTRY else "phone", found)
        return found

    def places(self) -> dict[str, str]:
        if self.plain("province") in _UNSAID:
            return {"province": PREFER_NOT, "commune": NOT_ASKED}
        given = {name: self.cell(name) for name in ("province", "commune", "district")}
        found = self.place(*given.values())
        if isinstance(found, Reason):
            named = (name for name in ("commune", "district", "province") if given[name])
            self.blame(next(named), found)
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
        how = self.words("consent_how", _HOW_MOST)
        wording = self.words("consent_wording", _WORDING_MOST)
        return Evidence(how, day.isoformat() if day else "", wording)

    def words(self, name: str, most: int) -> str:
        written = without_numbers(_CONTROL.sub(" ", self.cell(name)).strip())
        return written if len(written) <= most else self.blame(name, Reason.LENGTH)


def read(cells: Mapping[str, str], today: date, place: Place) -> Entry | tuple[Wrong, ...]:
    """The entry in a row's `cells` (by field), or all that is wrong with it.

    `today` is the local day; `place(province, commune, district)` finds the codes of the first
    two, or says why not.
    """
    reader = _Reader(cells, today, place)
    number = reader.number()
    values = {
        **{name: reader.word(name) for name in _WORDS},
        **{name: reader.yes_or_no(name) for name in ("reads", "shows_khmer")},
        "age_band": reader.band(),
        **{name: reader.foreign(name) for name in ("destination", "present")},
        **reader.places(),
    }
    evidence = reader.evidence()
    if reader.wrong or isinstance(number, Reason):
        return tuple(reader.wrong)
    said = {name: value for name, value in values.items() if value != NOT_ASKED}
    return Entry(number, said, evidence)
