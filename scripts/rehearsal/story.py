"""The main job, told step by step: register, campaign, broadcast, answers, STOP, reach."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from sqlalchemy import Engine

from outreach.bootstrap import migrate
from outreach.content.campaign import load
from outreach.content.doors import load_doors, render
from outreach.content.shipped import prices_of
from outreach.kernel.mask import mask
from outreach.language.parts import count as count_parts
from outreach.people.importing import ImportReport, import_contacts
from outreach.people.places import load_places
from outreach.planning import campaigns
from outreach.planning.cost import estimate
from outreach.reach.fold import fold
from outreach.reach.report import Report, report
from scripts.rehearsal import facts, handsets, look
from scripts.rehearsal.door import DOOR
from scripts.rehearsal.network import Network
from scripts.rehearsal.register import write_register
from scripts.rehearsal.watch import Watch
from scripts.rehearsal.world import FIRES, ZONE, World

SLUG = "safe-migration"
_BEFORE = timedelta(seconds=30)
_ANSWERED = "SELECT count(*) FROM help_delivery WHERE state = 'done'"
Say = Callable[[str], None]


@dataclass
class Story:
    """One telling. `say` prints a line; `quiet` hides progress bars."""

    world: World
    say: Say
    quiet: bool
    contacts: int
    seed: int
    engine: Engine = field(init=False)
    network: Network = field(init=False)
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.engine = migrate(self.world.settings)
        self.network = Network(
            self.world.simulator.url, self.world.account_sid, self.world.auth_token
        )
        self.watch = Watch(self.world, self.engine, self.network, quiet=self.quiet)

    def prepare(self) -> ImportReport:
        """A fresh database, the gazetteer, the register, the campaign and its schedule."""
        world = self.world
        self.say(f"1. Database made and migrated; places: {load_places(self.engine)}.")
        register = write_register(
            world.folder / "register.csv", communes(self.engine), self.contacts, self.seed
        )
        imported = import_contacts(
            self.engine,
            world.settings.vault(),
            world.clock,
            register.path,
            dry_run=False,
            rejects_path=world.folder / "register.rejected.csv",
            progress=lambda _done, _of: None,
        )
        self._tell_import(imported)
        self._campaign()
        left = datetime.fromisoformat(FIRES).replace(tzinfo=ZONE) - world.clock.now()
        world.clock.skip(max(left - _BEFORE, timedelta(0)))
        return imported

    def broadcast(self) -> None:
        """The schedule fires; in mid-broadcast somebody whose message still waits says STOP."""
        self.say(f"4. The clock shows {self._now()}; the schedule fires at 18:00.")
        self.watch.until(lambda: bool(look.states(self.engine)), "the schedule does not fire")
        waiting = handsets.queued(self.engine, self.world.settings.vault())
        if waiting:
            self.network.text(waiting, "STOP")
            self.say(f"   {mask(waiting)} says STOP while its message is still in the queue.")
        self.watch.settle()
        self.say(f"   First round done at {self._now()}: {_listed(look.states(self.engine))}.")

    def answers(self) -> None:
        """Handsets text and ring us; each is answered in its language."""
        people = handsets.reached(self.engine, self.world.settings.vault())
        numbers = _turns([*people[: len(handsets.TEXTS)], *handsets.STRANGERS])
        for text in (*handsets.TEXTS, handsets.TEXTS[0]):
            number = next(numbers)
            self.network.text(number, text.body)
            self.say(f"   {mask(number)} texts {text.body!r}: {text.shows}.")
        self.watch.settle()
        self.say(f"5. {self._count(_ANSWERED)} answers reached their handsets.")
        self.say(f"   Whoever asks for help reads this: “{self._answer(handsets.TEXTS[0].body)}”")
        self._door(handsets.STRANGERS[1])

    def _door(self, number: str) -> None:
        """Somebody says where they are, so they are told a number, and ring it."""
        for body in (*handsets.WHEREABOUTS, handsets.TEXTS[0].body):
            self._ask(number, body)
        self.say(
            "   Whoever said where they are reads a number too (ours, a fictional one):"
            f" “{self._answer(handsets.WHEREABOUTS[0])}”"
        )
        self.network.missed_call(number, DOOR)
        self.watch.settle()
        self.say(f"   {mask(number)} rings it once, which costs nothing: a person is to call back.")

    def _ask(self, number: str, body: str) -> None:
        """`number` texts `body`, and waits for the answer."""
        before = self._count(_ANSWERED)
        self.network.text(number, body)
        self.watch.until(lambda: self._count(_ANSWERED) > before, "nobody answers")

    def finish(self) -> None:
        """Retries at other hours, the other channel, horizons: the clock skips what is idle."""
        self.watch.finish()
        self.say(f"6. All settled by {self._now()}: {_listed(look.states(self.engine))}.")

    def facts(
        self, imported: ImportReport, began: float, within: timedelta = timedelta(0)
    ) -> dict[str, Any]:
        """What came of it, and whether the handsets agree; `within` see `look.sent_after_stop`."""
        fold(self.engine)
        reach = report(self.engine)
        attempts, truth = look.attempts(self.engine), self.network.truth()
        got = facts.by_sid(truth)
        states = Counter(look.states(self.engine))
        found = {
            "contacts": imported.added,
            "rejected_rows": imported.rejected,
            "listed": imported.listed,
            "deliveries": states.total(),
            "delivered": states["done"],
            "unknown": states["unknown"],
            "failed": states["failed"],
            "expired": states["expired"],
            "suppressed": states["suppressed"],
            "reached_unique": reach.reached,
            "opted_out": self._count("SELECT count(*) FROM opt_out WHERE ended_at IS NULL"),
            "sent_after_stop": look.sent_after_stop(self.engine, within),
            "replies": self._count(_ANSWERED),
            "calls": self._count("SELECT count(*) FROM attempt WHERE channel = 'voice'"),
            "callbacks_requested": self._count("SELECT count(*) FROM call_back"),
            "by_province": reached_by_province(reach),
            "by_operator": dict(facts.operators(truth)),
            "handset_mismatches": facts.mismatches(attempts, got),
            "double_sends": facts.double_sends(attempts, got),
            "parts": reach.parts,
            "cost": float(round(reach.cost, 2)),
            "currency": reach.currency,
            "seconds": round(time.monotonic() - began, 1),
        }
        self._tell_reach(reach, found)
        return found

    def _campaign(self) -> None:
        settings, world = self.world.settings, self.world
        doors = load_doors(settings.campaigns_dir / "doors.csv")
        campaign = load(settings.campaigns_dir / SLUG, doors)
        campaigns.bring_in(self.engine, world.clock, campaign, doors)
        self.say(f"3. Campaign {campaign.name_en} ({campaign.name_km}), checked:")
        for language, text in campaign.texts.items():
            body = render(text, doors)
            self.say(f"   {language}, {count_parts(body).parts} part(s): {body}")
        cost = estimate(self.engine, world.clock, SLUG, prices_of(settings))
        self.say(
            f"   Before anything is sent: {cost.sms} SMS in {cost.parts} parts, {cost.calls} calls,"
            f" about {cost.cost:.2f} {cost.currency}; {cost.suppressed} not sent to."
        )
        campaigns.set_schedule(
            self.engine, world.clock, SLUG, kind="once", rule=FIRES, zone=str(ZONE)
        )

    def _tell_import(self, imported: ImportReport) -> None:
        self.say(
            f"2. Register: {imported.added} contacts in, {imported.listed} of them only listed "
            f"(no consent, so not sent to), {imported.duplicates} double, "
            f"{imported.rejected} rows rejected:"
        )
        for row in imported.samples[:3]:
            self.say(f"   line {row.line}, {row.column} {row.masked}: {row.reason}")
        self.say(f"   … all in {self.world.folder / 'register.rejected.csv'} to mend.")

    def _tell_reach(self, reach: Report, found: dict[str, Any]) -> None:
        self.say(
            f"7. Reach: {reach.reached} people reached of {reach.registered} registered; "
            f"{found['replies']} answers, {found['callbacks_requested']} call-backs wanted, "
            f"{found['opted_out']} opted out; "
            f"{reach.parts} parts, {reach.cost:.2f} {reach.currency}."
        )
        self.say(
            f"   Claims against the handsets' truth: {found['handset_mismatches']} mismatches, "
            f"{found['double_sends']} double sends, {found['sent_after_stop']} sent after STOP."
        )

    def _answer(self, body: str) -> str:
        """The newest text of ours on the handset that first texted `body`."""
        for handset in self.network.truth()["handsets"]:
            if body in handset["sent"]:
                return str(handset["messages"][-1]["body"])
        return ""

    def _count(self, query: str) -> int:
        return look.count(self.engine, query)

    def _now(self) -> str:
        return self.world.clock.now().astimezone(ZONE).strftime("%A %H:%M")


def communes(engine: Engine) -> list[str]:
    """The codes of all communes."""
    return look.column(engine, "SELECT code FROM place WHERE kind = 'commune' ORDER BY code")


def reached_by_province(reach: Report) -> dict[str, int]:
    """People reached, by NCDD code."""
    return {row.value: row.reached for row in reach.by["province"]}


def _turns(numbers: list[str]) -> Iterator[str]:
    return cycle(dict.fromkeys(numbers))


def _listed(states: Any) -> str:
    return ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
