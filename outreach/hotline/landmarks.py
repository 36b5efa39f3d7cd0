"""Where somebody said they are, who knows no address: for the worker who reads their conversation,
and for a worker to ask while the person is writing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from outreach.content.landmarks import LANDMARK, PLACE, SECTOR, Choice
from outreach.hotline.desk import Desk
from outreach.hotline.menu import queries
from outreach.hotline.menu.memory import Memories, answers
from outreach.hotline.rules.menu import Step

_Labels = Mapping[str, str]


@dataclass(frozen=True)
class Whereabouts:
    """What a person chose; each as its labels by language, None where they did not say. `at` is
    when they were last asked something. For workers only: never sent, never counted below S27."""

    place: _Labels | None
    landmark: _Labels | None
    sector: _Labels | None
    country: str | None
    at: datetime

    def line(self, language: str) -> str:
        """What was said, in one line."""
        said = (self.place, self.landmark, self.sector)
        return " · ".join(labels[language] for labels in said if labels)


def of(connection: Connection, desk: Desk, number_keys: Collection[bytes]) -> Whereabouts | None:
    """Where the number of these fingerprints said it is, or None where it said nothing."""
    rows = [
        row
        for row in queries.memories(connection, number_keys).all(connection)
        if row.answers_sealed
    ]
    if not rows:
        return None
    choices = desk.replies.landmarks
    place, landmark, sector = answers(desk.help_vault, rows[-1])
    return Whereabouts(
        place=_labels(choices.find(PLACE, "", place)),
        landmark=_labels(choices.find(LANDMARK, place, landmark)),
        sector=_labels(choices.find(SECTOR, "", sector)),
        country=choices.country(place),
        at=rows[-1].at,
    )


def ask(connection: Connection, desk: Desk, number: str, language: str, now: datetime) -> str:
    """Has the next digit of `number` answer the first question; returns its text, which a worker
    sends as a reply of their own (S4: only while the person is writing)."""
    _remember(connection, desk, number, now, step=Step.PLACE, language=language)
    return desk.replies.landmarks.text(PLACE, "", language)


def leave(connection: Connection, desk: Desk, number: str, now: datetime) -> None:
    """A worker asked `number` something else: its next digit answers none of our questions."""
    _remember(connection, desk, number, now, step=Step.MAIN)


def _remember(
    connection: Connection, desk: Desk, number: str, now: datetime, **changes: Any
) -> None:
    memories = Memories.read(connection, desk.help_vault, [number], now)
    memories.keep(number, replace(memories.of(number), **changes))
    memories.save(connection)


def _labels(choice: Choice | None) -> _Labels | None:
    return choice.labels if choice else None
