"""Decides what service may be offered to a person, and how a referral moves: by their choice alone
(S29). Officials may be complicit, so they are never offered first and never alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from outreach.content.rules.hours import open_at
from outreach.content.rules.services import ONLY_IF_CHOSEN, Service, withheld_because


class Stage(StrEnum):
    """One service offered to one person."""

    OFFERED = "offered"  # the person was told of it
    ACCEPTED = "accepted"  # the person wants it
    HANDED = "handed"  # a worker told the service
    ACKNOWLEDGED = "acknowledged"  # the service said that it takes over
    CLOSED = "closed"  # with an outcome
    DECLINED = "declined"  # the person does not want it (any more)


class Outcome(StrEnum):
    """What is known at the end; never what became of the person (S28)."""

    IN_TOUCH = "in_touch"  # the service and the person are in touch
    NO_TOUCH = "no_touch"  # they did not find each other
    NOT_KNOWN = "not_known"


MOVES: dict[Stage, tuple[Stage, ...]] = {
    Stage.OFFERED: (Stage.ACCEPTED, Stage.DECLINED),
    Stage.ACCEPTED: (Stage.HANDED, Stage.DECLINED),
    Stage.HANDED: (Stage.ACKNOWLEDGED, Stage.DECLINED, Stage.CLOSED),
    Stage.ACKNOWLEDGED: (Stage.CLOSED,),
    Stage.DECLINED: (),
    Stage.CLOSED: (),
}


def may_move(before: str, after: str) -> bool:
    """Whether a referral may go from one stage to another."""
    return after in MOVES[Stage(before)]


def refused_because(
    service: Service,
    *,
    country: str,
    now: datetime,
    chosen: bool,
    others: Iterable[Service],
    offered: Collection[str],
) -> str | None:
    """Why a service may not be offered to a person in `country`, or None.

    `chosen` says that the person asked for police, immigration or their embassy themselves. Even
    then it is not the only one: where one of `others` could be offered too, one must have been
    (`offered` are the ids).
    """
    if _closed_to(service, country, now):
        return "It is not verified, not open now, or not reached from there."
    if service.authority not in ONLY_IF_CHOSEN:
        return None
    if not chosen:
        return "Police, immigration and embassies are offered only if the person asks for them."
    free = {
        other.id
        for other in others
        if other.authority not in ONLY_IF_CHOSEN and not _closed_to(other, country, now)
    }
    if free and free.isdisjoint(offered):
        return "Offer another service too: it must not be the only one."
    return None


def _closed_to(service: Service, country: str, now: datetime) -> bool:
    today = now.astimezone(ZoneInfo(service.zone)).date()
    return (
        withheld_because(service, today) is not None
        or country not in service.reachable_from
        or not open_at(service.hours, service.zone, now)
    )


def on_offer(
    services: Iterable[Service], *, country: str, now: datetime, child: bool = False
) -> tuple[tuple[Service, ...], tuple[Service, ...]]:
    """What can be offered there now: first what anybody may be offered, then what only the person
    may ask for; to a `child` what is there for children comes first (S15)."""
    there = [service for service in services if not _closed_to(service, country, now)]
    there.sort(key=lambda service: child and service.category != "child")
    official = tuple(service for service in there if service.authority in ONLY_IF_CHOSEN)
    return tuple(service for service in there if service not in official), official
