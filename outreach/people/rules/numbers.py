"""Reads a phone number as people write it; one way of keeping it: E.164."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

import phonenumbers

from outreach.kernel.errors import BadInput
from outreach.language.digits import to_ascii_digits
from outreach.people.rules.days import looks_like_a_day
from outreach.people.rules.numberplan import plan_of
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
# A spreadsheet's way of keeping text: ="0381234567".
_FORMULA = re.compile(r'="(.*)"')
# A number kept as a decimal one: without its point, "12345678.0" is another person's number.
_WHOLE = re.compile(r"(\+?\d{6,})[.,]0{1,2}")
_DECIMAL = re.compile(r"\+?\d{6,}[.,]\d{1,2}")
_BETWEEN = re.compile(r"[/;,|&\n\r]|\b(?:or|and)\b|ឬ|និង|(?<=\d)\s*(?=\+)", re.IGNORECASE)
_SIX_DIGITS = 6
_DIGITS = re.compile(r"\+?[0-9]+")
# Nothing about these is odd.
_ORDINARY = re.compile(r"\+?[0-9]{1,3}[0-9 ]+")
_MARKS = re.compile(r"[\s().\-\u2010-\u2015\u00b7'’]")


@dataclass(frozen=True)
class Number:
    """`e164` with its plus; the operator is only a hint (numbers move); `zone` is the country's."""

    e164: str = field(repr=False)
    operator_hint: str
    zone: str


def number_in(written: str, where: str = "NUMBER") -> str:
    """The number that somebody wrote, in E.164; raises BadInput, which does not show it."""
    found = parse_number(written)
    if not isinstance(found, Number):
        raise BadInput(found.en, where=where)
    return found.e164


def parse_number(text: str, country: str = HOME) -> Number | Reason:
    """The number in a cell, or why there is none. `country` (two letters) is for national ones.

    >>> parse_number("០៣៨ ១២៣ ៤៥៦៧").e164
    '+855381234567'
    """
    written = text.strip()
    ordinary = _ORDINARY.fullmatch(written)
    if not ordinary:
        written = _unwrapped(written)
    bare = _MARKS.sub("", written)
    if not bare:
        return Reason.EMPTY
    if country not in phonenumbers.SUPPORTED_REGIONS:
        return Reason.COUNTRY
    odd = None if ordinary else _odd(written)
    if odd:
        return odd
    code = _calling_code(country)
    # 00855… and 855… are what remains of +855… in many lists.
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    elif bare.startswith(code) and len(bare) >= len(code) + 8:
        bare = f"+{bare}"
    return _parsed(bare, country)


def _unwrapped(text: str) -> str:
    """The cell with ASCII digits, without what a spreadsheet put around them."""
    written = _INVISIBLE.sub("", to_ascii_digits(text)).replace("\uff0b", "+").strip()
    formula = _FORMULA.fullmatch(written)
    written = (formula[1].strip() if formula else written).lstrip("'")
    whole = _WHOLE.fullmatch(written)
    return whole[1] if whole else written


def _odd(written: str) -> Reason | None:
    if _SCIENTIFIC.fullmatch(written):
        return Reason.SCIENTIFIC
    if looks_like_a_day(written):
        return Reason.A_DATE
    if _DECIMAL.fullmatch(written):
        return Reason.DECIMAL
    if sum(len(_MARKS.sub("", part)) >= _SIX_DIGITS for part in _BETWEEN.split(written)) > 1:
        return Reason.TWO_NUMBERS
    if not _DIGITS.fullmatch(_MARKS.sub("", written)):
        return Reason.LETTERS
    return None


def _parsed(bare: str, country: str) -> Number | Reason:
    plan = plan_of(country)
    e164 = plan.e164(bare) if plan else None
    if e164:
        return Number(e164, _operator(e164[:6]), _ZONES.get(country, _ZONES[HOME]))
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
    # Its tables take as long to load as all the rest: a command that names no number goes without.
    from phonenumbers import carrier

    return str(carrier.name_for_number(phonenumbers.parse(prefix.ljust(12, "0"), None), "en"))


@lru_cache(maxsize=300)
def _calling_code(country: str) -> str:
    return str(phonenumbers.country_code_for_region(country))
