"""Reads a posted form."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import parse_qsl


@lru_cache(maxsize=2)
def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """The names and values of a form or a query, in order, blank values too. The signature reads
    both of a request, and who acts upon it reads them again: those of the last one are at hand."""
    return tuple(parse_qsl(text, keep_blank_values=True))
