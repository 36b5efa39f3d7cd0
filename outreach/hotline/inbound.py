"""Takes in texts: understands them, applies STOP or START, queues the answers, calls a person.

All in one transaction before the hooks are answered: if the process dies before the commit, the
gateway delivers the texts again, and their SIDs make sure that each counts once. What many texts
need is read and written in one statement for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from outreach.gateways.ports import Inbound
from outreach.hotline import queries
from outreach.hotline.answering import body, parts_of_ours, row
from outreach.hotline.callback import ask
from outreach.hotline.desk import Desk
from outreach.hotline.inbox import opening
from outreach.hotline.menu.memory import Memories
from outreach.hotline.register import Known
from outreach.hotline.rules.answer import ANSWER_WITHIN, LOOP_WINDOW, Decision, Recent, decide
from outreach.hotline.rules.calling import CALL_WITHIN
from outreach.hotline.rules.menu import Memory, Turn, turn
from outreach.hotline.rules.order import Since, obeyed, since
from outreach.hotline.understood import meanings
from outreach.kernel.errors import Unavailable
from outreach.kernel.ids import public_id
from outreach.language.fallback import pick
from outreach.language.match import Match, match
from outreach.language.matchkey import match_key
from outreach.people import contacts, optout
from outreach.people.contacts import ContactView
from outreach.people.persons import safe
from outreach.store.chained import chained
from outreach.store.engine import practising, transaction
from outreach.store.gathered import together
from outreach.store.ledger import Fact, append_some

# Of what came after a text that is taken in late, so much is looked at.
_LATER = 50
# What is answered and what alarms, a wish to be called, a menu and its digit, a STOP.
_PRACTICE = ("asdf", "ជួយ", "9", "#", "1", "STOP")


@dataclass(frozen=True)
class Heard:
    """What became of a text: `new` is False for one that had come before."""

    new: bool
    intent: str = ""
    answered: bool = False


def get_ready(desk: Desk) -> None:
    """Does what the first texts would have to wait for: the lexicon is read, and every statement
    built, by taking in texts of nobody, of which nothing stays."""
    with practising(desk.engine) as connection:
        for body in _PRACTICE:
            receive_in(connection, desk, [Inbound(public_id("practice"), "nobody", "", body)])


def receive(desk: Desk, texts: Sequence[Inbound]) -> list[Heard]:
    """Takes in `texts` in one transaction."""
    with transaction(desk.engine) as connection:
        return receive_in(connection, desk, texts)


def receive_in(connection: Connection, desk: Desk, texts: Sequence[Inbound]) -> list[Heard]:
    """The same inside the caller's transaction."""
    if not texts:
        return []
    now = desk.clock.now()
    said = meanings(text.body for text in texts)
    heard = [Heard(new=False)] * len(texts)
    first = {text.sid: index for index, text in reversed(list(enumerate(texts)))}
    intake = _Intake(
        connection, desk, [texts[index] for _, index in sorted(first.items())], said, now
    )
    fresh = sorted(first[sid] for sid in intake.fresh)
    intake.expect([texts[index] for index in fresh if said[texts[index].body].opt_out])
    # By number, so that two processes lock what belongs to one in one order and none waits for the
    # other; a person's own texts stay in theirs.
    for index in sorted(fresh, key=lambda index: texts[index].sender_number):
        heard[index] = intake.take(texts[index], said[texts[index].body])
    intake.write()
    return heard


def _row(desk: Desk, text: Inbound, said: Match, now: datetime) -> dict[str, Any]:
    """What is kept of a text."""
    return {
        "sid": text.sid,
        "number_key": desk.help_vault.lookup(text.sender_number),
        "number_sealed": desk.help_vault.seal(text.sender_number),
        "body_sealed": desk.help_vault.seal(text.body),
        "intent": said.intent,
        "language": said.language or "",
        "at": text.at or now,
    }


@dataclass
class _Gathered:
    """What a batch leads to, written at its end."""

    words: list[opening.Word] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    alerts: list[tuple[str, str]] = field(default_factory=list)
    intents: list[tuple[str]] = field(default_factory=list)
    calls: list[Inbound] = field(default_factory=list)
    meant: list[tuple[str, str]] = field(default_factory=list)


class _Intake:
    """A batch of texts, each kept once. `fresh` are the SIDs of those that had not come before."""

    def __init__(
        self,
        connection: Connection,
        desk: Desk,
        texts: Sequence[Inbound],
        said: Mapping[str, Match],
        now: datetime,
    ) -> None:
        self._connection, self._desk, self._now = connection, desk, now
        vault, help_vault = desk.vault, desk.help_vault
        numbers = {text.sender_number for text in texts}
        by_key = {key: number for number in numbers for key in help_vault.lookups(number)}
        stored, known, kept, answered = together(
            connection,
            queries.storing(connection, [_row(desk, text, said[text.body], now) for text in texts]),
            contacts.asking(connection, vault, numbers),
            Memories.asking(connection, help_vault, numbers),
            queries.recent_answers(connection, by_key, now - LOOP_WINDOW),
        )
        self.fresh = [row.sid for row in stored]
        self._known = Known(connection, desk, contacts.found(vault, numbers, known))
        self._memories = Memories.found(help_vault, numbers, kept, now)
        self._recent = _recent(by_key, answered, now)
        self._gathered = _Gathered()

    def expect(self, stops: Iterable[Inbound]) -> None:
        """Those of them that say STOP, before any is taken in."""
        self._known.expect_stops(text.sender_number for text in stops)

    def take(self, text: Inbound, alone: Match) -> Heard:
        """Takes in one of them, which by itself means `alone`."""
        number, now, came = text.sender_number, self._now, text.at or self._now
        memory = self._memories.of(number)
        said = turn(alone, match_key(text.body), memory, self._desk.replies.landmarks)
        intent = said.said.intent
        if intent != alone.intent:
            self._gathered.meant.append((text.sid, intent))
        contact = self._known.contact(number)  # as they were: an answer tells nothing new (S3)
        then = self._since(text)
        if obeyed(said.said, then):
            self._known.obey(number, text.body, said.said, now)
        self._gathered.words.append(opening.Word(number, said.said, came, then.left))
        self._gathered.intents.append((intent.lower(),))
        if alone.digit == "9" and now - came <= CALL_WITHIN:
            self._gathered.calls.append(text)
        recent = self._recent.get(number, Recent())
        decision = decide(
            intent,
            opted_out=said.said.opt_out,
            recent=recent,
            late=then.left or now - came >= ANSWER_WITHIN,
        )
        self._tell(decision, memory.quiet_until)
        self._memories.keep(number, self._after(said, decision))
        answered = self._answer(number, contact, said, decision, came)
        if answered:
            self._recent[number] = Recent(recent.answers + 1, timedelta(0))
        return Heard(True, intent, answered)

    def write(self) -> None:
        """Writes what the texts lead to; conversations first, whose rows other processes want."""
        connection, desk, now, gathered = self._connection, self._desk, self._now, self._gathered
        with chained(connection) as writer:
            # Who asks to be called is held before anything else that belongs to them is.
            first = connection if gathered.calls else writer
            opening.texted(connection, first, desk, gathered.words, now)
            for text in gathered.calls:
                ask(connection, desk, text.sender_number, source="sms", source_id=text.sid, now=now)
            self._memories.save(writer)
            queries.set_intents(writer, gathered.meant)
            queries.add_alerts(writer, gathered.alerts, now)
            queries.add_deliveries(writer, gathered.answers)
            append_some(writer, Fact("help.conversation", now), ("detail",), gathered.intents)

    def _since(self, text: Inbound) -> Since:
        """What the person did after a text that the hook missed, and that may be old."""
        if text.at is None:
            return Since()
        connection, desk, number = self._connection, self._desk, text.sender_number
        keys = desk.help_vault.lookups(number)
        sealed = queries.later_texts(connection, keys, text.at, _LATER)
        try:
            later = [match(desk.help_vault.unseal(body)) for body in sealed]
        except Unavailable:  # a key is missing: a STOP counts, and nothing undoes one
            return Since(stopped=True, left=True, ended=True)
        stopped = optout.stopped_since(connection, desk.vault, number, text.at, by_text=False)
        ended = optout.ended_since(connection, desk.vault, number, text.at)
        return since(later, stopped=stopped, ended=ended)

    def _tell(self, decision: Decision, quiet_until: datetime | None) -> None:
        told = decision.quiet and quiet_until is not None and quiet_until > self._now
        if decision.alert and not told:
            self._gathered.alerts.append((decision.alert, public_id("in")))

    def _after(self, said: Turn, decision: Decision) -> Memory:
        until = said.memory.quiet_until
        if not decision.quiet or (until is not None and until > self._now):
            return said.memory
        return replace(said.memory, quiet_until=self._now + LOOP_WINDOW)

    def _answer(
        self,
        number: str,
        contact: ContactView | None,
        said: Turn,
        decision: Decision,
        came: datetime,
    ) -> bool:
        desk = self._desk
        if decision.answer is None or not self._wanted(decision.answer, contact):
            return False
        told = said.memory.language or (contact.language if contact else None)
        written = said.said.lang or said.said.language
        language = pick(written, told, desk.replies.languages)
        landmarks, place = desk.replies.landmarks, said.memory.place
        if said.asks is not None:
            text = landmarks.text(said.asks, place, language)
        else:
            topic = said.topic or decision.answer
            text = body(desk, topic, language, landmarks.country(place), self._now)
        answer = row(desk, number, text, parts_of_ours(text), self._now)
        # S9 counts from when the person wrote.
        self._gathered.answers.append(answer | {"expires_at": came + ANSWER_WITHIN})
        return True

    def _wanted(self, answer: str, contact: ContactView | None) -> bool:
        """Whoever chose so gets no line after STOP (S4)."""
        if answer != "STOP" or contact is None:
            return True
        return safe.stop_reply(self._connection, contact.id)


def _recent(
    by_key: Mapping[bytes, str], answered: Iterable[Any], now: datetime
) -> dict[str, Recent]:
    """The automatic answers that each number got of late."""
    found: dict[str, Recent] = {}
    for got in answered:
        number = by_key[got.number_key]
        before = found.get(number, Recent())
        since_last = min(before.since_last, now - got.last)
        found[number] = Recent(before.answers + got.answers, since_last)
    return found
