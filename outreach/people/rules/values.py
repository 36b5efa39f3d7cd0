"""What the cells of a contact file's columns mean, in both languages."""

from __future__ import annotations

import re
from functools import lru_cache

from outreach.kernel.dimensions import NOT_ASKED, PREFER_NOT
from outreach.language.digits import to_ascii_digits
from outreach.people.rules.countries import country_code
from outreach.people.rules.days import looks_like_a_day
from outreach.people.rules.reasons import Reason

# Nobody asked, or nobody wrote it down; never a reason to reject a row.
_UNASKED = frozenset({"", NOT_ASKED, "not asked", "-", "n/a"})
_UNSAID = frozenset({PREFER_NOT, "prefer not to say", "prefer not", "refused", "មិនចង់ប្រាប់"})
# What a person is asked about themselves, and may keep to themselves (REACH.md).
_PERSONAL = frozenset({"sex", "audience", "sector", "age_band", "destination", "present"})
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
    "phone_is": {
        "own": "own", "mine": "own", "yes": "own", "ខ្លួនឯង": "own", "shared": "shared",
        "share": "shared", "family": "shared", "borrowed": "shared", "no": "shared",
        "រួម": "shared",
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
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]")
_COUNTRIES = ("destination", "present")
# The columns that `value_of` reads.
VALUED = (*_WORDS, "reads", "shows_khmer", "age_band", *_COUNTRIES)


@lru_cache(maxsize=8_192)
def value_of(column: str, written: str) -> str | Reason:
    """What a cell of one of the VALUED columns says, or why it says nothing that we know. A list
    has few different ones, so that each is read once."""
    given = to_ascii_digits(plain(written))
    if given in _UNASKED:
        return NOT_ASKED
    if given in _UNSAID and column in _PERSONAL:
        return PREFER_NOT
    if column == "age_band":
        return _band(given)
    if column in _COUNTRIES:
        return country_code(written) or Reason.COUNTRY
    if column in _WORDS:
        return _WORDS[column].get(given) or Reason.VALUE
    return "yes" if given in _YES else "no" if given in _NO else Reason.VALUE


def known_values(column: str) -> tuple[str, ...]:
    """What one of the VALUED columns may say, but countries, which are too many."""
    if column == "age_band":
        return tuple(_BANDS.values())
    if column in _WORDS:
        return tuple(dict.fromkeys(_WORDS[column].values()))
    return ("yes", "no") if column in ("reads", "shows_khmer") else ()


def is_unsaid(written: str) -> bool:
    """Whether a cell says that the person preferred not to say."""
    return plain(written) in _UNSAID


def plain(written: str) -> str:
    """A cell without case, and without spaces and signs that can't be seen."""
    return _INVISIBLE.sub("", " ".join(written.split())).casefold()


def _band(given: str) -> str | Reason:
    band = _BANDS.get(given.replace("–", "-").replace(" ", ""))
    if band:
        return band
    # At most four digits: int() of a longer one has no use, and may not end.
    digits = given.isascii() and given.isdigit() and len(given) <= _YEAR
    if digits and 0 < int(given) < _OLDEST:
        return next(band for below, band in _BAND_FROM if int(given) < below)
    born = looks_like_a_day(given) or (digits and len(given) == _YEAR)
    return Reason.BIRTH_DATE if born else Reason.VALUE
