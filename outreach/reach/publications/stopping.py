"""Stops everything at once, for the day on which somebody comes for the data (S23)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from outreach.delivery import switches
from outreach.kernel.clock import Clock
from outreach.people.audit import Asking
from outreach.reach.publications import queries
from outreach.reach.publications.noting import note
from outreach.staff import queries as staff
from outreach.store.engine import transaction


@dataclass(frozen=True)
class Stopped:
    """How many sessions, links and keys to the API ended."""

    sessions: int
    links: int
    keys: int


def stop_everything(engine: Engine, clock: Clock, doors: Clock, asking: Asking) -> Stopped:
    """Stops all sending, signs everybody out, ends every link to a report and every key.

    `doors` is the real time, by which sessions and links live. Sending stops first and by itself:
    whatever fails afterwards, that stands. Repeating it is calm. Only sending can go on again
    (`outreach delivery continue everything`); people sign in anew, links and keys are made anew.
    """
    reason = asking.words
    switches.stop(engine, clock, switches.EVERYTHING, reason=reason, by=asking.by[:60])
    now = doors.now()
    with transaction(engine) as connection:
        sessions = staff.end_sessions(connection)
        staff.audit(connection, asking.by[:60], "signed all out", "", now)
        links = queries.revoke_links(connection, now)
        keys = queries.revoke_keys(connection, now)
        note(connection, asking, "stopped everything", "", now)
    return Stopped(sessions, links, keys)
