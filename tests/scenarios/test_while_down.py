"""What came to any number of ours while nobody listened: over HTTP, from the network's lists."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from outreach.bootstrap import assemble
from outreach.content.shipped import shipped_of
from outreach.gateways.registry import gateway_from
from outreach.hotline import queries
from outreach.hotline.catching_up import before_sending
from outreach.hotline.inbox import queries as inbox
from outreach.kernel.clock import FixedClock
from outreach.kernel.sealing import new_keys
from outreach.people import contacts
from outreach.people.communities import managing
from outreach.people.communities.managing import Details
from outreach.settings import load_settings
from outreach.simulator.network import Network
from outreach.simulator.server import create_app
from outreach.store.engine import reading
from tests.asgi import serving
from tests.simulator.conftest import SENDER, SID, TOKEN, network_config
from tests.world import World, number

DOOR, JOIN = number(9_000_800), number(9_000_900)
ANNA, BORA, CHAN, DARA = (number(index) for index in range(1, 5))
FACTORY = Details(
    "factory", country="TH", name_km="រោងចក្រ", name_en="Factory", join_number=JOIN, wording="v1"
)
Story = Callable[[World, Network], Awaitable[None]]
Tell = Callable[[Story], None]


@pytest.fixture(params=["twilio", "somleng"])
def tell(
    request: pytest.FixtureRequest, database: Engine, database_url: str, clock: FixedClock
) -> Tell:
    """Tells a story of a network whose hooks reach nobody, and of us with a door."""

    @asynccontextmanager
    async def down() -> AsyncIterator[tuple[World, Network]]:
        app = create_app(network_config(), clock)
        settings = load_settings(
            database_url=database_url, secret_keys=new_keys(), help_keys=new_keys(),
            sender=SENDER, numbers=DOOR,
        )  # fmt: skip
        async with serving(app) as there:
            gateway = gateway_from(
                request.param, base_url=there, account_sid=SID, auth_token=TOKEN,
                public_url=settings.public_url,
            )  # fmt: skip
            runtime = assemble(settings, database, clock, gateway, shipped_of(settings))
            managing.add(database, runtime.desk.vault, clock, FACTORY)
            try:
                yield World(runtime), app.state.network
            finally:
                await gateway.close()
                runtime.executor.shutdown()

    def run(story: Story) -> None:
        async def whole() -> None:
            async with down() as (world, network):
                await story(world, network)

        asyncio.run(whole())

    return run


async def listen(world: World) -> None:
    r = world.runtime
    await before_sending(r.desk, r.gateway, r.settings.own_numbers, r.executor)
    r.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]


def consent(world: World, *who: str) -> list[Any]:
    vault = world.runtime.desk.vault
    with reading(world.runtime.engine) as connection:
        found = contacts.find_by_numbers(connection, vault, set(who))
    return [found[each].consent if each in found else None for each in who]


def test_s14_what_came_to_a_door_or_a_join_number_is_heard_of(tell: Tell) -> None:
    async def story(world: World, network: Network) -> None:
        world.enrol(1)
        network.text(ANNA, "STOP", DOOR)
        network.text(BORA, "ជួយ", DOOR)
        network.missed_call(CHAN, DOOR)
        network.missed_call(DARA, JOIN)
        for _ in range(3):
            await listen(world)
        assert consent(world, ANNA, BORA, CHAN, DARA) == ["opted_out", None, None, "consented"]
        assert len(world.all(inbox.CONVERSATIONS)) == 2
        assert len(world.all(queries.CALL_BACKS)) == 1
        assert sorted(row.name for row in world.all(queries.CURSORS)) == [SENDER, DOOR, JOIN]

    tell(story)


def test_s14_texts_to_several_numbers_count_in_the_order_in_which_they_were_said(
    tell: Tell,
) -> None:
    async def story(world: World, network: Network) -> None:
        world.enrol(1)
        for who, said in ((ANNA, "START"), (BORA, "STOP"), (ANNA, "STOP"), (BORA, "START")):
            network.text(who, said, SENDER if said == "START" else DOOR)
            world.runtime.clock.advance(timedelta(seconds=5))  # type: ignore[attr-defined]
        await listen(world)
        assert consent(world, ANNA, BORA) == ["opted_out", "consented"]

    tell(story)
