"""A short way to what phonenumbers says of ordinary numbers: its own patterns, asked directly.

The library takes a hundred times as long for a number, which a list of a million notices. Whatever
is not plainly right here is left to it, so that it alone says what is wrong; tests compare the two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneMetadata

_KINDS = (
    "mobile", "fixed_line", "premium_rate", "toll_free", "shared_cost", "voip", "personal_number",
    "pager", "uan", "voicemail",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """How one country writes its numbers: `code` with its plus, `trunk` before a national one, and
    the patterns (with their lengths) of which a number must match the first and one more."""

    code: str
    trunk: str
    general: re.Pattern[str]
    kinds: tuple[tuple[frozenset[int], re.Pattern[str]], ...]

    def e164(self, bare: str) -> str | None:
        """The number in `bare` (digits, perhaps a plus), or None where it takes a closer look."""
        if bare[0] == "+":
            if not bare.startswith(self.code):
                return None
            national = bare[len(self.code) :]
        else:
            national = bare
        if self.trunk:
            national = national.removeprefix(self.trunk)
        length = len(national)
        if national[:1] == "0" or not self.general.fullmatch(national):
            return None
        for lengths, pattern in self.kinds:
            if length in lengths and pattern.fullmatch(national):
                return self.code + national
        return None


@lru_cache(maxsize=300)
def plan_of(country: str) -> Plan | None:
    """The plan of a country, or None where it shares its code with others or has rules of its own:
    there the library is asked each time."""
    about = PhoneMetadata.metadata_for_region(country, None)
    if about is None or about.country_code is None:
        return None
    alone = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[about.country_code] == (country,)
    trunk = about.national_prefix_for_parsing or ""
    abroad = about.international_prefix or ""
    plain = (not trunk or trunk.isdigit()) and not about.national_prefix_transform_rule
    if not (alone and plain and abroad.startswith("00")):
        return None
    general = about.general_desc
    if general is None or not general.national_number_pattern:
        return None
    described = (getattr(about, kind) for kind in _KINDS)
    kinds = tuple(
        (frozenset(desc.possible_length or general.possible_length), re.compile(pattern))
        for desc in described
        if desc is not None and (pattern := desc.national_number_pattern)
    )
    return Plan(f"+{about.country_code}", trunk, re.compile(general.national_number_pattern), kinds)
