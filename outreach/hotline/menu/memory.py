"""Keeps what numbers were asked and answered, sealed; reads and writes a whole batch at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from outreach.hotline.menu import queries
from outreach.hotline.rules.menu import Memory, Step, resumed
from outreach.kernel.sealing import Vault
from outreach.store.chained import Writer
from outreach.store.gathered import Question


@dataclass
class Memories:
    """What is known of the numbers of a batch; `keep` what changed, then `save` once."""

    vault: Vault
    now: datetime
    _known: dict[str, tuple[int | None, Memory]]
    _changed: set[str] = field(default_factory=set)

    @classmethod
    def read(
        cls, connection: Connection, vault: Vault, numbers: Iterable[str], now: datetime
    ) -> Memories:
        """Those of `numbers`."""
        numbers = set(numbers)
        rows = cls.asking(connection, vault, numbers).all(connection)
        return cls.found(vault, numbers, rows, now)

    @classmethod
    def asking(cls, connection: Connection, vault: Vault, numbers: Iterable[str]) -> Question:
        """The same as a question, whose answer is for `found`."""
        return queries.memories(connection, {k for n in numbers for k in vault.lookups(n)})

    @classmethod
    def found(
        cls, vault: Vault, numbers: Iterable[str], rows: Sequence[Any], now: datetime
    ) -> Memories:
        """Those among `rows`."""
        by_key = {key: number for number in numbers for key in vault.lookups(number)}
        known: dict[str, tuple[int | None, Memory]] = {}
        for row in rows:
            known[by_key[row.number_key]] = row.id, resumed(_opened(vault, row), row.at, now)
        return cls(vault, now, known)

    def of(self, number: str) -> Memory:
        """What is known of one of the numbers."""
        return self._known.get(number, (None, Memory()))[1]

    def keep(self, number: str, memory: Memory) -> None:
        """Remembers it; what has not changed costs nothing."""
        row_id, before = self._known.get(number, (None, Memory()))
        if memory != before:
            self._known[number] = row_id, memory
            self._changed.add(number)

    def save(self, writer: Writer) -> None:
        """Writes what changed, always in the same order: no two processes wait for each other."""
        rows = [(*self._known[number], number) for number in sorted(self._changed)]
        new = [self._row(number, memory) for row_id, memory, number in rows if row_id is None]
        old = [
            {"b_id": row_id, **self._row(number, memory)}
            for row_id, memory, number in rows
            if row_id is not None
        ]
        if new:
            queries.add(writer, new)
        if old:
            queries.change(writer, old)
        self._changed.clear()

    def _row(self, number: str, memory: Memory) -> dict[str, Any]:
        answers = [memory.place, memory.landmark, memory.sector]
        return {
            "number_key": self.vault.lookup(number),
            "number_sealed": self.vault.seal(number),
            "step": memory.step.value,
            "language": memory.language,
            "answers_sealed": self.vault.seal(json.dumps(answers)) if any(answers) else b"",
            "quiet_until": memory.quiet_until,
            "at": self.now,
        }


def _opened(vault: Vault, row: Row[Any]) -> Memory:
    place, landmark, sector = answers(vault, row)
    return Memory(Step(row.step), row.language, place, landmark, sector, row.quiet_until)


def answers(vault: Vault, row: Row[Any]) -> tuple[str, str, str]:
    """Where the number of a row said it is: place, landmark and sector by id, "" if not told."""
    if not row.answers_sealed:
        return "", "", ""
    place, landmark, sector = json.loads(vault.unseal(row.answers_sealed))
    return place, landmark, sector
