"""Decides who is alerted next where something waits and nobody has looked, and how soon after.

First workers on duty who fit, then the supervisors; with nobody on duty the supervisors at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

# A call-back is worth three minutes (S5): whoever is alerted needs some of them.
CALL_BACK_AFTER = timedelta(minutes=1)
# What failed or came late is no person waiting on the line.
ALERT_AFTER = timedelta(minutes=10)
# An alert that nobody looked at for so long is a matter for the page, not for a phone at night.
ALERT_UNTIL = timedelta(hours=24)
# These are alerts beside a conversation or call-back, which has a clock of its own.
COVERED = frozenset({"help", "call_back"})
# So long each of them has before the next one is alerted.
STEP = timedelta(minutes=3)
WORKERS = 2
# One message in so many minutes to one phone: it says "look at the list", and that has all.
GATHER = timedelta(minutes=3)
# When all were alerted in vain it begins anew after PAUSE, ROUNDS times in all.
PAUSE, ROUNDS = timedelta(minutes=30), 3


@dataclass(frozen=True)
class Need:
    """What whoever looks should be: speak `language` ("" is not known), be child-trained for a
    `child`; `assigned_to` is who has it already."""

    language: str = ""
    child: bool = False
    assigned_to: str = ""


@dataclass(frozen=True)
class Phone:
    """Somebody who can be alerted, on duty or not."""

    id: int
    name: str
    languages: tuple[str, ...] = ()
    child_trained: bool = False
    leads: bool = False
    on_duty: bool = True


def following(need: Need, phones: Sequence[Phone], told: Collection[int]) -> int | None:
    """Whom to alert after `told`; None where there is nobody left."""
    return next((phone for phone in _ladder(need, phones, told) if phone not in told), None)


def _ladder(need: Need, phones: Sequence[Phone], told: Collection[int]) -> Iterator[int]:
    fit = [phone for phone in phones if phone.on_duty and fits(need, phone)]
    workers = [phone.id for phone in sorted(fit, key=lambda phone: _rank(need, phone))]
    already = [number for number in workers if number in told]
    yield from (already + [number for number in workers if number not in told])[:WORKERS]
    leading = [phone for phone in phones if phone.leads]
    # A supervisor passes on what they can't do themselves, so that fitting comes second.
    yield from (
        phone.id
        for phone in sorted(
            leading, key=lambda phone: (not phone.on_duty, not fits(need, phone), phone.name)
        )
    )


def fits(need: Need, phone: Phone) -> bool:
    """Whether somebody may take it: a child's only who is trained for that (S15)."""
    return phone.child_trained or not need.child


def _rank(need: Need, phone: Phone) -> tuple[bool, int, bool, str]:
    """Who has it comes first, then who speaks the language, then who did not say what they speak;
    a supervisor after the workers."""
    speaks = 0 if need.language in ("", *phone.languages) else 2 if phone.languages else 1
    return (phone.name != need.assigned_to, speaks, phone.leads, phone.name)
