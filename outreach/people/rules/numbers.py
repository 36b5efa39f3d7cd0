"""Reads a phone number as people write it; one way of keeping it: E.164."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

import phonenumbers
from phonenumbers import carrier

from outreach.language.digits import to_ascii_digits
from outreach.people.rules.reasons import Reason

HOME = "KH"
_ZONES = {
    "KH": "Asia/Phnom_Penh",
    "TH": "Asia/Bangkok",
    "VN": "Asia/Ho_Chi_Minh",
    "MY": "Asia/Kuala_Lumpur",
    "KR": "Asia/Seoul",
    "LA": "Asia/Vientiane",
}
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SCIENTIFIC = re.compile(r"\d[.,]?\d*[eE]\+?\d+")
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}[-. ][A-Za-z]{3,9}[-. ]\d{2,4}"
)
_BETWEEN = re.compile(r"[/;,|]|\bor\b|ឬ", re.IGNORECASE)
_MARKS = re.compile(r"[\s().\-\u2010-\u2015\u00b7'’]")


@dataclass(frozen=True)
class Number:
    """`e164` with its plus; the operator is only a hint (numbers move); `zone` is the country's."""

    e164: str = field(repr=False)
    operator_hint: str
    zone: str


def parse_number(text: str, country: str = HOME) -> Number | Reason:
    """The number in a cell, or why there is none. `country` (two letters) is for national ones.

    >>> parse_number("០៣៨ ១២៣ ៤៥៦៧").e164
    '+855381234567'
    """
    written = _INVISIBLE.sub("", to_ascii_digits(text)).strip().lstrip("'")
    if not written:
        return Reason.EMPTY
    if country not in phonenumbers.SUPPORTED_REGIONS:
        return Reason.COUNTRY
    odd = _odd(written)
    if odd:
        return odd
    bare = _MARKS.sub("", written)
    code = str(phonenumbers.country_code_for_region(country))
    # 00855… and 855… are what remains of +855… in many lists.
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    elif bare.startswith(code) and len(bare) >= len(code) + 8:
        bare = f"+{bare}"
    return _parsed(bare, country)


def _odd(written: str) -> Reason | None:
    if _SCIENTIFIC.fullmatch(written):
        return Reason.SCIENTIFIC
    if _DATE.fullmatch(written):
        return Reason.A_DATE
    if sum(len(_MARKS.sub("", part)) >= 6 for part in _BETWEEN.split(written)) > 1:
        return Reason.TWO_NUMBERS
    if re.search(r"[^\d+]", _MARKS.sub("", written)):
        return Reason.LETTERS
    return None


def _parsed(bare: str, country: str) -> Number | Reason:
    try:
        # A trunk zero after the country code (+855 0 12…) is a common slip; the library mends it.
        number = phonenumbers.parse(bare, country)
    except phonenumbers.NumberParseException as error:
        kind = phonenumbers.NumberParseException
        if error.error_type == kind.TOO_LONG:
            return Reason.TOO_LONG
        short = (kind.TOO_SHORT_NSN, kind.TOO_SHORT_AFTER_IDD, kind.NOT_A_NUMBER)
        return Reason.TOO_SHORT if error.error_type in short else Reason.INVALID
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible == phonenumbers.ValidationResult.TOO_SHORT:
        return Reason.TOO_SHORT
    if possible == phonenumbers.ValidationResult.TOO_LONG:
        return Reason.TOO_LONG
    if not phonenumbers.is_valid_number(number):
        return Reason.INVALID
    region = phonenumbers.region_code_for_number(number) or country
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Number(e164, _operator(e164[:6]), _ZONES.get(region, _ZONES[HOME]))


@lru_cache(maxsize=1_000)
def _operator(prefix: str) -> str:
    """The operator that a prefix was given to, in English, or ""."""
    return str(carrier.name_for_number(phonenumbers.parse(prefix.ljust(12, "0"), None), "en"))
