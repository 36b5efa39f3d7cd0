"""What came in while no hook told us: STOP counts before anything is sent, HELP calls a person."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from outreach.gateways.memory import MemoryGateway
from outreach.gateways.ports import Inbound, InboundCall
from outreach.hotline import catching_up as catching
from outreach.hotline import queries
from outreach.hotline.catching_up import before_sending, catch_up
from outreach.kernel.errors import Unavailable
from outreach.people.counting import counts
from tests.world import World, number

MINUTE = timedelta(minutes=1)
ANNA, DOOR = number(1), number(9_000_800)


def listed(
    world: World, body: str, minutes: float, who: str = ANNA, sid: str = "", to: str = ""
) -> Inbound:
    """A text that came `minutes` ago, of which only the gateway's list tells."""
    at = world.runtime.clock.now() - minutes * MINUTE
    sid = sid or f"SM{body}{minutes}"
    text = Inbound(sid, who, to or world.runtime.settings.sender, body, at=at)
    world.gateway.texts.append(text)
    return text


def rang(world: World, minutes: float, who: str = ANNA, sid: str = "CA1", to: str = "") -> None:
    at = world.runtime.clock.now() - minutes * MINUTE
    to = to or world.runtime.settings.sender
    world.gateway.rings.append(InboundCall(sid, who, to, "", "no-answer", True, at=at))


def catching_up(world: World, *doors: str, now: bool = True) -> int:
    r = world.runtime
    numbers = (*r.settings.own_numbers, *doors)
    return asyncio.run(catch_up(r.desk, r.gateway, numbers, r.executor, now=now))


def alerts(world: World) -> list[str]:
    return [row.kind for row in world.all(queries.ALERTS)]


def test_s14_a_stop_that_came_while_we_were_down_counts_before_anything_is_sent(
    world: World,
) -> None:
    world.enrol(1)
    world.enrol(2)
    world.fire()
    listed(world, "STOP", 50)
    r = world.runtime
    asyncio.run(before_sending(r.desk, r.gateway, r.settings.own_numbers, r.executor))
    world.send()
    assert [sms.to for sms in world.gateway.sms] == [number(2)]
    assert counts(r.engine).opted_out == 1


def test_s9_a_late_help_gets_no_automatic_answer_and_a_person_is_told(world: World) -> None:
    listed(world, "ជួយ", 6)
    assert catching_up(world) == 1
    world.send()
    assert world.gateway.sms == []
    assert alerts(world) == ["help"]


def test_s9_whatever_else_comes_late_is_shown_to_a_person_too(world: World) -> None:
    listed(world, "ការងារ", 30)
    listed(world, "EXIT", 30)
    catching_up(world)
    world.send()
    assert (world.gateway.sms, alerts(world)) == ([], ["late_text"])


def test_a_text_of_a_minute_ago_is_answered_as_if_its_hook_had_come(world: World) -> None:
    listed(world, "ជួយ", 1)
    catching_up(world)
    world.send()
    assert world.got(ANNA) == [world.runtime.desk.replies.text("JOB", "km")]


def test_what_the_hook_told_is_not_taken_in_again(world: World) -> None:
    world.text(ANNA, "ជួយ", sid="SM7")
    listed(world, "ជួយ", 0, sid="SM7")
    assert catching_up(world) == 0
    assert catching_up(world) == 0
    assert len(world.all(queries.INBOUND)) == 1


@pytest.mark.parametrize(("older", "newer", "out"), [("START", "STOP", 1), ("STOP", "START", 0)])
def test_s14_an_older_word_that_comes_late_does_not_undo_a_newer_one(
    world: World, older: str, newer: str, out: int
) -> None:
    world.enrol(1)
    world.text(ANNA, newer)
    listed(world, older, 10)
    catching_up(world)
    assert counts(world.runtime.engine).opted_out == out


def test_s5_a_missed_call_of_long_ago_is_not_called_back_but_a_person_is_told(
    world: World,
) -> None:
    rang(world, 4)
    assert catching_up(world) == 1
    assert catching_up(world) == 0
    (row,) = world.all(queries.CALL_BACKS)
    assert (row.state, alerts(world)) == ("too_late", ["late_call"])


def test_s5_a_missed_call_of_a_minute_ago_is_called_back(world: World) -> None:
    rang(world, 1)
    catching_up(world)
    assert [row.state for row in world.all(queries.CALL_BACKS)] == ["waiting"]


def test_it_lists_once_a_minute_and_a_little_more_than_is_new(world: World) -> None:
    asked: list[datetime] = []

    class Listening(MemoryGateway):
        async def received(self, to, since):
            asked.append(since)
            for none in ():
                yield none

    r, gateway = world.runtime, Listening()
    for _ in range(5):
        asyncio.run(catch_up(r.desk, gateway, r.settings.own_numbers, r.executor))
        r.clock.advance(MINUTE / 2)
    assert len(asked) == 3
    assert asked[1] < asked[0] + timedelta(days=1)


def test_a_gateway_that_does_not_answer_moves_nothing_on(
    world: World,
) -> None:
    class Down(MemoryGateway):
        async def received(self, to, since):
            for item in self.texts:
                yield item
            raise Unavailable("down")

    r = world.runtime
    catching_up(world)
    before = world.all(queries.CURSORS)
    r.clock.advance(MINUTE * 10)
    with pytest.raises(Unavailable):
        asyncio.run(catch_up(r.desk, Down(), r.settings.own_numbers, r.executor))
    assert world.all(queries.CURSORS) == before


def test_s14_a_stop_deep_in_a_flood_is_heard_however_long_the_list(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catching, "_STEP", 3)
    taken: list[int] = []
    real = catching.receive_in

    def receive_in(connection: Any, desk: Any, texts: Any) -> Any:
        taken.append(len(texts))
        return real(connection, desk, texts)

    monkeypatch.setattr(catching, "receive_in", receive_in)
    world.enrol(1)
    for index in range(10):  # the newest first, as it is listed
        listed(world, "9", index, number(2), sid=f"SM{index}")
    listed(world, "STOP", 50)
    assert catching_up(world) == 11
    assert counts(world.runtime.engine).opted_out == 1
    assert max(taken) == 3
    assert catching_up(world) == 0


def test_s14_of_a_list_that_breaks_off_what_was_told_counts_and_it_is_read_anew(
    world: World,
) -> None:
    class BreaksOff(MemoryGateway):
        async def received(self, to, since):
            async for item in super().received(to, since):
                yield item
            raise Unavailable("it answered 500")

    r = world.runtime
    world.enrol(1)
    listed(world, "STOP", 50)
    with pytest.raises(Unavailable):
        asyncio.run(
            catch_up(
                r.desk, BreaksOff(texts=world.gateway.texts), r.settings.own_numbers, r.executor
            )
        )
    assert counts(r.engine).opted_out == 1
    assert world.all(queries.CURSORS) == []


def test_a_list_without_an_end_does_not_end_all_sending(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Endless(MemoryGateway):
        async def received(self, to, since):
            while True:
                await asyncio.sleep(0.01)
                for none in ():
                    yield none

    monkeypatch.setattr(catching, "_LONGEST_SECONDS", 0.1)
    r = world.runtime
    asyncio.run(before_sending(r.desk, Endless(), r.settings.own_numbers, r.executor))
    assert world.all(queries.CURSORS) == []


def test_a_number_whose_list_can_not_be_had_keeps_no_other_from_being_heard(world: World) -> None:
    class OneIsDown(MemoryGateway):
        async def received(self, to, since):
            if DOOR in to:
                raise Unavailable("it answered 500")
            async for item in super().received(to, since):
                yield item

    r = world.runtime
    listed(world, "STOP", 1)
    gateway = OneIsDown(texts=world.gateway.texts)
    ours = (DOOR, *r.settings.own_numbers)
    with pytest.raises(Unavailable):
        asyncio.run(catch_up(r.desk, gateway, ours, r.executor))
    assert [row.name for row in world.all(queries.CURSORS)] == list(r.settings.own_numbers)
    assert counts(r.engine).opted_out == 1


def test_a_new_number_of_ours_is_heard_from_its_last_day_on(world: World) -> None:
    catching_up(world)
    listed(world, "ជួយ", 60, to=DOOR)
    listed(world, "ជួយ", 60 * 25, to=DOOR)
    assert catching_up(world) == 0
    assert catching_up(world, DOOR) == 1
