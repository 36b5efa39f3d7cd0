"""What a gateway answers: the usual case in one statement, every other one by the general road."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from outreach.delivery.claiming import claim, submit
from outreach.delivery.lane import Lane
from outreach.delivery.moves import queries as batch
from outreach.delivery.progress import News, apply, take_answers
from outreach.delivery.rules.states import AttemptState
from outreach.kernel.clock import FixedClock
from outreach.kernel.ids import public_id
from outreach.store.engine import transaction
from tests.delivery.rows import SENDER, attempts, deliveries


def _submitting(database: Engine, lane: Lane, clock: FixedClock) -> list[int]:
    ids = claim(database, lane, "sms", clock.now(), 10)
    return [item.attempt_id for item in submit(database, lane, ids, SENDER, clock.now())]


def _accepted(attempt_id: int) -> News:
    return News(attempt_id, AttemptState.SUBMITTED, sid=f"SM{attempt_id}")


def test_an_accepted_message_has_its_sid_and_its_delivery_is_as_it_was(
    database: Engine, lane: Lane, clock: FixedClock, queue: Callable[..., list[int]]
) -> None:
    queue(3)
    ids = _submitting(database, lane, clock)
    before = deliveries(database)
    with transaction(database) as connection:
        take_answers(connection, lane, [_accepted(number) for number in ids], clock.now())
    assert [(row.state, row.sid) for row in attempts(database)] == [
        ("submitted", f"SM{number}") for number in ids
    ]
    assert deliveries(database) == before


def test_an_answer_after_its_receipt_brings_the_sid_and_moves_nothing_back(
    database: Engine, lane: Lane, clock: FixedClock, queue: Callable[..., list[int]]
) -> None:
    queue(2)
    faster, usual = _submitting(database, lane, clock)
    with transaction(database) as connection:
        apply(connection, lane, [News(faster, AttemptState.DELIVERED)], clock.now())
        take_answers(connection, lane, [_accepted(faster), _accepted(usual)], clock.now())
    assert [row.state for row in attempts(database)] == ["delivered", "submitted"]
    assert [row.sid for row in attempts(database)] == [f"SM{faster}", f"SM{usual}"]


def test_news_of_two_attempts_of_one_delivery_together_keep_what_was_delivered(
    database: Engine, lane: Lane, clock: FixedClock, queue: Callable[..., list[int]]
) -> None:
    queue(1)
    (older,) = _submitting(database, lane, clock)
    row = {**attempts(database)[0]._mapping, "public_id": public_id(lane.tag)}
    del row["id"]
    with transaction(database) as connection:
        (newer,) = batch.add_attempts(connection, lane, tuple(row), [tuple(row.values())], {})
        told = [News(older, AttemptState.DELIVERED), News(newer, AttemptState.SENT)]
        apply(connection, lane, told, clock.now())
    assert [row.state for row in deliveries(database)] == ["done"]
