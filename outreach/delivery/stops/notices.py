"""Notices: what an operator has to look at, told once however often it happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from outreach.delivery.stops import queries
from outreach.kernel.clock import Clock
from outreach.kernel.errors import NotFound
from outreach.store.engine import reading, transaction

# What each kind says, and what to do about it.
KINDS = {
    "gateway_refused": "The gateway refuses us; what it stopped waits. Mend it, then let it go on.",
    "unknown_code": "The gateway gave a code that we have no row for. Add it to its table.",
    "failure_rate": "Too much of a campaign fails; it is paused. Look why, then resume it.",
    "nobody_on_duty": "Something waits on the hotline and nobody on duty fits. Fill the roster.",
    "nobody_told": "Something waits on the hotline and no staff has a number. Give them one.",
    "harm": "Somebody says that a message did harm; it is stopped. Two people look: outreach harm.",
    "unlisted_number": "People reach a number of ours that OUTREACH_NUMBERS does not name. Name "
    "it: else what comes to it while we are down is never heard of.",
    "budget": "A campaign's budget is used up; it is paused. Raise it and resume, or cancel.",
}


@dataclass(frozen=True)
class NoticeCard:
    """One notice. `times` counts how often it happened since anybody looked."""

    id: int
    kind: str
    scope: str
    detail: str
    times: int
    first_at: datetime
    last_at: datetime
    seen_at: datetime | None
    seen_by: str

    @property
    def todo(self) -> str:
        """What it means and what to do."""
        return KINDS[self.kind]


def tell(
    connection: Connection, kind: str, scope: str, detail: str, now: datetime, *, times: int = 1
) -> None:
    """Adds a notice inside the caller's transaction. `kind` is one of KINDS."""
    row = {"kind": kind, "scope": scope, "detail": detail, "times": times, "seen_by": ""}
    assert kind in KINDS  # noqa: S101  (a slip of ours, never of data)
    queries.tell(connection, row | {"first_at": now, "last_at": now})


def listed(engine: Engine, *, seen: bool = False) -> tuple[NoticeCard, ...]:
    """The notices that nobody has looked at, oldest first; with `seen` all of them."""
    with reading(engine) as connection:
        return tuple(NoticeCard(**row._mapping) for row in queries.notices(connection, seen=seen))


def acknowledge(engine: Engine, clock: Clock, number: int, *, by: str) -> None:
    """Notes that `by` looked at a notice; raises NotFound."""
    with transaction(engine) as connection:
        if not queries.see(connection, number, by, clock.now()):
            raise NotFound(
                f"There is no notice {number} that nobody has seen.",
                remedy="List them: outreach delivery notices",
            )
