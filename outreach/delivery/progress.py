"""Moves attempts and their deliveries on, whatever the news came from.

One road for answers, receipts, polls and silence, so that order and repetition can't matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row

from outreach.delivery.lane import Lane, Move
from outreach.delivery.moves import queries as batch
from outreach.delivery.rules.listening import heard
from outreach.delivery.rules.retry import RetryPolicy, TryAgain, decide
from outreach.delivery.rules.states import (
    RETRYABLE,
    AttemptState,
    DeliveryState,
    delivery_after,
    moved,
)
from outreach.delivery.switches import halt_for

NEVER_ACCEPTED = "never_accepted"


class News(NamedTuple):
    """What is now known of an attempt. `again_after` is set where the gateway never took it: it
    does not count as a try, and may go again after that time."""

    attempt_id: int
    state: AttemptState
    sid: str | None = None
    error_code: str | None = None
    error_class: str = ""
    again_after: timedelta | None = None


def apply(connection: Connection, lane: Lane, news: Sequence[News], now: datetime) -> list[Move]:
    """Applies `news` in order; returns the moves that it made. Never raises on late or odd news."""
    pairs = batch.with_deliveries(connection, lane, {item.attempt_id for item in news})
    known = {attempt.id: (attempt, delivery) for attempt, delivery in pairs}
    fresh = _merge(news, known)
    failing = [known[item.attempt_id][1] for item in fresh if item.state in RETRYABLE]
    policies = lane.policies(connection, failing) if failing else {}
    attempts: list[dict[str, Any]] = []
    # Two attempts of one delivery may have news at once: the second sees what the first made of it.
    deliveries = {delivery.id: _as_it_is(delivery) for _, delivery in pairs}
    as_they_were, moves = deliveries.copy(), []
    for item in fresh:
        attempt, delivery = known[item.attempt_id]
        before = AttemptState(attempt.state)
        after = _after(before, item)
        if after is before and (attempt.sid or not item.sid):
            continue
        attempts.append(_attempt_row(attempt, item, after, now))
        if after is not before:
            row = _delivery_row(
                attempt, delivery, deliveries[delivery.id], item, after, policies, now
            )
            deliveries[delivery.id] = row
            moves.append(_move(attempt, delivery, row, item, after, attempts[-1]["heard_seconds"]))
    changed = [row for key, row in deliveries.items() if row != as_they_were[key]]
    batch.set_attempts(connection, lane, attempts)
    batch.set_deliveries(connection, lane, [row | {"updated_at": now} for row in changed])
    if moves:
        halt_for(connection, moves, now)
        lane.moved(connection, moves, now)
    return moves


def take_answers(
    connection: Connection, lane: Lane, answers: Sequence[News], now: datetime
) -> None:
    """Applies the news in a gateway's answers. The usual one, that it took the attempt before
    anything else was heard of it, moves nothing but the attempt: no delivery is looked at."""
    sids = {n.attempt_id: n.sid for n in answers if n.sid and n.state is AttemptState.SUBMITTED}
    taken = batch.accept(connection, lane, sids, now) if sids else ()
    if taken:
        lane.taken(connection, taken, now)
    known = {row.id for row in taken}
    rest = [item for item in answers if item.attempt_id not in known]
    if rest:
        apply(connection, lane, rest, now)


def _merge(news: Sequence[News], known: Mapping[int, tuple[Row[Any], Row[Any]]]) -> list[News]:
    """One item per attempt: the furthest state among those that came together."""
    merged: dict[int, News] = {}
    for item in news:
        if item.attempt_id not in known:
            continue
        earlier = merged.get(item.attempt_id)
        if earlier is None:
            merged[item.attempt_id] = item
            continue
        ahead = moved(earlier.state, item.state) is item.state
        first, second = (item, earlier) if ahead else (earlier, item)
        merged[item.attempt_id] = News(
            item.attempt_id,
            first.state,
            first.sid or second.sid,
            first.error_code,
            first.error_class,
            first.again_after,
        )
    return list(merged.values())


def _after(before: AttemptState, item: News) -> AttemptState:
    """The state after the news. That the gateway never took it, which is news without a SID, can't
    be said of what was heard of already."""
    never_taken = item.again_after is not None and item.sid is None
    return (
        before
        if never_taken and before is not AttemptState.SUBMITTING
        else moved(before, item.state)
    )


def _attempt_row(
    attempt: Row[Any], item: News, after: AttemptState, now: datetime
) -> dict[str, Any]:
    changed = after is not AttemptState(attempt.state)
    return {
        "b_id": attempt.id,
        "state": after,
        "sid": attempt.sid or item.sid,
        "error_code": item.error_code if changed else attempt.error_code,
        "error_class": item.error_class if changed else attempt.error_class,
        "heard_seconds": _heard(attempt, after, now),
        "updated_at": now,
    }


def _heard(attempt: Row[Any], after: AttemptState, now: datetime) -> int | None:
    """What was noted when a key was pressed; else, at the call's end, the time since it began."""
    noted: int | None = attempt.heard_seconds
    if noted is not None or after is not AttemptState.COMPLETED:
        return noted
    return heard(attempt.played_at, attempt.play_seconds, now)


def _as_it_is(delivery: Row[Any]) -> dict[str, Any]:
    return {
        "b_id": delivery.id,
        "state": delivery.state,
        "reason": delivery.reason,
        "channel": delivery.channel,
        "attempts": delivery.attempts,
        "due_at": delivery.due_at,
    }


def _move(
    attempt: Row[Any],
    delivery: Row[Any],
    row: Mapping[str, Any],
    item: News,
    after: AttemptState,
    heard_seconds: int | None,
) -> Move:
    return Move(
        attempt,
        delivery,
        AttemptState(attempt.state),
        after,
        DeliveryState(row["state"]),
        row["reason"],
        item.error_class,
        heard_seconds,
    )


def _delivery_row(
    attempt: Row[Any],
    delivery: Row[Any],
    row: dict[str, Any],
    item: News,
    after: AttemptState,
    policies: Mapping[int, RetryPolicy],
    now: datetime,
) -> dict[str, Any]:
    state = delivery_after(after)
    if state is DeliveryState.DONE:
        return row | {"state": state, "reason": ""}
    # News of an older attempt, or of a delivery that has ended, changes no more than `done` does.
    is_newest = attempt.newest == attempt.id
    if not is_newest or row["state"] not in (DeliveryState.TRYING, DeliveryState.UNKNOWN):
        return row
    if item.again_after is not None:
        return row | {
            "state": DeliveryState.PENDING,
            "reason": item.error_code or "",
            "attempts": row["attempts"] - 1,
            "due_at": now + item.again_after,
        }
    if after in RETRYABLE:
        again = _again(delivery, policies, item, now)
        if again:
            return row | {
                "state": DeliveryState.PENDING,
                "reason": item.error_code or after,
                "channel": again.channel,
                "due_at": again.at,
            }
    reason = "" if state is DeliveryState.TRYING else (item.error_code or after)
    return row | {"state": state, "reason": reason}


def _again(
    delivery: Row[Any], policies: Mapping[int, RetryPolicy], item: News, now: datetime
) -> TryAgain | None:
    return decide(
        policies.get(delivery.id, RetryPolicy()),
        attempts=delivery.attempts,
        channel=delivery.channel,
        now=now,
        zone=delivery.zone,
        expires_at=delivery.expires_at,
        error_class=item.error_class,
    )
