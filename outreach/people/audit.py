"""Notes who asked for what of a person's data, and why (S24)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from outreach.kernel.reasons import kept
from outreach.people import queries

_BY_MOST = 60


@dataclass(frozen=True)
class Asking:
    """Who asks (a staff member), and why, in words that name nobody."""

    by: str
    reason: str

    @property
    def words(self) -> str:
        """The reason as it is kept; raises BadInput where it is none."""
        return kept(self.reason)


def note(
    connection: Connection,
    asking: Asking,
    action: str,
    contact: str,
    at: datetime,
    changed: Sequence[str] = (),
) -> None:
    """Writes one line. `contact` is the public id of whom it is about, "" for a stranger; `changed`
    names what, never its value. Raises BadInput where the reason is none."""
    queries.audit(
        connection,
        {
            "contact": contact,
            "action": action,
            "changed": list(changed),
            "reason": asking.words,
            "by": asking.by[:_BY_MOST],
            "at": at,
        },
    )
