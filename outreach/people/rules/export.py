"""Decides who may do what with an export of contacts, and for how long (S22)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from outreach.kernel.errors import Conflict, Refused

# A request waits so long for the second person; an approval is good for so long.
REQUEST_LASTS = timedelta(days=7)
APPROVAL_LASTS = timedelta(hours=24)


class Export(StrEnum):
    """How far an export is."""

    REQUESTED = "requested"  # waits for a second person
    APPROVED = "approved"  # may be written once, by whoever asked
    REFUSED = "refused"  # the second person said no
    WRITING = "writing"  # its file is being written; if that died, it is used up
    WRITTEN = "written"  # its file is there


def require_second(requested_by: str, by: str) -> None:
    """Raises Refused where one person is both."""
    if requested_by.casefold() == by.casefold():
        raise Refused(
            "Whoever asks for an export can't allow it (S22).",
            remedy="A second person decides, under their own user name.",
        )


def require_state(state: str, wanted: Export, expires_at: datetime, now: datetime) -> None:
    """Raises Conflict where an export is not where it has to be, or its time is over."""
    if state != wanted:
        raise Conflict(f"This export is {state}, not {wanted}.", remedy="Ask for a new one.")
    if now >= expires_at:
        raise Conflict("The time of this export is over.", remedy="Ask for a new one.")
