"""Decides again at the moment of sending, for a chunk of deliveries at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row

from outreach.content.prices import Prices
from outreach.delivery.lane import Held, Later, Ready, Verdict, unopened
from outreach.delivery.rules.states import DeliveryState
from outreach.kernel.errors import Unavailable
from outreach.kernel.sealing import Vault
from outreach.language.denylist import find
from outreach.people import queries as people
from outreach.people.inviting import invite
from outreach.planning.audience.queries import FALLBACK
from outreach.planning.rules import cap, window
from outreach.planning.rules.admission import RULES, Facts, forbidden
from outreach.planning.rules.purpose import INVITATION
from outreach.planning.sending import queries, spending

# Where everybody in the register comes from.
HOME = "KH"
_forbidden = lru_cache(maxsize=2_000)(find)

Check = Callable[[Connection, Sequence[Row[Any]], datetime], Sequence[Verdict]]
Obstacle = Callable[[int], Held | Later]


@dataclass(frozen=True)
class Road:
    """By what messages leave. `loopback` is a rehearsal's gateway: to any other only approved
    content and real recordings go (S31). `one_way`: they come from a name, which nobody can
    answer."""

    loopback: bool
    one_way: bool = False


class _Case(NamedTuple):
    """All that decides about a delivery, but for who it is: most of a chunk are one case. `heard`
    is how often this chunk reaches for the person already; what comes after it is what a person's
    facts say after who it is."""

    campaign_id: int
    channel: str
    zone: str
    expires_at: datetime
    first_try: bool
    begun: bool
    heard: int
    consent: str
    destination: str
    present: str
    safe_channel: str
    safe_hours: str
    safe_days: str
    language: str
    broadcast_state: str
    tried_before: int


class _Said(NamedTuple):
    """What goes out in a case: the text (None for a call), its parts, its validity in seconds."""

    body: str | None
    parts: int
    validity: int


def checker(vault: Vault, prices: Prices, road: Road) -> Check:
    """The check of broadcasts that leave by `road`."""

    def check(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> Sequence[Verdict]:
        if not rows:
            return ()
        campaigns = {row.campaign_id for row in rows}
        words = queries.words(connection, campaigns)
        inviting = {word.id for word in words if word.purpose == INVITATION}
        if inviting:
            people.hold(connection, alone=False)
        ids, since = [row.id for row in rows], now - cap.WINDOW
        known = queries.facts_for_check(connection, ids, campaigns, HOME, since)
        decide = cache(partial(_decide, _Words(words), road, known.closed, now))
        # Two deliveries of one chunk may be to one person: the second sees the first.
        heard: dict[int, int] = {}
        asked: set[int] = set()
        verdicts = []
        for row in rows:
            mine = known.people[row.id]
            person = -mine.person_id if mine.person_id is not None else row.contact_id
            times = heard.get(person, 0)
            verdict = _verdict(vault, mine, row, decide(_case(mine, row, times)), now)
            if inviting and isinstance(verdict, Ready) and row.campaign_id in inviting:
                if row.contact_id in asked:  # one ever (S13)
                    verdict = Held(row.id, DeliveryState.SUPPRESSED, "no_consent")
                asked.add(row.contact_id)
            if isinstance(verdict, Ready) and row.attempts == 0:
                heard[person] = times + 1
            verdicts.append(verdict)
        fitting = spending.fit(connection, prices, known.budgets, rows, verdicts, now)
        if inviting:
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


class _Words:
    """What campaigns say, in each language, and on which terms."""

    def __init__(self, words: Sequence[Row[Any]]) -> None:
        self._campaigns = {word.id: word for word in words}
        self._said = {(word.id, word.channel, word.language): word for word in words}

    def of(self, case: _Case) -> tuple[Row[Any], Row[Any] | None]:
        """The campaign, and what it says to them: in their language, else in Khmer, else None."""
        asked = (case.campaign_id, case.channel)
        said = self._said.get((*asked, case.language)) or self._said.get((*asked, FALLBACK))
        return self._campaigns[case.campaign_id], said


def _case(known: Any, row: Row[Any], heard: int) -> _Case:
    begun = row.first_tried_at is not None
    mine = (row.campaign_id, row.channel, row.zone, row.expires_at, row.attempts == 0, begun)
    return _Case._make((*mine, heard, *known[queries.WHO :]))


def _verdict(
    vault: Vault, known: Any, row: Row[Any], decided: _Said | Obstacle, now: datetime
) -> Verdict:
    if not isinstance(decided, _Said):
        return decided(row.id)
    try:
        number = vault.unseal(known.number_sealed)
    except Unavailable as error:
        return unopened(row.id, error, now)
    return Ready(row.id, number, *decided)


def _decide(
    words: _Words, road: Road, closed: frozenset[str], now: datetime, case: _Case
) -> _Said | Obstacle:
    """What is said in this case, or what stands against it."""
    campaign, said = words.of(case)
    reason = forbidden(_facts(campaign, said, road, closed, case))
    if reason or said is None:
        reason = reason or "no_wording"
        return partial(Held, state=DeliveryState(RULES[reason].state), reason=reason)
    opening = window.next_open(case.channel, case.zone, now, _limits(campaign, case))
    if opening is None:
        return partial(Held, state=DeliveryState.SUPPRESSED, reason="safe_contact")
    if opening.at <= now:
        body = said.body if case.channel == "sms" else None
        return _Said(body, said.parts or 1, said.validity_seconds)
    if opening.at >= case.expires_at:
        return partial(Held, state=DeliveryState.EXPIRED, reason=opening.reason)
    return partial(Later, at=opening.at, reason=opening.reason)


def _facts(
    campaign: Row[Any],
    said: Row[Any] | None,
    road: Road,
    closed: frozenset[str],
    case: _Case,
) -> Facts:
    sms = case.channel == "sms"
    return Facts(
        canceled=case.broadcast_state == "canceled",
        consent=case.consent,
        has_words=said is not None,
        may_leave=road.loopback
        or bool(campaign.approved and said is not None and not said.placeholder),
        corridor_closed=case.destination in closed,
        channel=case.channel,
        safe_channel=case.safe_channel,
        first_try=case.first_try,
        tried_before=case.tried_before + case.heard,
        forbidden_word=sms and said is not None and bool(_forbidden(said.body)),
        purpose=campaign.purpose,
        begun=case.begun,
        no_way_back=road.one_way and sms and not (said is not None and said.way_back),
    )


def _limits(campaign: Row[Any], case: _Case) -> window.Limits:
    hours = campaign.sending.get("hours", {}).get(case.channel)
    return window.Limits(
        hours=(hours[0], hours[1]) if hours else None,
        on_holidays=campaign.sending.get("on_holidays", False),
        present=case.present,
        safe_hours=case.safe_hours,
        safe_days=case.safe_days,
    )
