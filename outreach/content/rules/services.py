"""Decides which services may be given to a person (S29, S33): verified, not expired, open now,
reachable from where they are; police, immigration and embassies only where the person chose so."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from outreach.content.rules.hours import Span, open_at

CATEGORIES = (
    "shelter", "medical", "psychosocial", "legal", "wages", "documents", "return",
    "reintegration", "child", "emergency", "none",
)  # fmt: skip
AUTHORITIES = ("police", "immigration", "embassy", "labour", "child_protection", "none")
# Officials may be complicit: the person chooses them, never we.
ONLY_IF_CHOSEN = frozenset({"police", "immigration", "embassy"})
SOON = timedelta(days=30)
# Malaysia's operators block a text with a number in it, unless it was registered.
_NO_NUMBERS_IN_TEXTS = frozenset({"MY"})


@dataclass(frozen=True)
class Service:
    """One line of the directory; `verified_on` by its owner, None where nobody asked them."""

    id: str
    country: str
    number: str
    name: str
    category: str
    languages: tuple[str, ...]
    hours: tuple[Span, ...]
    zone: str
    cost: str
    records_calls: str
    authority: str
    reachable_from: tuple[str, ...]
    verified_on: date | None
    expires_on: date | None
    enabled: bool


def withheld_because(service: Service, today: date) -> str | None:
    """Why a service is given to nobody today, or None."""
    if not service.enabled:
        return "disabled"
    if service.verified_on is None or service.expires_on is None:
        return "unverified"
    if service.verified_on > today:
        return "verified in the future"
    return "expired" if service.expires_on <= today else None


def expires_soon(service: Service, today: date) -> bool:
    """Whether a service that may be given must be verified again within thirty days."""
    last = service.expires_on
    return withheld_because(service, today) is None and last is not None and last - today <= SOON


def given(
    services: Iterable[Service],
    *,
    country: str | None,
    category: str,
    now: datetime,
    chosen: Collection[str] = (),
) -> tuple[Service, ...]:
    """What may be given to somebody in `country` who asks for `category`, no authority first.

    Nothing where the country is unknown: then our own call-back is the door. `chosen` are the
    authorities that the person asked for themselves.
    """
    if country is None:
        return ()
    found = [
        service
        for service in services
        if service.category == category
        and country in service.reachable_from
        and withheld_because(service, _today(service, now)) is None
        and open_at(service.hours, service.zone, now)
        and (service.authority not in ONLY_IF_CHOSEN or service.authority in chosen)
    ]
    return tuple(sorted(found, key=lambda service: (service.authority != "none", service.id)))


def for_a_text(
    services: Iterable[Service], *, country: str | None, now: datetime
) -> Service | None:
    """The one line that an answer about work may name to somebody in `country`, or None."""
    if country in _NO_NUMBERS_IN_TEXTS:
        return None
    return next(iter(given(services, country=country, category="wages", now=now)), None)


def _today(service: Service, now: datetime) -> date:
    return now.astimezone(ZoneInfo(service.zone)).date()
