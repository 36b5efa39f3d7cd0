"""Splits a secret into three printed shares: any two restore it, one alone reveals nothing.

Shamir's scheme over GF(256), byte by byte: a share is a point of the line secret + x·chance. It is
written for people: groups of four letters and digits that are not mistaken for each other, and on
every line a check of its own, so that a slip of the pen is found by its line.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from outreach.kernel.errors import BadInput

SHARES, NEEDED = 3, 2
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_READ_AS = str.maketrans("ILO", "110")
_LINE_BYTES = 10
_CHECK_LETTERS = 4
_GROUP = 4
_DIGEST_BYTES = 8
_HEAD = re.compile(r"SHARE ([1-3]) OF 3 SET ([0-9A-Z]{4}) ([0-9A-Z]{4}) LINES ([0-9]{1,3})")
_LINE = re.compile(r"([0-9]{1,3})((?: [0-9A-Z]{1,4}){2,5})")


@dataclass(frozen=True)
class Share:
    """One of three: its number, the id of its set (by chance, of nothing), and its bytes."""

    number: int
    set_id: str
    data: bytes = field(repr=False)

    def __str__(self) -> str:
        lines = [self.data[at : at + _LINE_BYTES] for at in range(0, len(self.data), _LINE_BYTES)]
        head = f"SHARE {self.number} OF {SHARES} SET {_grouped(self.set_id)} LINES {len(lines)}"
        return "\n".join([head, *(self._line(at, part) for at, part in enumerate(lines, start=1))])

    def _line(self, at: int, part: bytes) -> str:
        return f"{at:02} {_grouped(_written(part) + _check(self.number, self.set_id, at, part))}"


def split(secret: bytes) -> tuple[Share, ...]:
    """Three shares of `secret`."""
    whole = hashlib.sha256(secret).digest()[:_DIGEST_BYTES] + secret
    chance = os.urandom(len(whole))
    set_id = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return tuple(
        Share(x, set_id, bytes(a ^ _times(x, b) for a, b in zip(whole, chance, strict=True)))
        for x in range(1, SHARES + 1)
    )


def combine(shares: Sequence[Share]) -> bytes:
    """The secret of two (or three) shares; raises BadInput where they don't belong together."""
    one, other = _pair(shares)
    scale = _inverse(one.number ^ other.number)
    whole = bytes(
        _times(scale, _times(other.number, a) ^ _times(one.number, b))
        for a, b in zip(one.data, other.data, strict=True)
    )
    digest, secret = whole[:_DIGEST_BYTES], whole[_DIGEST_BYTES:]
    if hashlib.sha256(secret).digest()[:_DIGEST_BYTES] != digest:
        raise BadInput(
            "These shares give no keys.", remedy="Are they copies of what was printed together?"
        )
    return secret


def read_shares(text: str, where: str) -> list[Share]:
    """The shares in `text`, as printed or typed (lower case, other spacing, Khmer digits, the
    lines of a share in any order; what is no line of a share is passed over).

    Raises BadInput that names the line.
    """
    found: list[tuple[re.Match[str], dict[int, bytes]]] = []
    for position, line in enumerate(text.splitlines(), start=1):
        said = _plain(line)
        here = f"{where}, line {position}"
        if said.startswith("SHARE "):
            head = _HEAD.fullmatch(said)
            if head is None:
                raise BadInput("This is not the first line of a share.", where=here)
            found.append((head, {}))
        elif found and (part := _LINE.fullmatch(said)):
            head, lines = found[-1]
            at, data = _checked(head, part, here)
            lines[at] = data
        elif found and line.strip()[:1].isdecimal():
            raise BadInput("This line can't be read.", where=here, remedy=_COMPARE)
    return [_whole(head, lines, where) for head, lines in found]


_COMPARE = "Compare it, and the share's first line, with the paper, group by group."


def _set_id(head: re.Match[str]) -> str:
    return (head[2] + head[3]).translate(_READ_AS)


def _pair(shares: Sequence[Share]) -> tuple[Share, Share]:
    if len({share.set_id for share in shares}) > 1:
        raise BadInput(
            "These shares are of different sets.",
            remedy="Take two with the same letters behind SET: those printed together.",
        )
    by_number = {share.number: share for share in shares}
    if len(by_number) < NEEDED:
        what = "This is one share twice." if len(shares) > 1 else "One share alone says nothing."
        raise BadInput(what, remedy="Give two different shares of the three.")
    one, other = (by_number[number] for number in sorted(by_number)[:NEEDED])
    if len(one.data) != len(other.data):
        raise BadInput("These shares are of different length.", remedy=_COMPARE)
    return one, other


def _checked(head: re.Match[str], part: re.Match[str], here: str) -> tuple[int, bytes]:
    at, letters = int(part[1]), part[2].replace(" ", "")
    data = _bytes(letters[:-_CHECK_LETTERS])
    check = letters[-_CHECK_LETTERS:]
    if data is None or _check(int(head[1]), _set_id(head), at, data) != check:
        raise BadInput(
            f"Line {at} of share {head[1]} is not as it was printed.", where=here, remedy=_COMPARE
        )
    return at, data


def _whole(head: re.Match[str], lines: dict[int, bytes], where: str) -> Share:
    missing = [str(at) for at in range(1, int(head[4]) + 1) if at not in lines]
    if missing or not lines:
        raise BadInput(
            f"Share {head[1]} has no line {', '.join(missing)}.",
            where=where,
            remedy="Type it from the paper.",
        )
    return Share(int(head[1]), _set_id(head), b"".join(lines[at] for at in sorted(lines)))


def _plain(line: str) -> str:
    """A line in the letters and digits that we print."""
    digits = "".join(
        str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else c for c in line
    )
    words = re.sub(r"[\s.\-–]+", " ", digits.upper()).strip()
    if words.startswith("SHARE"):
        return words
    return words.translate(_READ_AS)


def _check(number: int, set_id: str, at: int, part: bytes) -> str:
    said = f"{number} {set_id} {at} ".encode() + part
    return _written(hashlib.sha256(said).digest()[:5])[:_CHECK_LETTERS]


def _written(data: bytes) -> str:
    """Base 32, five bits a letter, the last one filled up with zeros."""
    bits = len(data) * 8
    size = -(-bits // 5)
    value = int.from_bytes(data, "big") << (size * 5 - bits)
    return "".join(_LETTERS[value >> 5 * at & 31] for at in range(size - 1, -1, -1))


def _bytes(letters: str) -> bytes | None:
    """What `_written` wrote, or None where it can't have written this."""
    value = 0
    for letter in letters:
        at = _LETTERS.find(letter)
        if at < 0:
            return None
        value = value << 5 | at
    data = (value >> len(letters) * 5 % 8).to_bytes(len(letters) * 5 // 8, "big")
    return data if _written(data) == letters else None


def _grouped(letters: str) -> str:
    return " ".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def _times(a: int, b: int) -> int:
    """The product in GF(256), of x^8 + x^4 + x^3 + x + 1."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def _inverse(a: int) -> int:
    return next(b for b in range(1, 256) if _times(a, b) == 1)
