"""Notes who did what with reports and their doors, and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from outreach.people.audit import Asking
from outreach.reach.publications import queries


def note(connection: Connection, asking: Asking, action: str, subject: str, at: datetime) -> None:
    """Writes one line; raises BadInput where the reason is none."""
    queries.audit(
        connection,
        {
            "by": asking.by[:60],
            "action": action,
            "subject": subject[:60],
            "reason": asking.words,
            "at": at,
        },
    )
