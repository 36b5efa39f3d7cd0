"""What is shown of campaigns: their schedule, how their broadcasts stand, what one person got."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from outreach.content import queries as content_queries
from outreach.delivery.stops.queries import scopes
from outreach.planning import queries
from outreach.planning.steering import scope_of
from outreach.store.engine import reading


def messages_to(engine: Engine, contact_id: int) -> tuple[tuple[str, str, str, int], ...]:
    """(campaign, channel, state, number) of a contact's deliveries."""
    with reading(engine) as connection:
        rows = queries.messages_to(connection, contact_id)
        return tuple((row.slug, row.channel, row.state, row.number) for row in rows)


@dataclass(frozen=True)
class WordingCard:
    """One text or recording as it will go out."""

    language: str
    channel: str
    body: str
    parts: int
    seconds: int
    placeholder: bool


@dataclass(frozen=True)
class BroadcastCard:
    """One firing: deliveries by state, by reason where suppressed, and by channel. It is paused
    while its campaign is stopped (see steering)."""

    campaign_id: int
    public_id: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    total: int
    by_state: dict[str, int]
    by_reason: dict[str, int]
    by_channel: dict[str, int]

    @property
    def settled(self) -> int:
        """Deliveries about which nothing more is expected."""
        still_open = ("pending", "leased", "trying")
        return self.total - sum(self.by_state.get(state, 0) for state in still_open)


@dataclass(frozen=True)
class CampaignCard:
    """A campaign on the console."""

    public_id: str
    slug: str
    name_km: str
    name_en: str
    approved: bool
    next_at: datetime | None
    zone: str | None
    wordings: tuple[WordingCard, ...]
    broadcasts: tuple[BroadcastCard, ...]


def overview(engine: Engine) -> tuple[CampaignCard, ...]:
    """All campaigns, as they stand in one snapshot."""
    with reading(engine) as connection:
        counts = queries.delivery_counts(connection)
        on = scopes(connection)
        cards = [_broadcast(row, counts, on) for row in queries.broadcasts(connection)]
        return tuple(_campaign(connection, row, cards) for row in queries.campaigns(connection))


def _campaign(
    connection: Connection, row: Row[Any], broadcasts: Sequence[BroadcastCard]
) -> CampaignCard:
    wordings = content_queries.wordings_of(connection, row.id)
    return CampaignCard(
        public_id=row.public_id,
        slug=row.slug,
        name_km=row.name_km,
        name_en=row.name_en,
        approved=row.approved,
        next_at=row.next_at,
        zone=row.zone,
        wordings=tuple(
            WordingCard(w.language, w.channel, w.body, w.parts, w.seconds, w.placeholder)
            for w in wordings
        ),
        broadcasts=tuple(card for card in broadcasts if card.campaign_id == row.id),
    )


def _broadcast(
    row: Row[Any], counts: Sequence[Row[Any]], stopped: Collection[str]
) -> BroadcastCard:
    paused = row.state == "running" and scope_of(row.campaign_id) in stopped
    mine = [count for count in counts if count.broadcast_id == row.id]
    return BroadcastCard(
        campaign_id=row.campaign_id,
        public_id=row.public_id,
        state="paused" if paused else row.state,
        started_at=row.started_at,
        finished_at=row.finished_at,
        total=sum(count.number for count in mine),
        by_state=_sums((c.state, c.number) for c in mine),
        by_reason=_sums((c.reason, c.number) for c in mine if c.state == "suppressed"),
        by_channel=_sums((c.channel, c.number) for c in mine),
    )


def _sums(pairs: Any) -> dict[str, int]:
    sums: dict[str, int] = {}
    for name, number in pairs:
        sums[name] = sums.get(name, 0) + number
    return sums
