"""What is old or must vanish does: redaction after its time (S20), sealing at once (S23)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from outreach.hotline import calling, queries
from outreach.hotline.callback import missed_call
from outreach.hotline.inbox import acting, listing, reading
from outreach.hotline.inbox import queries as inbox
from outreach.hotline.inbox.replying import Choice, reply
from outreach.hotline.inbox.worker import Worker
from outreach.hotline.menu import queries as menu
from outreach.hotline.retention import queries as retention
from outreach.hotline.retention.redacting import redact
from outreach.hotline.retention.sealing import Sealed, seal_contact
from outreach.hotline.sealed import HELP_STORE
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, Conflict, NotFound
from outreach.people.audit import Asking
from outreach.store.engine import transaction
from outreach.store.rotation import uses
from tests.hotline.test_catching_up import catching_up, rang
from tests.world import World, number

ANNA, BORA = number(1), number(2)
DARA = Worker("dara")
KEEP = timedelta(days=30)
TABLES = (queries.INBOUND, queries.DELIVERIES, queries.CALL_BACKS, inbox.CONVERSATIONS, inbox.NOTES)
WHY = Asking("lead.one", "the phone was taken")


def told(world: World, who: str, sid: str) -> str:
    """Somebody wrote, was answered, asked for a call, and dara noted something: the conversation's
    id."""
    desk = world.runtime.desk
    world.text(who, "ជួយខ្ញុំផង")
    missed_call(desk, who, sid)
    found = {head.id for head in listing.inbox(desk.engine, "", listing.NOBODYS).shown}
    (talk,) = found
    acting.take(desk, talk, DARA)
    reply(desk, talk, DARA, Choice("where"))
    acting.note(desk, talk, DARA, "works at night")
    acting.set_code(desk, talk, DARA, "mango")
    world.send()
    return talk


def sealed_values(world: World) -> list[bytes]:
    return [
        value
        for table in (*TABLES, menu.MENU)
        for row in world.all(table)
        for name, value in row._mapping.items()
        if name.endswith("_sealed") and value
    ]


def redact_all(world: World, limit: int = 500) -> list[int]:
    done = [redact(world.runtime.engine, world.runtime.clock, KEEP, limit)]
    while done[-1]:
        done.append(redact(world.runtime.engine, world.runtime.clock, KEEP, limit))
    return done


def test_s20_after_thirty_days_the_rows_stay_and_their_words_are_gone(
    world: World, clock: FixedClock
) -> None:
    talk = told(world, ANNA, "CA1")
    acting.close(world.runtime.desk, talk, DARA, "answered")
    rows = {table.name: len(world.all(table)) for table in TABLES}
    clock.advance(KEEP - timedelta(minutes=1))
    assert redact_all(world) == [0]
    clock.advance(timedelta(minutes=2))
    assert redact_all(world)[-1] == 0
    assert sealed_values(world) == []
    assert {table.name: len(world.all(table)) for table in TABLES} == rows
    key = world.runtime.desk.help_vault.lookup(ANNA)
    assert [row for table in TABLES[:4] for row in world.all(table) if row.number_key == key] == []
    assert [row.sid for row in world.all(queries.ATTEMPTS) if row.sid] == []
    assert redact_all(world) == [0]


def test_s20_redaction_goes_on_in_small_steps_and_keeps_what_is_new(
    world: World, clock: FixedClock
) -> None:
    for _ in range(5):
        world.text(ANNA, "1")
    clock.advance(KEEP + timedelta(days=1))
    world.text(ANNA, "ជួយខ្ញុំផង")
    assert len(redact_all(world, limit=2)) >= 4
    held = [row for row in world.all(queries.INBOUND) if row.body_sealed]
    assert [world.runtime.desk.help_vault.unseal(row.body_sealed) for row in held] == ["ជួយខ្ញុំផង"]


def test_s20_a_conversation_that_is_open_keeps_its_number(world: World, clock: FixedClock) -> None:
    talk = told(world, ANNA, "CA1")
    clock.advance(KEEP + timedelta(days=1))
    redact_all(world)
    thread = reading.read(world.runtime.desk, talk, DARA)
    assert thread.code == "mango"
    assert [entry.body for entry in thread.entries if entry.body] == []


def test_s18_what_was_redacted_needs_no_key_any_more(world: World, clock: FixedClock) -> None:
    acting.close(world.runtime.desk, told(world, ANNA, "CA1"), DARA, "answered")
    clock.advance(KEEP + timedelta(days=1))
    redact_all(world)
    vault = world.runtime.desk.help_vault
    assert sum(use.rows for use in uses(world.runtime.engine, HELP_STORE, vault)) == 0


def test_s23_a_sealed_conversation_is_gone_at_once_and_nobody_elses(world: World) -> None:
    runtime = world.runtime
    talk = told(world, ANNA, "CA1")
    other = told(world, BORA, "CA2")
    held = len(sealed_values(world))
    done = seal_contact(runtime.engine, runtime.desk.help_vault, runtime.clock, ANNA, WHY)
    assert done == Sealed(texts=1, answers=2, calls=1, conversation=True)
    assert len(sealed_values(world)) == held // 2
    assert [head.id for head in listing.inbox(runtime.engine, "dara", listing.ALL).shown] == [other]
    with pytest.raises(NotFound):
        reading.read(runtime.desk, talk, DARA)
    with pytest.raises(NotFound):
        reading.glance(runtime.engine, talk)
    last = world.all(queries.AUDIT)[-1]
    assert (last.by, last.action, last.subject) == ("lead.one", "sealed", talk)
    assert last.reason == WHY.reason


def test_s23_what_waits_for_a_sealed_person_neither_leaves_nor_is_called(world: World) -> None:
    desk = world.runtime.desk
    world.text(ANNA, "ជួយខ្ញុំផង")
    missed_call(desk, ANNA, "CA1")
    (waiting,) = calling.call_list(desk.engine, desk.clock, "dara").waiting
    seal_contact(desk.engine, desk.help_vault, desk.clock, ANNA, WHY)
    world.send()
    assert world.got(ANNA) == []
    with pytest.raises(Conflict):
        calling.take(desk, waiting.id, "dara")


def test_s23_who_was_sealed_and_writes_again_begins_anew(world: World) -> None:
    desk = world.runtime.desk
    talk = told(world, ANNA, "CA1")
    seal_contact(desk.engine, desk.help_vault, desk.clock, ANNA, WHY)
    world.text(ANNA, "1")
    (head,) = listing.inbox(desk.engine, "dara", listing.ALL).shown
    assert head.id != talk
    acting.take(desk, head.id, DARA)
    thread = reading.read(desk, head.id, DARA)
    assert (thread.code, [e.body for e in thread.entries if e.kind == "text"]) == ("", ["1"])


def test_s23_sealing_needs_a_reason_and_may_be_done_twice(world: World) -> None:
    desk = world.runtime.desk
    told(world, ANNA, "CA1")
    with pytest.raises(BadInput):
        seal_contact(desk.engine, desk.help_vault, desk.clock, ANNA, Asking("lead.one", ""))
    seal_contact(desk.engine, desk.help_vault, desk.clock, ANNA, WHY)
    again = seal_contact(desk.engine, desk.help_vault, desk.clock, ANNA, WHY)
    assert again == Sealed(0, 0, 0, conversation=False)


def test_s20_who_writes_again_at_that_moment_is_not_lost(world: World, clock: FixedClock) -> None:
    desk = world.runtime.desk
    acting.close(desk, told(world, ANNA, "CA1"), DARA, "answered")
    clock.advance(KEEP + timedelta(minutes=1))
    with ThreadPoolExecutor(1) as other:
        with transaction(desk.engine) as connection:
            ids = retention.old_conversations(connection, clock.now() - KEEP, 10)
            text = other.submit(world.text, ANNA, "ជួយ")
            with pytest.raises(TimeoutError):
                text.result(timeout=0.5)
            retention.empty_conversations(connection, ids)
        text.result(timeout=20)
    (talk,) = listing.inbox(desk.engine, "", listing.NOBODYS).shown
    acting.take(desk, talk.id, DARA)
    reply(desk, talk.id, DARA, Choice("where"))


def test_s20_no_alert_holds_what_the_gateway_calls_a_text_or_a_call(world: World) -> None:
    runtime = world.runtime
    missed_call(runtime.desk, number(7), "CA7")
    world.text(number(8), "JOIN zz99999")
    rang(world, 60, number(9), "CA9")
    catching_up(world)
    found = {row.kind: row.reference for row in world.all(queries.ALERTS)}
    assert found.keys() == {"call_back", "join_code", "late_call"}
    assert all(reference.startswith("in_") for reference in found.values())
