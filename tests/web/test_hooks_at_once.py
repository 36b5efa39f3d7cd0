"""Texts that come at the same time: by several hooks, and to several processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy import select

from outreach.gateways.ports import Inbound
from outreach.hotline import queries as hotline
from outreach.hotline.inbound import Heard, receive
from outreach.hotline.inbox.queries import CONVERSATIONS
from outreach.people import queries as people
from outreach.people.audit import Asking
from outreach.people.counting import counts
from outreach.people.persons import linking
from outreach.planning.audience.queries import DELIVERIES
from outreach.store.engine import transaction
from outreach.web.hooks import Hooks
from tests.world import World, number

ASKED = Asking("ana", "said so at the desk")


def posted(world: World, texts: Sequence[tuple[str, str]]) -> None:
    """Texts (from, body) whose hooks come all at once, in this order."""

    async def post_all() -> None:
        hooks = Hooks(world.runtime, lambda _lane: None)
        forms = [
            {"MessageSid": f"SM{n:03}", "From": who, "To": "", "Body": body}
            for n, (who, body) in enumerate(texts)
        ]
        await asyncio.wait_for(asyncio.gather(*(hooks.message({}, form) for form in forms)), 60)

    asyncio.run(post_all())


def at_once(*works: Callable[[], list[Heard]]) -> list[list[Heard]]:
    """Does `works` in threads that begin together."""
    begin = Barrier(len(works))

    def do(work: Callable[[], list[Heard]]) -> list[Heard]:
        begin.wait(timeout=20)
        return work()

    with ThreadPoolExecutor(len(works)) as executor:
        return [done.result(timeout=60) for done in [executor.submit(do, work) for work in works]]


def somebody_waits(world: World) -> None:
    """Returns when a transaction waits for another one."""
    while not world.one("SELECT count(*) FROM pg_locks WHERE NOT granted"):
        sleep(0.01)


def test_each_persons_texts_are_taken_in_in_their_order(world: World) -> None:
    crowd, said = range(30), ("STOP", "START", "ជួយ", "1", "STOP", "START", "STOP")
    posted(world, [(number(who), body) for body in said for who in crowd])
    vault = world.runtime.desk.help_vault
    for who in crowd:
        key = vault.lookup(number(who))
        mine = [row for row in world.all(hotline.INBOUND) if row.number_key == key]
        assert [row.sid for row in mine] == sorted(row.sid for row in mine)
        assert [vault.unseal(row.body_sealed) for row in mine] == list(said)
    assert counts(world.runtime.engine).opted_out == len(crowd)  # the last word of each


@pytest.mark.parametrize("_run", range(3))
def test_texts_that_come_to_several_processes_at_once_count_once(world: World, _run: int) -> None:
    texts = [Inbound(f"SM{n}", number(n % 7), "", "ជួយ") for n in range(60)]
    orders = (texts, texts[::-1], texts[20:] + texts[:20], texts[::2] + texts[1::2])
    desk = world.runtime.desk
    heard = at_once(*(lambda order=order: receive(desk, order) for order in orders))
    assert sum(each.new for batch in heard for each in batch) == len(texts)
    assert sorted(row.sid for row in world.all(hotline.INBOUND)) == sorted(t.sid for t in texts)
    assert len(world.all(hotline.DELIVERIES)) == sum(h.answered for b in heard for h in b)
    assert len(world.all(CONVERSATIONS)) == 7


@pytest.mark.parametrize("_run", range(3))
def test_s14_a_stop_beside_other_texts_of_the_same_persons_numbers_stops_its_own(
    world: World, _run: int
) -> None:
    """Linked numbers, whose owners write in different batches, crosswise."""
    for index in range(8):
        world.enrol(index)
    runtime = world.runtime
    for one in range(0, 8, 2):
        linking.link(
            runtime.engine, runtime.desk.vault, runtime.clock, number(one), number(one + 1), ASKED
        )
    world.fire()

    def batch(name: str, words: Sequence[tuple[int, str]]) -> list[Inbound]:
        return [
            Inbound(f"SM{name}{n}", number(who), "", body) for n, (who, body) in enumerate(words)
        ]

    first = batch("a", [(6, "STOP"), (0, "STOP"), (2, "ជួយ"), (4, "VI")])
    second = batch("b", [(1, "ជួយ"), (3, "STOP"), (7, "START"), (5, "STOP")])
    heard = at_once(lambda: receive(runtime.desk, first), lambda: receive(runtime.desk, second))
    assert all(each.new for batch in heard for each in batch)
    stopped = {0, 3, 5, 6}
    vault = runtime.desk.vault
    consents = {row.number_key: row.consent for row in world.all(people.CONTACTS)}
    said_stop = {n for n in range(8) if consents[vault.lookup(number(n))] == "opted_out"}
    assert said_stop == stopped
    assert sum(row.state == "suppressed" for row in world.all(DELIVERIES)) == len(stopped)


# SQLite has one writer.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_batch_that_waits_for_the_database_keeps_only_its_own_people_waiting(
    world: World,
) -> None:
    held, other = number(1), number(2)
    world.text(held, "ជួយ")

    def form(name: str, who: str) -> dict[str, str]:
        return {"MessageSid": f"SM{name}", "From": who, "To": "", "Body": "ជួយ"}

    async def post_both() -> None:
        hooks = Hooks(world.runtime, lambda _lane: None)
        with transaction(world.runtime.engine) as connection:
            connection.execute(select(CONVERSATIONS.c.id).with_for_update())
            waiting = [asyncio.create_task(hooks.message({}, form(n, held))) for n in ("a", "b")]
            await asyncio.to_thread(somebody_waits, world)
            await asyncio.wait_for(hooks.message({}, form("c", other)), 20)
            assert not any(task.done() for task in waiting)
        await asyncio.wait_for(asyncio.gather(*waiting), 20)

    asyncio.run(post_both())
    assert {row.sid for row in world.all(hotline.INBOUND)} >= {"SMa", "SMb", "SMc"}
