"""Writes a value into a cell so that no spreadsheet takes it for a formula or spoils it."""

from __future__ import annotations

import phonenumbers

# What begins a formula in the spreadsheets of the field, full-width forms too; and what, skipped
# over, lets one begin.
_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")


def safe_cell(text: str) -> str:
    """`text`, behind an apostrophe where it could begin a formula.

    >>> safe_cell("=1+1")
    "'=1+1"
    """
    return f"'{text}" if text.lstrip(" \u00a0\u200b\ufeff").startswith(_BEGINS) else text


def phone_cell(e164: str) -> str:
    """A number that stays as it is in a spreadsheet: no formula, no number, no lost zero. Our own
    import reads it.

    >>> phone_cell("+855381234567")
    '(+855) 38 123 4567'
    """
    international = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    code, _, rest = phonenumbers.format_number(phonenumbers.parse(e164), international).partition(
        " "
    )
    return f"({code}) {rest}"
