"""Decides again at the moment of sending, for a chunk of deliveries at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row

from outreach.content.prices import Prices
from outreach.delivery.lane import Held, Later, Ready, Verdict, unopened
from outreach.delivery.rules.states import DeliveryState
from outreach.kernel.errors import Unavailable
from outreach.kernel.sealing import Vault
from outreach.language.denylist import find
from outreach.people import queries as people
from outreach.people.inviting import invite
from outreach.planning.rules import cap, window
from outreach.planning.rules.admission import RULES, Facts, forbidden
from outreach.planning.sending import queries, spending

# Where everybody in the register comes from.
HOME = "KH"
_forbidden = lru_cache(maxsize=2_000)(find)

Check = Callable[[Connection, Sequence[Row[Any]], datetime], Sequence[Verdict]]


@dataclass(frozen=True)
class Road:
    """By what messages leave. `loopback` is a rehearsal's gateway: to any other only approved
    content and real recordings go (S31). `one_way`: they come from a name, which nobody can
    answer."""

    loopback: bool
    one_way: bool = False


def checker(vault: Vault, prices: Prices, road: Road) -> Check:
    """The check of broadcasts that leave by `road`."""

    def check(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> Sequence[Verdict]:
        if not rows:
            return ()
        inviting = queries.invitations(connection, {row.campaign_id for row in rows})
        if inviting:
            people.hold(connection, alone=False)
        known = queries.facts_for_check(connection, [row.id for row in rows], now - cap.WINDOW)
        closed = queries.closed_from(connection, HOME)
        # Two deliveries of one chunk may be to one person: the second sees the first.
        heard: Counter[int] = Counter()
        asked: set[int] = set()
        verdicts = []
        for row in rows:
            mine = known[row.id]
            verdict = _verdict(vault, mine, row, now, road, closed, heard)
            if isinstance(verdict, Ready) and row.campaign_id in inviting:
                if row.contact_id in asked:  # one ever (S13)
                    verdict = Held(row.id, DeliveryState.SUPPRESSED, "no_consent")
                asked.add(row.contact_id)
            if isinstance(verdict, Ready) and row.attempts == 0:
                heard[_person(mine, row)] += 1
            verdicts.append(verdict)
        fitting = spending.fit(connection, prices, rows, verdicts, now)
        _invite(connection, rows, fitting, inviting, now)
        return fitting

    return check


def _invite(
    connection: Connection,
    rows: Sequence[Row[Any]],
    verdicts: Sequence[Verdict],
    inviting: Collection[int],
    now: datetime,
) -> None:
    leaving = {verdict.delivery_id for verdict in verdicts if isinstance(verdict, Ready)}
    asked = [r.contact_id for r in rows if r.id in leaving and r.campaign_id in inviting]
    if asked:
        invite(connection, asked, now)


def _verdict(
    vault: Vault,
    known: Row[Any],
    row: Row[Any],
    now: datetime,
    road: Road,
    closed: frozenset[str],
    heard: Counter[int],
) -> Verdict:
    facts = Facts(
        canceled=known.broadcast_state == "canceled",
        consent=known.consent,
        has_words=known.wording_id is not None,
        may_leave=road.loopback or (known.approved and not known.placeholder),
        corridor_closed=known.destination in closed,
        channel=row.channel,
        safe_channel=known.safe_channel or "",
        first_try=row.attempts == 0,
        tried_before=known.tried_before + heard[_person(known, row)],
        forbidden_word=row.channel == "sms" and bool(known.body) and bool(_forbidden(known.body)),
        purpose=known.purpose,
        begun=row.first_tried_at is not None,
        no_way_back=road.one_way and row.channel == "sms" and not known.way_back,
    )
    reason = forbidden(facts)
    if reason:
        return Held(row.id, DeliveryState(RULES[reason].state), reason)
    opening = window.next_open(row.channel, row.zone, now, _limits(known, row))
    if opening is None:
        return Held(row.id, DeliveryState.SUPPRESSED, "safe_contact")
    if opening.at > now:
        if opening.at >= row.expires_at:
            return Held(row.id, DeliveryState.EXPIRED, opening.reason)
        return Later(row.id, opening.at, opening.reason)
    body = known.body if row.channel == "sms" else None
    try:
        number = vault.unseal(known.number_sealed)
    except Unavailable as error:
        return unopened(row.id, error, now)
    return Ready(row.id, number, body, known.parts or 1, known.validity_seconds)


def _person(known: Row[Any], row: Row[Any]) -> int:
    """Numbers of one person count together; others each for themselves."""
    person: int = -known.person_id if known.person_id is not None else row.contact_id
    return person


def _limits(known: Row[Any], row: Row[Any]) -> window.Limits:
    hours = known.sending.get("hours", {}).get(row.channel)
    return window.Limits(
        hours=(hours[0], hours[1]) if hours else None,
        on_holidays=known.sending.get("on_holidays", False),
        present=known.present,
        safe_hours=known.safe_hours or "",
        safe_days=known.safe_days or "",
    )
