"""Knows countries by their two letters and by the names that lists use.

The Khmer names await native review.
"""

from __future__ import annotations

from functools import lru_cache

import phonenumbers

from outreach.language.matchkey import match_key

_NAMES: dict[str, tuple[str, ...]] = {
    "KH": ("Cambodia", "កម្ពុជា"),
    "TH": ("Thailand", "ថៃ", "ប្រទេសថៃ"),
    "MY": ("Malaysia", "ម៉ាឡេស៊ី", "ប្រទេសម៉ាឡេស៊ី"),
    "VN": ("Viet Nam", "វៀតណាម", "ប្រទេសវៀតណាម"),
    "KR": ("Korea", "South Korea", "Republic of Korea", "កូរ៉េ", "កូរ៉េខាងត្បូង"),
    "JP": ("Japan", "ជប៉ុន", "ប្រទេសជប៉ុន"),
    "LA": ("Laos", "Lao PDR", "ឡាវ", "ប្រទេសឡាវ"),
    "SG": ("Singapore", "សិង្ហបុរី"),
    "CN": ("China", "ចិន", "ប្រទេសចិន"),
}
_CODES = {
    match_key(name).replace(" ", ""): code for code, names in _NAMES.items() for name in names
}


@lru_cache(maxsize=500)
def country_code(text: str) -> str | None:
    """The two letters of a country, or None where there is no such country."""
    letters = text.strip().upper()
    if letters in phonenumbers.SUPPORTED_REGIONS:
        return letters
    return _CODES.get(match_key(text).replace(" ", ""))
