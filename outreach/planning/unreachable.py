"""Ends consent where nothing reached a number for 90 days (S16): it may be somebody else's by now.

That the person texted or rang meanwhile is help data and is not asked (S19); their START is consent
and counts. Messages that never left, or failed for a fault of ours, say nothing of the number.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from outreach.kernel.clock import Clock
from outreach.people.persons import lapsing
from outreach.planning import queries
from outreach.planning.audience.queries import chunk_end
from outreach.store.engine import reading, transaction

SILENCE = timedelta(days=90)
# One message may fail by chance, however long ago.
LEAST_MESSAGES = 3
_SPAN = 5_000
# People ended in one transaction: a STOP waits for no more than that.
_AT_ONCE = 100


def lapse(engine: Engine, clock: Clock, after: int = 0) -> int | None:
    """Looks at the next contacts after the id `after`; returns after whom to go on, None at the
    end. It may be done again, or twice at once."""
    now = clock.now()
    with reading(engine) as connection:
        upto = chunk_end(connection, after, _SPAN)
        if upto is None:
            return None
        asked = ((after, upto), now - SILENCE, LEAST_MESSAGES, _AT_ONCE)
        found = queries.unreached(connection, *asked)
    if not found:
        return upto
    with transaction(engine) as connection:
        # Asked again: a receipt that came meanwhile saves the person.
        lapsing.unreachable(connection, queries.unreached(connection, *asked), now)
    return upto if len(found) < _AT_ONCE else found[-1]
