"""Says whether a day is a public holiday where a person is (S36)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

# The zones where our people are; in any other no day is known to be a holiday.
_COUNTRIES = {
    "Asia/Phnom_Penh": "KH",
    "Asia/Bangkok": "TH",
    "Asia/Kuala_Lumpur": "MY",
    "Asia/Kuching": "MY",
    "Asia/Ho_Chi_Minh": "VN",
    "Asia/Saigon": "VN",
    "Asia/Seoul": "KR",
    "Asia/Tokyo": "JP",
    "Asia/Vientiane": "LA",
    "Asia/Singapore": "SG",
    "Asia/Shanghai": "CN",
    "Asia/Hong_Kong": "HK",
    "Asia/Taipei": "TW",
}


def country_of(zone: str, present: str = "") -> str:
    """The country (two letters) where somebody is: as they said, else as their zone says; "" if
    neither does."""
    return present if len(present) == 2 else _COUNTRIES.get(zone, "")


def is_holiday(country: str, day: date) -> bool:
    """Whether `day` is a public holiday in all of `country`."""
    return day in _of_year(country, day.year)


@lru_cache(maxsize=256)
def _of_year(country: str, year: int) -> frozenset[date]:
    # Imported here: it is large, and the small commands do without.
    import holidays

    # Asking which countries it knows would load the rules of all of them.
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()
