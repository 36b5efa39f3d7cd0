"""Sums and crowds that grow in memory while facts are gathered; those of days gone by are kept
packed, which takes a fraction of the memory."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from outreach.reach.crowds import NOBODY, Crowd, Sets, together, without
from outreach.reach.packing import PackedCrowd, pack_crowd, unpack_crowd
from outreach.reach.queries import CountKey, PeopleKey

Cell = tuple[str, str]
_Numbers = tuple[Sequence[Cell], Sequence[int]]
_Open = TypeVar("_Open")
_Packed = TypeVar("_Packed")


class SumKey(NamedTuple):
    """What is summed up: a milestone over one campaign and day."""

    day: date
    campaign_id: int
    milestone: str


_Key = TypeVar("_Key", SumKey, PeopleKey)


class _Growing(Generic[_Key, _Open, _Packed]):
    """Things by what they are of; `nothing` is a packed one of which nothing is known."""

    def __init__(
        self,
        pack: Callable[[_Open], _Packed],
        unpack: Callable[[_Packed], _Open],
        nothing: _Packed,
    ) -> None:
        self._open: dict[_Key, _Open] = {}
        self._packed: dict[_Key, _Packed] = {}
        self._pack, self._unpack, self._nothing = pack, unpack, nothing

    def __getitem__(self, key: _Key) -> _Open:
        """One of them, to be changed."""
        found = self._open.get(key)
        if found is None:
            found = self._open[key] = self._unpack(self._packed.pop(key, self._nothing))
        return found

    def __setitem__(self, key: _Key, changed: _Open) -> None:
        self._open[key] = changed

    def pack(self, before: date | None = None) -> None:
        """Packs what lies before a day, or all: facts come in nearly their order."""
        for key in [key for key in self._open if before is None or key.day < before]:
            self._packed[key] = self._pack(self._open.pop(key))

    def packed(self) -> Mapping[_Key, _Packed]:
        """All, packed."""
        self.pack()
        return self._packed


class Sums(_Growing[SumKey, Counter[Cell], _Numbers]):
    """Sums by cell."""

    def __init__(self) -> None:
        super().__init__(self._columns, _counter, ((), ()))
        self._cells: dict[Sequence[Cell], Sequence[Cell]] = {}

    def numbers(self) -> Iterator[tuple[CountKey, int]]:
        """All sums."""
        for key, (cells, numbers) in self.packed().items():
            for cell, number in zip(cells, numbers, strict=True):
                yield (*key, *cell), number

    def _columns(self, counter: Counter[Cell]) -> _Numbers:
        # Most days and campaigns have the same cells.
        cells = tuple(sorted(counter))
        return self._cells.setdefault(cells, cells), array("q", map(counter.__getitem__, cells))


class Crowds(_Growing[PeopleKey, Sets, PackedCrowd]):
    """Crowds, packed as they will be stored."""

    def __init__(self) -> None:
        super().__init__(pack_crowd, unpack_crowd, {})

    def add(self, key: PeopleKey, crowd: Crowd) -> None:
        """Takes `crowd` in."""
        self[key] = together((self[key], crowd))

    def remove(self, key: PeopleKey, crowd: Crowd) -> None:
        """Takes `crowd` out; its sets are there then, be they empty."""
        none = {dimension: dict.fromkeys(sets, NOBODY) for dimension, sets in crowd.items()}
        self[key] = without(together((self[key], none)), crowd)


def _counter(columns: _Numbers) -> Counter[Cell]:
    return Counter(dict(zip(*columns, strict=True)))
