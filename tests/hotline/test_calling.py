"""S5: whoever asked to be called is called within three minutes by one worker, or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.gateways.ports import Inbound
from outreach.hotline import calling, queries
from outreach.hotline.callback import ask, missed_call
from outreach.hotline.inbound import receive_in
from outreach.hotline.inbox import queries as inbox
from outreach.hotline.rules.calling import CallState, may_end, may_take
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, Conflict
from outreach.store.engine import reading, transaction
from tests.world import World, number


@pytest.fixture
def rung(world: World) -> int:
    """Somebody gave a missed call."""
    missed_call(world.runtime.desk, number(1), "CA1")
    return waits(world)[0].id


def waits(world: World) -> tuple[calling.Waiting, ...]:
    runtime = world.runtime
    return calling.call_list(runtime.engine, runtime.clock, "dara").waiting


def audit(world: World) -> list[tuple[str, str]]:
    with reading(world.runtime.engine) as connection:
        rows = connection.execute(queries.AUDIT.select().order_by(queries.AUDIT.c.id))
        return [(row.by, row.action) for row in rows]


def test_one_worker_gets_the_number_and_it_is_noted(world: World, rung: int) -> None:
    card = calling.take(world.runtime.desk, rung, "dara")
    assert card.number == number(1)
    assert number(1) not in repr(card)
    with pytest.raises(Conflict):
        calling.take(world.runtime.desk, rung, "sokha")
    assert audit(world) == [("dara", "saw the number of")]
    assert waits(world) == ()


def test_whoever_has_a_call_finds_it_again(world: World, rung: int, clock: FixedClock) -> None:
    calling.take(world.runtime.desk, rung, "dara")
    clock.advance(timedelta(minutes=30))  # a long talk
    assert calling.call_list(world.runtime.engine, clock, "dara").mine == (rung,)
    assert calling.call_list(world.runtime.engine, clock, "sokha").mine == ()
    assert calling.take(world.runtime.desk, rung, "dara").number == number(1)


def test_s5_after_three_minutes_nobody_is_called_any_more(
    world: World, rung: int, clock: FixedClock
) -> None:
    clock.advance(timedelta(minutes=3))
    found = calling.call_list(world.runtime.engine, clock, "dara")
    assert (found.waiting, found.missed) == ((), 1)
    with pytest.raises(Conflict):
        calling.take(world.runtime.desk, rung, "dara")


def test_whoever_waited_in_vain_may_ask_again(world: World, rung: int, clock: FixedClock) -> None:
    assert not missed_call(world.runtime.desk, number(1), "CA2")  # waits already
    clock.advance(timedelta(minutes=10))
    assert missed_call(world.runtime.desk, number(1), "CA3")
    assert [item.id for item in waits(world)] != [rung]


def test_whoever_is_being_called_is_not_put_on_the_list_again(world: World, rung: int) -> None:
    calling.take(world.runtime.desk, rung, "dara")
    assert not missed_call(world.runtime.desk, number(1), "CA2")
    calling.end(world.runtime.desk, rung, "dara", "spoke")
    assert missed_call(world.runtime.desk, number(1), "CA3")


def test_a_hook_that_comes_again_after_the_call_changes_nothing(
    world: World, rung: int, clock: FixedClock
) -> None:
    calling.take(world.runtime.desk, rung, "dara")
    calling.end(world.runtime.desk, rung, "dara", "spoke")
    before = world.all(inbox.CONVERSATIONS)
    clock.advance(timedelta(minutes=1))
    assert not missed_call(world.runtime.desk, number(1), "CA1")
    assert world.all(inbox.CONVERSATIONS) == before


@pytest.mark.parametrize("outcome", ["spoke", "no_answer", "other_person"])
def test_a_call_ends_once_and_only_by_whose_it_is(world: World, rung: int, outcome: str) -> None:
    desk = world.runtime.desk
    calling.take(desk, rung, "dara")
    with pytest.raises(Conflict):
        calling.end(desk, rung, "sokha", outcome)
    with pytest.raises(BadInput):
        calling.end(desk, rung, "dara", "waiting")
    calling.end(desk, rung, "dara", outcome)
    with pytest.raises(Conflict):
        calling.end(desk, rung, "dara", outcome)
    assert audit(world) == [("dara", "saw the number of"), ("dara", outcome)]


def test_a_call_that_is_none_is_refused(world: World) -> None:
    with pytest.raises(Conflict):
        calling.take(world.runtime.desk, 12345, "dara")


def test_the_most_urgent_come_first(world: World, clock: FixedClock) -> None:
    for index in (3, 1, 2):
        missed_call(world.runtime.desk, number(index), f"CA{index}")
        clock.advance(timedelta(seconds=20))
    asked = [item.asked_at for item in waits(world)]
    assert asked == sorted(asked)


@given(st.sampled_from(CallState), st.booleans(), st.booleans())
def test_no_state_lets_two_workers_have_one_call(state: CallState, late: bool, mine: bool) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    until = now - timedelta(seconds=1) if late else now + timedelta(seconds=1)
    taker = "dara" if mine else "sokha"
    assert not (may_take(state, until, now) and may_end(state, taker, "dara"))
    assert may_take(state, until, now) == (state is CallState.WAITING and not late)


def test_s5_a_missed_call_and_a_9_at_the_same_moment_are_one_call_back(world: World) -> None:
    desk = world.runtime.desk
    text = Inbound("SM1", number(1), "+855380000001", "9")
    with ThreadPoolExecutor(1) as other:
        with transaction(desk.engine) as connection:
            receive_in(connection, desk, [text])
            ringing = other.submit(missed_call, desk, number(1), "CA1")
            with pytest.raises(TimeoutError):
                ringing.result(timeout=0.5)
        assert ringing.result(timeout=20) is False
    assert len(waits(world)) == 1


def test_s5_a_9_at_the_same_moment_as_a_missed_call_is_one_call_back(world: World) -> None:
    desk = world.runtime.desk
    now = desk.clock.now()
    with ThreadPoolExecutor(1) as other:
        with transaction(desk.engine) as connection:
            ask(connection, desk, number(1), source="missed_call", source_id="CA1", now=now)
            texting = other.submit(world.text, number(1), "9")
            with pytest.raises(TimeoutError):
                texting.result(timeout=0.5)
        assert texting.result(timeout=20).new
    assert len(waits(world)) == 1
