"""How a broadcast's delivery is tried again: as its campaign says, where the person can take it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from outreach.content import queries as content
from outreach.delivery.rules.retry import RetryPolicy
from outreach.planning.audience.queries import FALLBACK
from outreach.planning.rules.channels import accepted
from outreach.planning.sending import queries as sending


def policies(connection: Connection, rows: Sequence[Row[Any]]) -> Mapping[int, RetryPolicy]:
    """The retry policy of each delivery."""
    words = content.languages_of(connection, {row.campaign_id for row in rows})
    facts = sending.facts_for_retry(connection, [row.id for row in rows])
    return {row.id: _policy(row, facts[row.id], words.get(row.campaign_id, ())) for row in rows}


def _policy(row: Row[Any], known: Row[Any], words: Collection[tuple[str, str]]) -> RetryPolicy:
    stored: dict[str, Any] = known.retry
    usual = RetryPolicy()
    channels = accepted(
        choice=known.channel,
        safe=known.safe,
        reads=known.reads,
        shows_khmer=known.shows_khmer,
        language=row.language if (row.language, "sms") in words else FALLBACK,
        words={channel for language, channel in words if language in (row.language, FALLBACK)},
    )
    return RetryPolicy(
        limit=stored.get("limit", usual.limit),
        hours=tuple(stored.get("hours", usual.hours)),
        days_between=stored.get("days_between", usual.days_between),
        other_channel=stored.get("other_channel", usual.other_channel),
        channels=channels,
    )
