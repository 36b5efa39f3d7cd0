"""Forgets the gateway's ids of what ended long ago (S20): they lead to number and words there.

What stays is pseudonymous: that something was tried, and how it ended. A report that comes even
later finds its attempt by the id of ours in its address.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from outreach.delivery import queries
from outreach.delivery.lane import Lane
from outreach.kernel.clock import Clock
from outreach.store.engine import transaction

_AT_ONCE = 2_000


def forget_sids(
    engine: Engine, clock: Clock, lane: Lane, keep: timedelta, after: str = ""
) -> str | None:
    """Looks at the next ids after `after`, and forgets those of attempts that ended more than
    `keep` ago; returns after which to go on, None at the end. May stop anywhere, be done twice."""
    with transaction(engine) as connection:
        last = queries.sids_upto(connection, lane, after, _AT_ONCE)
        if last is not None:
            queries.forget_sids(connection, lane, (after, last), clock.now() - keep)
    return last
