"""A worker's reply: never first, never late, never twice, and never a word that gives it away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.content.directory import Directory
from outreach.content.rules.services import Service
from outreach.hotline import queries
from outreach.hotline.answering import queue
from outreach.hotline.callback import missed_call
from outreach.hotline.desk import Desk
from outreach.hotline.inbox import acting, listing, reading
from outreach.hotline.inbox.replying import Choice, draft, free, reply
from outreach.hotline.inbox.worker import Worker
from outreach.hotline.rules.replying import SafeWindow, reply_until
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, Conflict, Refused
from outreach.kernel.mask import mask
from outreach.people.audit import Asking
from outreach.people.persons import safe
from outreach.store.engine import transaction
from tests.world import World, number

ANNA = number(1)
DARA, SOKHA = Worker("dara"), Worker("sokha")
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 09:00 in Phnom Penh
WITHIN = timedelta(minutes=15)


@pytest.fixture
def talk(world: World) -> str:
    """A conversation that dara has, ten seconds after the person's text."""
    world.enrol(1)
    world.text(ANNA, "ជួយខ្ញុំផង")
    world.send()
    (head,) = listing.inbox(world.runtime.engine, "dara", listing.ALL).shown
    acting.take(world.runtime.desk, head.id, DARA)
    return head.id


def set_safe(world: World, **given_: str) -> None:
    runtime = world.runtime
    safe.put(
        runtime.engine,
        runtime.desk.vault,
        runtime.clock,
        ANNA,
        safe.Settings(**given_),
        Asking("dara", "said so by voice"),
    )


def test_s12a_a_reply_goes_out_at_once_whatever_the_consent(world: World, talk: str) -> None:
    desk = world.runtime.desk
    reply(desk, talk, DARA, Choice("where"))
    world.send()
    assert world.got(ANNA)[-1] == desk.phrases.replies["km"]["where"]
    thread = reading.read(desk, talk, DARA)
    assert [(e.by, e.state, e.unsent) for e in thread.entries if e.kind == "reply"] == [
        ("dara", "trying", False)
    ]
    assert (thread.head.state, thread.replies) == ("waiting", 1)


def test_s9_after_fifteen_minutes_nobody_texts_any_more(
    world: World, talk: str, clock: FixedClock
) -> None:
    clock.advance(world.runtime.desk.reply_within)
    with pytest.raises(Refused):
        reply(world.runtime.desk, talk, DARA, Choice("where"))
    assert reading.read(world.runtime.desk, talk, DARA).until is None
    world.text(ANNA, "1")
    reply(world.runtime.desk, talk, DARA, Choice("where"))


def test_s9_a_reply_that_could_not_leave_in_time_is_dropped_and_seen_at_once(
    world: World, talk: str, clock: FixedClock
) -> None:
    desk = world.runtime.desk
    clock.advance(desk.reply_within - timedelta(minutes=1))
    reply(desk, talk, DARA, Choice("where"))
    clock.advance(timedelta(minutes=1))  # not five: the phone may be in other hands
    before = len(world.got(ANNA))
    world.send()
    assert len(world.got(ANNA)) == before
    entry = next(e for e in reading.read(desk, talk, DARA).entries if e.kind == "reply")
    assert (entry.state, entry.unsent) == ("expired", True)
    stands = reading.standing(desk.engine, desk.help_vault, talk)
    assert [e.unsent for e in stands.sent] == [True]
    assert listing.inbox(desk.engine, "dara", listing.MINE).shown[0].unsent
    assert "answer_dropped" in [row.kind for row in world.all(queries.ALERTS)]


@pytest.mark.parametrize("word", ["EXIT", "STOP"])
def test_s4_who_leaves_gets_nothing_more_from_staff_not_even_what_waits(
    world: World, talk: str, word: str
) -> None:
    desk = world.runtime.desk
    reply(desk, talk, DARA, Choice("where"))
    world.text(ANNA, word)
    world.send()
    assert desk.phrases.replies["km"]["where"] not in world.got(ANNA)
    thread = reading.read(desk, talk, DARA)
    assert thread.until is None
    assert [(e.state, e.reason) for e in thread.entries if e.kind == "reply"] == [
        ("suppressed", "left")
    ]


def test_s4_who_only_rang_is_not_texted(world: World) -> None:
    missed_call(world.runtime.desk, ANNA, "CA1")
    (head,) = listing.inbox(world.runtime.engine, "dara", listing.ALL).shown
    acting.take(world.runtime.desk, head.id, DARA)
    with pytest.raises(Refused):
        reply(world.runtime.desk, head.id, DARA, Choice("where"))


def test_s5_later_only_as_the_person_set_it(world: World, talk: str, clock: FixedClock) -> None:
    desk = world.runtime.desk
    set_safe(world, channel="sms", hours="18:30-21:00")
    clock.advance(timedelta(hours=1))
    with pytest.raises(Refused):
        reply(desk, talk, DARA, Choice("where"))
    clock.advance(timedelta(hours=9))  # 19:00 in Phnom Penh
    reply(desk, talk, DARA, Choice("where"))
    world.text(ANNA, "STOP")
    assert reading.read(desk, talk, DARA).until is None


@pytest.mark.parametrize("settings", [{"hours": "18:30-21:00"}, {"channel": "voice"}])
def test_s5_what_names_no_text_permits_none(
    world: World, talk: str, clock: FixedClock, settings: dict[str, str]
) -> None:
    set_safe(world, **settings)
    clock.advance(timedelta(hours=10))
    assert reading.read(world.runtime.desk, talk, DARA).until is None


def test_a_draft_says_what_goes_to_whom_and_sends_nothing(world: World, talk: str) -> None:
    desk = world.runtime.desk
    before = len(world.got(ANNA))
    made = draft(desk, talk, DARA, Choice("where"))
    assert (made.text, made.parts) == (desk.phrases.replies["km"]["where"], 1)
    assert (made.to, made.until) == (mask(ANNA), reading.read(desk, talk, DARA).until)
    assert draft(desk, talk, DARA, Choice(body="ណា " * 30)).parts == 2
    world.send()
    assert len(world.got(ANNA)) == before


def test_s9_a_draft_is_refused_for_what_its_reply_would_be(
    world: World, talk: str, clock: FixedClock
) -> None:
    desk = world.runtime.desk
    for worker, choice in ((SOKHA, Choice("where")), (DARA, Choice("where", seen=1))):
        with pytest.raises(Conflict):
            draft(desk, talk, worker, choice)
    with pytest.raises(BadInput):
        draft(desk, talk, DARA, Choice(body="the police come"))
    clock.advance(desk.reply_within)
    with pytest.raises(Refused):
        draft(desk, talk, DARA, Choice("where"))


def test_what_was_not_shown_is_not_sent(world: World, talk: str) -> None:
    desk = world.runtime.desk
    shown = draft(desk, talk, DARA, Choice("where")).text
    world.text(ANNA, "I don't understand")
    assert draft(desk, talk, DARA, Choice("where")).text != shown
    with pytest.raises(Conflict, match="look at them again"):
        reply(desk, talk, DARA, Choice("where"), shown)
    reply(desk, talk, DARA, Choice("where"), desk.phrases.replies["en"]["where"])


def test_two_workers_never_answer_the_same_text(world: World, talk: str) -> None:
    desk = world.runtime.desk
    reply(desk, talk, DARA, Choice("where"))
    with pytest.raises(Conflict):
        reply(desk, talk, DARA, Choice("where"))  # a second click
    with pytest.raises(Conflict):
        reply(desk, talk, SOKHA, Choice("where", seen=1))
    world.send()
    assert world.got(ANNA).count(desk.phrases.replies["km"]["where"]) == 1


@pytest.mark.parametrize("words", ["we call the police", "ប៉ូលិសនឹងមក", "the p0lice come", "", "  "])
def test_s1_a_word_that_gives_the_subject_away_is_not_even_kept(
    world: World, talk: str, words: str
) -> None:
    with pytest.raises(BadInput):
        reply(world.runtime.desk, talk, DARA, Choice(body=words))
    assert [row for row in world.all(queries.DELIVERIES) if row.author] == []


def test_s1_free_words_are_looked_at_again_when_they_are_sent(world: World, talk: str) -> None:
    desk = world.runtime.desk
    with transaction(desk.engine) as connection:
        queue(connection, desk, ANNA, "the police", desk.clock.now(), author="dara")
    world.send()
    assert "the police" not in world.got(ANNA)
    thread = reading.read(desk, talk, DARA)
    assert [(e.state, e.reason) for e in thread.entries if e.kind == "reply"] == [
        ("suppressed", "deny_list")
    ]


def service(number_: str, authority: str = "none", verified: bool = True) -> Service:
    return Service(
        "kh-x", "KH", number_, "X", "medical", ("km",), (), "Asia/Phnom_Penh", "free", "no",
        authority, ("KH",), date(2026, 3, 1) if verified else None,
        date(2026, 9, 1) if verified else None, verified,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "listed", "goes"),
    [
        ("Ask at 038 000 0009.", service("0380000009"), True),
        ("Ask at 038 000 0009.", service("0380000009", verified=False), False),
        ("Ask at 038 000 0008.", service("0380000009"), False),
        ("Ask at 1280.", service("1280", verified=False), False),
        ("Ask at 1280.", service("1280"), True),
        ("Ask at 1280.", service("1280", authority="police"), False),
        ("It costs 1500 riel.", service("1280"), True),
    ],
)
def test_s33_only_numbers_that_may_be_given_go_out(
    world: World, words: str, listed: Service, goes: bool
) -> None:
    desk: Desk = replace(world.runtime.desk, directory=Directory((listed,), "x", approved=True))
    if goes:
        assert free(desk, words, "km") == words
    else:
        with pytest.raises(BadInput):
            free(desk, words, "km")


@pytest.mark.parametrize("records", ["yes", "unknown", "no"])
def test_s11_who_is_given_a_line_that_may_record_is_told_so(
    world: World, talk: str, records: str
) -> None:
    line = replace(service("0380000009"), records_calls=records)
    directory = Directory((line,), "x", approved=True)
    desk: Desk = replace(world.runtime.desk, directory=directory)
    words, told = "Ask at 038 000 0009.", desk.replies.text("RECORDED", "km")
    whole = words if records == "no" else f"{words} {told}"
    made = draft(desk, talk, DARA, Choice(body=words))
    assert made.text == whole
    reply(desk, talk, DARA, Choice(body=words), made.text)
    world.send()
    assert world.got(ANNA)[-1] == whole
    assert free(desk, whole, "km") == whole  # told once


def test_s11_a_number_that_two_services_share_is_told_of_where_one_may_record(
    world: World,
) -> None:
    lines = [replace(service("0380000009"), records_calls=each) for each in ("yes", "no")]
    desk: Desk = replace(world.runtime.desk, directory=Directory((*lines,), "x", approved=True))
    words = "Ask at 038 000 0009."
    assert free(desk, words, "km") == f"{words} {desk.replies.text('RECORDED', 'km')}"


def test_s31_a_live_gateway_gets_no_reply_that_nobody_approved(world: World, talk: str) -> None:
    desk = replace(world.runtime.desk, rehearsing=False)
    with pytest.raises(Refused):
        reply(desk, talk, DARA, Choice("where"))


def test_a_reply_does_not_count_as_an_automatic_answer(world: World, talk: str) -> None:
    desk = world.runtime.desk
    for seen in range(8):
        reply(desk, talk, DARA, Choice("where", seen=seen))
    assert world.text(ANNA, "hello there").answered


def window(**values: object) -> SafeWindow:
    plain = {"channel": "sms", "hours": "", "days": "", "zone": "Asia/Phnom_Penh"}
    later = MONDAY + timedelta(days=30)
    return SafeWindow(**{**plain, "ask_again_at": later, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("safe_", "minutes"),
    [
        (window(), 5),
        (window(hours="09:00-09:03"), 3),
        (window(hours="22:00-09:01"), 1),
        (window(hours="09:01-21:00"), None),
        (window(hours="20:00-08:00"), None),
        (window(days="1"), 5),
        (window(days="67"), None),
        (window(channel=""), None),
        (window(channel="voice"), None),
        (window(ask_again_at=MONDAY), None),
        (window(zone="Asia/Seoul", hours="11:00-12:00"), 5),
    ],
)
def test_s5_settings_say_when(safe_: SafeWindow, minutes: int | None) -> None:
    expected = MONDAY + timedelta(minutes=minutes) if minutes else None
    assert reply_until(None, MONDAY, WITHIN, safe_) == expected


def test_s5_a_reply_never_leaves_after_the_hours_that_were_set() -> None:
    now = MONDAY + timedelta(minutes=2, seconds=50)
    until = reply_until(None, now, WITHIN, window(hours="09:00-09:03"))
    assert until == MONDAY + timedelta(minutes=3)


@given(st.timedeltas(timedelta(0), timedelta(days=1)), st.times())
def test_s9_without_settings_the_time_is_always_over_after_fifteen_minutes(
    passed: timedelta, at: time
) -> None:
    said = datetime.combine(date(2026, 3, 2), at, UTC)
    until = reply_until(said, said + passed, WITHIN, None)
    assert (until is not None) == (passed < WITHIN)
    assert until is None or until == said + WITHIN
