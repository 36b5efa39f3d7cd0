"""Reads one value of a condition: its own form, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import phonenumbers
from babel import Locale

from outreach.content.audience.terms import TERMS, Takes, Term
from outreach.language.digits import to_ascii_digits
from outreach.language.matchkey import match_key

_LONGEST_DAYS = 3650
_UNITS = {"": 1, "d": 1, "day": 1, "days": 1, "ថ្ងៃ": 1, "week": 7, "weeks": 7, "សប្តាហ៍": 7}
_DAYS = re.compile(r"(\d{1,4})\s*(\D*)")
# What our pages and lists call them beside CLDR's names.
_ALSO = (("VN", "Viet Nam"), ("KR", "Korea"), ("KR", "Republic of Korea"), ("LA", "Lao PDR"))
# Longer than any name or code that we keep.
_LONGEST_NAME = 120
_SHOWN = 10


@dataclass(frozen=True)
class Unreadable:
    """`what` is wrong with a value, and what to do."""

    what: str
    todo: str


def read_value(kind: str, written: Any) -> str | Unreadable:
    """What `written` means after `kind`, in the form that is stored."""
    term = TERMS[kind]
    if isinstance(written, bool) or written is None or isinstance(written, (dict, list)):
        return Unreadable(f"{written!r} is no value.", _allowed(term))
    text = to_ascii_digits(str(written)).strip()
    if not text or len(text) > _LONGEST_NAME:
        return Unreadable("a value is empty or too long.", _allowed(term))
    return _READERS[term.takes](term, text)


def _value(term: Term, text: str) -> str | Unreadable:
    plain = _plain(text)
    known = {_plain(value): value for value in term.values}
    if plain in known:
        return known[plain]
    close = get_close_matches(plain, known, n=1)
    todo = f"Did you mean {known[close[0]]!r}?" if close else _allowed(term)
    return Unreadable(f"there is no value {text!r}.", todo)


def _country(term: Term, text: str) -> str | Unreadable:
    for value in term.values:
        if _plain(text) == _plain(value):
            return value
    if text.upper() in _territories().values():
        return text.upper()
    plain = _squeezed(text)
    if plain in _territories():
        return _territories()[plain]
    close = get_close_matches(plain, _territories(), n=1)
    hint = f"Did you mean {_territories()[close[0]]}? " if close else ""
    return Unreadable(f"there is no country {text!r}.", f"{hint}Give two letters, such as TH.")


def _place(_term: Term, text: str) -> str | Unreadable:
    # Who writes 01 without quotes gets 1: codes have an even number of digits.
    return text.zfill(len(text) + len(text) % 2) if text.isdecimal() else text


def _name(_term: Term, text: str) -> str | Unreadable:
    return text


def _days(term: Term, text: str) -> str | Unreadable:
    found = _DAYS.fullmatch(text)
    unit = _UNITS.get(found[2].casefold()) if found else None
    if found is None or unit is None or not 0 < int(found[1]) * unit <= _LONGEST_DAYS:
        return Unreadable(f"{text!r} is no number of days.", _allowed(term))
    return str(int(found[1]) * unit)


def _date(term: Term, text: str) -> str | Unreadable:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return Unreadable(f"{text!r} is no date.", _allowed(term))


_READERS: dict[Takes, Callable[[Term, str], str | Unreadable]] = {
    Takes.VALUES: _value,
    Takes.COUNTRIES: _country,
    Takes.PLACES: _place,
    Takes.NAMES: _name,
    Takes.DAYS: _days,
    Takes.DATE: _date,
}


def _allowed(term: Term) -> str:
    examples = {
        Takes.VALUES: f"One of: {', '.join(term.values[:_SHOWN])}.",
        Takes.COUNTRIES: f"Two letters such as TH, a name, or {' or '.join(term.values)}.",
        Takes.PLACES: 'Give a name, or a code in quotes such as "0102".',
        Takes.NAMES: "Give a name or a code.",
        Takes.DAYS: f"Write `30 days` or `4 weeks`, {_LONGEST_DAYS} days at most.",
        Takes.DATE: "Write it as 2026-01-31.",
    }
    return examples[term.takes]


def _plain(text: str) -> str:
    return re.sub(r"[\s_]+", "", text.casefold()).replace("–", "-")


def _squeezed(text: str) -> str:
    return match_key(text).replace(" ", "")


@lru_cache(maxsize=1)
def _territories() -> dict[str, str]:
    """Countries by their names in both languages of the pages, as CLDR has them."""
    return {
        _squeezed(name): code
        for language in ("km", "en")
        for code, name in (*Locale(language).territories.items(), *_ALSO)
        if code in phonenumbers.SUPPORTED_REGIONS
    }
