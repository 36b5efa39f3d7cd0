"""The keys of both stores on paper: three pages of which any two bring the settings back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from outreach.kernel.errors import BadInput
from outreach.kernel.sealing import pack_keys, unpack_keys
from outreach.kernel.shares import SHARES, combine, read_shares, split

SETTINGS = ("OUTREACH_SECRET_KEYS", "OUTREACH_HELP_KEYS")
# The Khmer awaits native review. Nothing says what the keys are for: a paper may be found.
_PAGE = """\
PAPER {number} OF {shares}, {day}
{names}

ក្រដាសនេះជាផ្នែកមួយនៃកូនសោ។ ក្រដាសពីរក្នុងចំណោមបី យកកូនសោមកវិញបាន។
ទុកក្រដាសនេះឱ្យមានសុវត្ថិភាព ឆ្ងាយពីក្រដាសផ្សេងទៀត។ កុំថតរូប កុំផ្ញើ។
This paper is one part of the keys. Any two of the three papers bring the keys back.
Keep it safe, away from the other two. Do not photograph it, do not send it.
To bring the keys back, type two papers into: outreach keys restore

{share}
"""


def pages(settings: Mapping[str, str], day: date) -> list[str]:
    """The three pages for the keys in `settings` (by the names in SETTINGS)."""
    secret = b"".join(pack_keys(settings[name]) for name in SETTINGS)
    names = "\n".join(f"{name}: {_names(settings[name])}" for name in SETTINGS)
    return [
        _PAGE.format(number=share.number, shares=SHARES, day=day, names=names, share=share)
        for share in split(secret)
    ]


def settings_from(text: str, where: str) -> dict[str, str]:
    """The settings that two pages (or shares typed from them) hold; raises BadInput that names the
    line, or says why the two don't go together."""
    rest = combine(read_shares(text, where))
    found = {}
    for name in SETTINGS:
        found[name], rest = unpack_keys(rest)
    if rest:
        raise BadInput("These shares hold more than two sets of keys.", where=where)
    return found


def _names(keys: str) -> str:
    return " ".join(entry.partition("=")[0].strip() for entry in keys.split(",") if entry.strip())
