"""Fills a database with people and a campaign, and plays the person at the other end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import Row, Table, text

from outreach.bootstrap import Runtime
from outreach.content.audience.written import read_rule
from outreach.content.campaign import load
from outreach.content.doors import load_doors
from outreach.content.source import Problem
from outreach.delivery.receipts import record
from outreach.gateways.memory import MemoryGateway
from outreach.gateways.ports import Inbound, Report, State
from outreach.hotline.inbound import Heard, receive
from outreach.kernel.ids import public_id
from outreach.people import queries as people
from outreach.planning import broadcasts, campaigns
from outreach.store.engine import reading, transaction

SLUG = "safe-migration"


def number(index: int) -> str:
    """A number that no operator has."""
    return f"+85538{index:07d}"


@dataclass
class World:
    """A runtime, and what tests do with it."""

    runtime: Runtime
    sids: int = 0

    @property
    def gateway(self) -> MemoryGateway:
        """The gateway, with what it was given."""
        assert isinstance(self.runtime.gateway, MemoryGateway)
        return self.runtime.gateway

    def enrol(self, index: int, **columns: Any) -> str:
        """Registers somebody who consented, reads, and whose phone shows Khmer; their number."""
        now, vault, who = self.runtime.clock.now(), self.runtime.desk.vault, number(index)
        row = {
            "public_id": public_id("co"),
            "number_key": vault.lookup(who),
            "number_sealed": vault.seal(who),
            "consent": "consented",
            "language": "km",
            "channel": "",
            "reads": "yes",
            "shows_khmer": "yes",
            "sex": "female",
            "age_band": "18-24",
            "audience": "aspirant",
            "destination": "TH",
            "province": "01",
            "commune": "010201",
            "timezone": "Asia/Phnom_Penh",
            "operator_hint": "",
            "own_words": [],
            "created_at": now,
            "updated_at": now,
        }
        with transaction(self.runtime.engine) as connection:
            connection.execute(people.CONTACTS.insert().values(row | columns))
        return who

    def bring_in(self, audience: str = "everybody", **changes: Any) -> str:
        """Brings the shipped campaign in, for an audience in YAML, with other `changes`; returns
        its digest."""
        runtime, problems = self.runtime, list[Problem]()
        doors = load_doors(runtime.settings.campaigns_dir / "doors.csv")
        doors |= changes.pop("doors", {})
        file = load(runtime.settings.campaigns_dir / SLUG, doors)
        rule = read_rule(file.path, YAML().load(audience), 1, problems)
        assert not problems
        file = replace(file, audience=rule, **changes)
        campaigns.bring_in(runtime.engine, runtime.clock, file, doors)
        return str(self.one(f"SELECT digest FROM campaign WHERE slug = '{file.slug}'"))  # noqa: S608

    def fire(self, audience: str = "everybody", **changes: Any) -> None:
        """Brings the shipped campaign in and lets it fire now; plans it whole."""
        runtime, slug = self.runtime, changes.get("slug", SLUG)
        self.bring_in(audience, **changes)
        at = runtime.clock.now().strftime("%Y-%m-%dT%H:%M:%S")
        campaigns.set_schedule(
            runtime.engine, runtime.clock, slug, kind="once", rule=at, zone="UTC"
        )
        assert broadcasts.fire_due(runtime.engine, runtime.clock) == 1
        self.plan()

    def plan(self) -> None:
        """Plans what is not planned yet."""
        while broadcasts.plan(self.runtime.engine, self.runtime.clock):
            continue

    def send(self) -> None:
        """Sends all that is due."""
        asyncio.run(self.runtime.dispatcher().drain())

    def text(self, who: str, body: str, sid: str = "") -> Heard:
        """Somebody texts us."""
        self.sids += 1
        text = Inbound(sid or f"SM{self.sids}", who, "+855380000001", body)
        (heard,) = receive(self.runtime.desk, [text])
        return heard

    def report(self, attempt: str, state: State, **more: Any) -> None:
        """The gateway reports on an attempt by its public id."""
        report = Report(f"sid-{attempt}", attempt, state, **more)
        record(self.runtime.engine, self.runtime.clock, self.runtime.lanes, [report])

    def got(self, who: str) -> list[str]:
        """The texts that somebody was sent, oldest first."""
        return [sms.body for sms in self.gateway.sms if sms.to == who]

    def all(self, table: Table) -> Sequence[Row[Any]]:
        """All rows of a table, oldest first."""
        with reading(self.runtime.engine) as connection:
            return connection.execute(table.select().order_by(*table.primary_key)).all()

    def one(self, query: str) -> Any:
        """The one value that a query gives."""
        with reading(self.runtime.engine) as connection:
            return connection.execute(text(query)).scalar_one()


def crowd(world: World, count: int, first: int = 0) -> None:
    """Registers `count` people like `World.enrol` does, numbers from `first` on, in one
    statement."""
    world.enrol(first)
    vault = world.runtime.desk.vault
    with transaction(world.runtime.engine) as connection:
        (like,) = connection.execute(people.CONTACTS.select()).all()
        row = {name: value for name, value in like._mapping.items() if name != "id"}
        own = (
            {
                "public_id": f"co_{index}",
                "number_key": vault.lookup(number(index)),
                "number_sealed": vault.seal(number(index)),
            }
            for index in range(first + 1, first + count)
        )
        connection.execute(people.CONTACTS.insert(), [row | mine for mine in own])
