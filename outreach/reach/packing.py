"""Packs the sets of one row of ReachPeople or ReachHome into its two columns, and unpacks them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pyroaring import BitMap

Packed = tuple[str, bytes]  # the columns `lengths` and `contacts`
PackedCrowd = Mapping[str, Packed]  # rows by dimension


def pack(sets: Mapping[str, BitMap]) -> Packed:
    """The sets by value: how many bytes each takes, as JSON, and the sets in that order.

    The order is the values' own, and each part of a set takes its smallest form, so that equal sets
    are equal bytes however they came about.
    """
    packed = {value: _smallest(sets[value]).serialize() for value in sorted(sets)}
    lengths = {value: len(as_bytes) for value, as_bytes in packed.items()}
    return json.dumps(lengths), b"".join(packed.values())


def _smallest(contacts: BitMap) -> BitMap:
    contacts.run_optimize()
    # What came to be runs stays runs, also where an array is as small.
    if contacts.get_statistics()["n_run_containers"]:
        contacts = BitMap(contacts.to_array())
        contacts.run_optimize()
    return contacts


def unpack(packed: Packed) -> dict[str, BitMap]:
    """The sets by value, to be changed as one likes."""
    lengths, contacts = packed
    sets: dict[str, BitMap] = {}
    start = 0
    for value, length in json.loads(lengths).items():
        sets[value] = BitMap.deserialize(contacts[start : start + length])
        start += length
    return sets


def pack_crowd(crowd: Mapping[str, Mapping[str, BitMap]]) -> dict[str, Packed]:
    """All rows of a crowd."""
    return {dimension: pack(sets) for dimension, sets in crowd.items()}


def unpack_crowd(packed: PackedCrowd) -> dict[str, dict[str, BitMap]]:
    """The crowd that some rows are."""
    return {dimension: unpack(row) for dimension, row in packed.items()}
