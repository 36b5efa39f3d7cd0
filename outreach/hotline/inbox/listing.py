"""The inbox: open conversations, the most urgent first. It shows nobody's number and no text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row

from outreach.hotline.inbox import queries
from outreach.hotline.rules.conversation import Stage
from outreach.hotline.rules.urgency import Urgency
from outreach.store.engine import reading

SHOWN = 50
MINE, NOBODYS, ALL = "mine", "nobodys", "all"
FILTERS = (ALL, NOBODYS, MINE)


@dataclass(frozen=True)
class Head:
    """What the inbox shows of a conversation. `due_by` is None where nothing waits for staff;
    `unsent` says that the last reply did not go out."""

    id: str
    state: Stage
    urgency: Urgency
    child: bool
    language: str
    assigned_to: str
    due_by: datetime | None
    opened_at: datetime
    last_in_at: datetime
    outcome: str
    unsent: bool = False


@dataclass(frozen=True)
class Inbox:
    """The first SHOWN conversations of a filter, and how many each filter has."""

    shown: tuple[Head, ...]
    counts: dict[str, int]


def inbox(engine: Engine, by: str, which: str) -> Inbox:
    """The inbox as it stands for the worker `by`; `which` is one of FILTERS."""
    filters = {ALL: None, NOBODYS: ("",), MINE: (by,)}
    with reading(engine) as connection:
        rows = queries.listed(connection, filters[which], SHOWN)
        unsent = queries.unsent(connection, [row.number_key for row in rows])
        counts = {name: queries.count(connection, whose) for name, whose in filters.items()}
    return Inbox(tuple(head(row, unsent=row.number_key in unsent) for row in rows), counts)


def head(row: Row[Any], *, unsent: bool = False) -> Head:
    """What may be shown of a conversation's row."""
    return Head(
        id=row.public_id,
        state=Stage(row.state),
        urgency=Urgency(row.urgency),
        child=row.child,
        language=row.language,
        assigned_to=row.assigned_to,
        due_by=row.due_by,
        opened_at=row.opened_at,
        last_in_at=row.last_in_at,
        outcome=row.outcome,
        unsent=unsent,
    )
