"""Decides how long a session lives and when trying again must wait."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from outreach.staff.rules.roles import HELP, May

ENROLMENT = timedelta(hours=48)
_IDLE, _IDLE_HELP = timedelta(minutes=30), timedelta(minutes=10)  # S23: short where help is read
_LONGEST = timedelta(hours=12)
_FREE_TRIES, _FREE_AT_ADDRESS = 5, 20
# Wrong tries are forgotten when there was none for so long.
FORGOTTEN = timedelta(hours=24)
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=15)
PASSWORD_LEAST, PASSWORD_MOST = 12, 200


def session_end(may: Collection[May], begun_at: datetime, seen_at: datetime) -> datetime:
    """When a session ends that began at `begun_at` and was used last at `seen_at`."""
    idle = _IDLE if HELP.isdisjoint(may) else _IDLE_HELP
    return min(seen_at + idle, begun_at + _LONGEST)


def wait_after(failures: int) -> timedelta:
    """How long the next try must wait after so many wrong ones in a row: nothing for the first
    five, then doubling from half a minute. It always ends: nobody can lock another one out."""
    over = failures - _FREE_TRIES
    if over < 0:
        return timedelta(0)
    return min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(over, 10)))


def wait_at(failures: int) -> timedelta:
    """The same for an address, from which many may sign in: their slips are theirs together."""
    return wait_after(failures - _FREE_AT_ADDRESS + _FREE_TRIES)


def weak(password: str, name: str) -> bool:
    """Whether a password is too short, too long, one sign repeated, or holds the name."""
    simple = len(set(password)) < 5 or name.casefold() in password.casefold()
    return simple or not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST
