"""Counts the SMS parts that a text will be billed as (GSM 03.38, 3GPP TS 23.038 and 23.040)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from outreach.language.clusters import clusters

Encoding = Literal["GSM-7", "UCS-2"]

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "\f^{}\\[~]|€"
_GSM = frozenset(_BASIC + _EXTENDED)
_DELETE_BASIC = {ord(char): None for char in _BASIC}
# Printable ASCII, Khmer and U+200B: what nearly every Khmer text is made of.
_PLAIN = re.compile("[ -~\u1780-\u17ff\u200b]*")
_SIGNS = frozenset(map(chr, (*range(0x17B4, 0x17D4), 0x17DD)))
_LIMITS: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


@dataclass(frozen=True, slots=True)
class Parts:
    """What a text costs: `units` are septets (GSM-7) or UTF-16 units (UCS-2)."""

    encoding: Encoding
    units: int
    parts: int


def count(text: str) -> Parts:
    """How `text` is encoded and into how many parts it goes; an empty text is one part.

    >>> count("ខ្មែ" * 33)
    Parts(encoding='UCS-2', units=132, parts=2)
    """
    if _GSM.issuperset(text):
        extended = len(text.translate(_DELETE_BASIC))
        units = len(text) + extended
        # Without extension characters nothing can straddle a boundary.
        sizes = (2 if char in _EXTENDED else 1 for char in text) if extended else None
        return Parts("GSM-7", units, _fill("GSM-7", units, sizes))
    units = _utf16(text)
    if _PLAIN.fullmatch(text):
        return Parts("UCS-2", units, _cut(text))
    return Parts("UCS-2", units, _fill("UCS-2", units, _pieces(text)))


def _fill(encoding: Encoding, units: int, sizes: Iterable[int] | None) -> int:
    """Parts needed for pieces of these sizes; None: all are of one unit."""
    single, joined = _LIMITS[encoding]
    if units <= single:
        return 1
    if sizes is None:
        return -(-units // joined)
    parts, used = 1, 0
    for size in sizes:
        if used + size > joined:
            parts, used = parts + 1, 0
        used += size
    return parts


def _cut(text: str) -> int:
    """Parts of a text of `_PLAIN`, where a break is allowed before all but a Khmer sign."""
    single, joined = _LIMITS["UCS-2"]
    parts, start = 1, 0
    while len(text) - start > (single if parts == 1 and start == 0 else joined):
        end = start + joined
        while end > start and text[end] in _SIGNS and text[end - 1] != "\u200b":
            end -= 1
        parts, start = parts + 1, end if end > start else start + joined
    return parts


def _pieces(text: str) -> Iterator[int]:
    """Sizes of what stays whole in UCS-2: clusters, or code points of a cluster over one part."""
    for cluster in clusters(text):
        size = _utf16(cluster)
        if size <= _LIMITS["UCS-2"][1]:
            yield size
        else:
            yield from map(_utf16, cluster)


def _utf16(text: str) -> int:
    """UTF-16 units of `text`; a lone surrogate counts one."""
    return len(text) + sum(char > "\uffff" for char in text)
