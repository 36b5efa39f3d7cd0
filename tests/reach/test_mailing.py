"""Reports by e-mail: each month's once to each reader, through refusals, silence and crashes."""

from __future__ import annotations

import email
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock, SystemClock
from outreach.kernel.errors import BadInput, Conflict
from outreach.kernel.sealing import Vault
from outreach.people.audit import Asking
from outreach.reach.mailing import queries, sending, subscribing
from outreach.reach.mailing.post import Post
from outreach.reach.publications import links, publishing
from outreach.reach.rules.mailing import Mailing, due_month, next_try
from outreach.store.engine import reading, transaction
from scripts.rehearsal.processes import free_port
from tests.reach.test_publishing import reach

WHO = Asking("test", "asked by the board")
READER = "reader@example.org"


@dataclass
class Catcher:
    """A mail server on this machine that keeps what it is given, or says what it is told to."""

    letters: list[Any] = field(default_factory=list)
    says: str = "250 taken"
    port: int = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.says.startswith("250"):
            self.letters.append(email.message_from_bytes(envelope.content, policy=default))
        elif self.says == "hang up":
            _server.transport.abort()
        return self.says


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    found = Catcher(port=free_port())
    controller = Controller(found, hostname="127.0.0.1", port=found.port)
    controller.start()
    yield found
    controller.stop()


@pytest.fixture
def mailer(database: Engine, vault: Vault, catcher: Catcher) -> sending.Mailer:
    """On the fourth of April, after forty people were reached in March."""
    reach(database, datetime(2026, 3, 5, tzinfo=UTC), range(1, 41))
    reach(database, datetime(2026, 4, 2, tzinfo=UTC), range(1, 3))
    clock = FixedClock(datetime(2026, 4, 4, 3, 0, tzinfo=UTC))
    post = Post(f"smtp://127.0.0.1:{catcher.port}")
    return sending.Mailer(database, clock, vault, post, "us@example.org", "https://x.example")


def subscribe(mailer: sending.Mailer, **changes: Any) -> str:
    wish = replace(subscribing.Wish("The fund", "en"), **changes)
    return subscribing.subscribe(mailer.engine, mailer.vault, mailer.clock, READER, wish, WHO)


def later(mailer: sending.Mailer, **by: int) -> None:
    assert isinstance(mailer.clock, FixedClock)
    mailer.clock.advance(timedelta(**by))


def states(mailer: sending.Mailer) -> list[str]:
    return [row.state for row in subscribing.mailings(mailer.engine)]


def body(letter: Any) -> str:
    assert isinstance(letter, EmailMessage)
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_reader_gets_the_month_once_on_their_day(
    mailer: sending.Mailer, catcher: Catcher
) -> None:
    subscribe(mailer)
    assert sending.send_due(mailer) == 0  # the fourth; due on the fifth
    later(mailer, days=1)
    assert [sending.send_due(mailer) for _ in range(3)] == [1, 0, 0]
    later(mailer, days=10)
    assert sending.send_due(mailer) == 0
    assert not sending.waits(mailer.engine, mailer.clock)
    (letter,) = catcher.letters
    assert letter["Subject"] == "Reach report, March 2026"
    assert letter["To"] == READER


def test_the_link_in_the_letter_opens_the_report(mailer: sending.Mailer, catcher: Catcher) -> None:
    subscribe(mailer)
    later(mailer, days=1)
    sending.send_due(mailer)
    token = body(catcher.letters[0]).partition("https://x.example/r/")[2].partition("/")[0]
    opened = links.open_link(mailer.engine, SystemClock(), token)
    assert opened is not None
    assert opened.period == "2026-03"


def test_the_letter_is_in_the_readers_language_with_the_pdf(
    mailer: sending.Mailer, catcher: Catcher
) -> None:
    subscribe(mailer, language="km", with_pdf=True)
    later(mailer, days=1)
    sending.send_due(mailer)
    (letter,) = catcher.letters
    (attached,) = letter.iter_attachments()
    assert "របាយការណ៍" in body(letter)
    assert attached.get_filename() == "reach-2026-03-km.pdf"
    assert attached.get_content().startswith(b"%PDF")


def test_readers_of_one_month_get_one_publication(mailer: sending.Mailer) -> None:
    subscribe(mailer)
    subscribe(mailer, name="The ministry")
    later(mailer, days=1)
    assert sending.send_due(mailer) == 2
    assert len(publishing.publications(mailer.engine)) == 1


def test_what_the_server_refuses_is_tried_again_and_its_link_ends(
    mailer: sending.Mailer, catcher: Catcher
) -> None:
    subscribe(mailer)
    later(mailer, days=1)
    catcher.says = "451 later"
    assert sending.send_due(mailer) == 0
    assert states(mailer) == [Mailing.WAITING]
    (link,) = links.links(mailer.engine)
    assert link.revoked_at is not None
    catcher.says = "250 taken"
    assert sending.send_due(mailer) == 0  # not yet
    later(mailer, minutes=6)
    assert sending.send_due(mailer) == 1
    assert states(mailer) == [Mailing.SENT]


def test_where_no_server_answers_it_is_tried_again_and_at_last_given_up(
    mailer: sending.Mailer,
) -> None:
    away = replace(mailer, post=Post("smtp://127.0.0.1:1"))
    subscribe(away)
    later(away, days=1)
    for _ in range(6):
        sending.send_due(away)
        later(away, hours=25)
    assert states(away) == [Mailing.FAILED]


def test_what_nobody_knows_of_is_never_sent_twice_by_itself(
    mailer: sending.Mailer, catcher: Catcher
) -> None:
    subscribe(mailer)
    later(mailer, days=1)
    catcher.says = "hang up"
    sending.send_due(mailer)
    catcher.says = "250 taken"
    later(mailer, days=2)
    assert sending.send_due(mailer) == 0
    assert states(mailer) == [Mailing.UNCERTAIN]
    (line,) = subscribing.mailings(mailer.engine)
    subscribing.send_again(mailer.engine, mailer.clock, line.public_id, WHO)
    assert sending.send_due(mailer) == 1
    with pytest.raises(Conflict, match="sent"):
        subscribing.send_again(mailer.engine, mailer.clock, line.public_id, WHO)


def test_whoever_dies_while_sending_leaves_it_uncertain(
    mailer: sending.Mailer, catcher: Catcher
) -> None:
    subscribe(mailer)
    later(mailer, days=1)
    sending._put_up(mailer)
    with transaction(mailer.engine) as connection:
        (row,) = queries.waiting(connection, mailer.clock.now())
        taken = {"tries": 1, "next_at": mailer.clock.now()}
        assert queries.move(connection, row, Mailing.SENDING, taken)
    assert sending.send_due(mailer) == 0  # another may be at it
    assert states(mailer) == [Mailing.SENDING]
    later(mailer, minutes=16)
    assert sending.send_due(mailer) == 0
    assert states(mailer) == [Mailing.UNCERTAIN]
    assert catcher.letters == []


def test_two_processes_send_it_once(mailer: sending.Mailer) -> None:
    subscribe(mailer)
    later(mailer, days=1)
    sending._put_up(mailer)
    with reading(mailer.engine) as connection:
        (row,) = queries.waiting(connection, mailer.clock.now())
    assert [sending._send(mailer, row) for _ in range(2)] == [True, False]


def test_who_unsubscribed_gets_nothing(mailer: sending.Mailer, catcher: Catcher) -> None:
    name = subscribe(mailer)
    subscribing.unsubscribe(mailer.engine, mailer.clock, name, WHO)
    later(mailer, days=1)
    assert not sending.waits(mailer.engine, mailer.clock)
    assert sending.send_due(mailer) == 0


def test_s18_an_address_is_sealed_and_in_no_list(mailer: sending.Mailer) -> None:
    subscribe(mailer)
    with reading(mailer.engine) as connection:
        kept = repr(connection.execute(queries.SUBSCRIPTIONS.select()).all())
    assert READER not in kept
    assert READER not in repr(subscribing.subscriptions(mailer.engine))


@pytest.mark.parametrize(
    "address", ["", "x", "a@b", "a@b.c\nBcc: d@e.f", "A <a@b.c>", "a@b.c,d@e.f", "a b@c.d"]
)
def test_what_is_no_address_is_refused(mailer: sending.Mailer, address: str) -> None:
    with pytest.raises(BadInput, match="e-mail"):
        subscribing.subscribe(
            mailer.engine, mailer.vault, mailer.clock, address, subscribing.Wish("The fund"), WHO
        )


@pytest.mark.parametrize(
    ("now", "day", "since", "month"),
    [
        ("2026-04-05", 5, "2026-01-01", date(2026, 3, 1)),
        ("2026-04-30", 5, "2026-01-01", date(2026, 3, 1)),
        ("2026-04-04", 5, "2026-01-01", None),
        ("2026-04-30", 5, "2026-04-06", None),  # subscribed after it was due
        ("2026-01-05", 5, "2025-01-01", date(2025, 12, 1)),
    ],
)
def test_the_last_month_is_due_from_its_day_on(
    now: str, day: int, since: str, month: date | None
) -> None:
    at, begun = (datetime.fromisoformat(f"{text}T03:00:00+00:00") for text in (now, since))
    assert due_month(at, day, begun) == month


def test_it_is_tried_five_times_more_at_growing_distances() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    times = [next_try(now, tries) for tries in range(1, 7)]
    assert times[-1] is None
    found = [time for time in times if time]
    assert found == sorted(found)
    assert len(found) == 5
