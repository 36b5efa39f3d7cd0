"""An audience's rule as one condition over contacts, for any statement's WHERE.

No part of it is ever NULL, so that `not` turns exactly the others in: columns of people hold
"not_asked" where nobody asked, and what lies in other tables is asked with EXISTS. Of those it
reads the register, campaigns, deliveries and attempts, and nothing of the help store (S19).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, not_, or_, select, true

from outreach.content.audience.rule import AllOf, AnyOf, Condition, Not, Rule, Saved
from outreach.content.audience.terms import ATTRIBUTES, COUNTRIES
from outreach.delivery.rules.listening import LISTENED_SHARE, REACHED_SECONDS
from outreach.delivery.rules.states import AttemptState
from outreach.delivery.tables import Attempt, Delivery
from outreach.kernel.dimensions import NOT_ASKED
from outreach.people.tables import Community, Contact, Membership
from outreach.planning.tables import Campaign
from outreach.store.types import table_of

_C = table_of(Contact)
_OTHER = _C.alias("other")
_M = table_of(Membership)
_G = table_of(Community)
_D = table_of(Delivery)
_A = table_of(Attempt)
_CAMPAIGN = table_of(Campaign)
# Days of the calendar begin where the register is kept.
_HOME = ZoneInfo("Asia/Phnom_Penh")
_PROVINCE, _DISTRICT, _COMMUNE = 2, 4, 6

Matched = ColumnElement[bool]


def matches(rule: Rule, now: datetime) -> Matched:
    """Whether a contact is meant by `rule` at `now`; `true()` (which leaves no trace in a
    statement) where everybody is. Names must have been looked up."""
    match rule:
        case Condition(kind, values):
            return _CONDITIONS[kind](values, now)
        case Not(part):
            return not_(matches(part, now))
        case AllOf(parts):
            return and_(*(matches(part, now) for part in parts)) if parts else true()
        case AnyOf(parts):
            return or_(*(matches(part, now) for part in parts)) if parts else false()
        case Saved(name):
            raise ValueError(f"the saved audience {name!r} was not looked up")


def _attribute(kind: str) -> Callable[[Sequence[str], datetime], Matched]:
    column = _C.c[kind]

    def condition(values: Sequence[str], _now: datetime) -> Matched:
        # Of the channel alone nobody's wish is kept as "".
        blank = [""] if kind == "channel" and NOT_ASKED in values else []
        return column.in_([*values, *blank])

    return condition


def _place(codes: Sequence[str], _now: datetime) -> Matched:
    def of(length: int) -> list[str]:
        return [code for code in codes if len(code) == length]

    within = [_C.c.commune.between(f"{code}00", f"{code}99") for code in of(_DISTRICT)]
    if of(_PROVINCE):
        within.append(_C.c.province.in_(of(_PROVINCE)))
    if of(_COMMUNE):
        within.append(_C.c.commune.in_(of(_COMMUNE)))
    return or_(false(), *within)


def _community(public_ids: Sequence[str], _now: datetime) -> Matched:
    return _member(_G.c.public_id.in_(public_ids))


def _community_kind(kinds: Sequence[str], _now: datetime) -> Matched:
    return _member(_G.c.kind.in_(kinds))


def _member(which: Matched) -> Matched:
    communities = select(_G.c.id).where(which)
    return (
        select(_M.c.id)
        .where(_M.c.contact_id == _C.c.id, _M.c.left_at.is_(None))
        # A person has few communities, a kind has many: the sum keeps SQLite from trying each.
        .where((_M.c.community_id + 0).in_(communities))
        .exists()
    )


def _reached_within(days: Sequence[str], now: datetime) -> Matched:
    since = now - timedelta(days=int(days[0]))
    return _tried(_reached(), _D.c.first_tried_at >= since)


def _not_reached_for(days: Sequence[str], now: datetime) -> Matched:
    return not_(_reached_within(days, now))


def _received(slugs: Sequence[str], _now: datetime) -> Matched:
    return _of(slugs, _reached())


def _listened_to(slugs: Sequence[str], _now: datetime) -> Matched:
    whole = and_(_A.c.play_seconds > 0, _A.c.heard_seconds >= LISTENED_SHARE * _A.c.play_seconds)
    return _of(slugs, and_(_A.c.state == AttemptState.COMPLETED, whole))


def _of(slugs: Sequence[str], which: Matched) -> Matched:
    campaigns = select(_CAMPAIGN.c.id).where(_CAMPAIGN.c.slug.in_(slugs))
    return _tried(which, _D.c.campaign_id.in_(campaigns))


def _tried(*which: Matched) -> Matched:
    """Whether there was such an attempt at the person: at this number, or at another of theirs."""
    tries = select(_A.c.id).join(_D, _D.c.id == _A.c.delivery_id).where(*which)
    here = tries.where(_D.c.contact_id == _C.c.id).correlate(_C)
    theirs = tries.join(_OTHER, _OTHER.c.id == _D.c.contact_id)
    there = theirs.where(_OTHER.c.person_id == _C.c.person_id).correlate(_C)
    return or_(here.exists(), and_(_C.c.person_id.is_not(None), there.exists()))


def _reached() -> Matched:
    """What counts as reached (REACH.md): an SMS on the handset, or a call heard long enough."""
    heard = and_(_A.c.state == AttemptState.COMPLETED, _A.c.heard_seconds >= REACHED_SECONDS)
    return or_(_A.c.state == AttemptState.DELIVERED, heard)


def _joined_within(days: Sequence[str], now: datetime) -> Matched:
    return _C.c.created_at >= now - timedelta(days=int(days[0]))


def _joined_since(days: Sequence[str], _now: datetime) -> Matched:
    return _C.c.created_at >= datetime.combine(date.fromisoformat(days[0]), time(), _HOME)


_CONDITIONS: dict[str, Callable[[Sequence[str], datetime], Matched]] = {
    **{kind: _attribute(kind) for kind in (*ATTRIBUTES, *COUNTRIES)},
    "place": _place,
    "community": _community,
    "community_kind": _community_kind,
    "reached_within": _reached_within,
    "not_reached_for": _not_reached_for,
    "received": _received,
    "listened_to": _listened_to,
    "joined_within": _joined_within,
    "joined_since": _joined_since,
}
