"""Packs the sets of one row of ReachPeople into its two columns, and unpacks them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pyroaring import BitMap

Packed = tuple[str, bytes]  # the columns `lengths` and `contacts`


def pack(sets: Mapping[str, BitMap]) -> Packed:
    """The sets by value: how many bytes each takes, as JSON, and the sets in that order.

    The order is the values' own, so that equal sets are equal bytes however they came about.
    """
    packed = {value: sets[value].serialize() for value in sorted(sets)}
    lengths = {value: len(contacts) for value, contacts in packed.items()}
    return json.dumps(lengths), b"".join(packed.values())


def unpack(packed: Packed) -> dict[str, BitMap]:
    """The sets by value, to be changed as one likes."""
    lengths, contacts = packed
    sets: dict[str, BitMap] = {}
    start = 0
    for value, length in json.loads(lengths).items():
        sets[value] = BitMap.deserialize(contacts[start : start + length])
        start += length
    return sets
