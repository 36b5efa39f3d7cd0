"""A lane on the sealed store's tables: the pipeline does not know which lane it serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from outreach.delivery.dispatch import Dispatcher, SenderPace
from outreach.delivery.lane import Lane
from outreach.delivery.rules.retry import RetryPolicy
from outreach.gateways.memory import MemoryGateway
from outreach.hotline import queries
from outreach.hotline.lane import answers_lane
from outreach.kernel.clock import FixedClock
from outreach.kernel.ids import public_id
from outreach.kernel.sealing import Vault
from outreach.store.engine import transaction
from tests.delivery.rows import SENDER, deliveries


@pytest.fixture
def lane(vault: Vault) -> Lane:
    """Deliveries that are tried up to three times, at 08 and 18 o'clock."""

    def policies(_connection, rows):
        return {row.id: RetryPolicy(limit=3, hours=(8, 18)) for row in rows}

    return replace(answers_lane(vault), policies=policies)


@pytest.fixture
def gateway(clock: FixedClock) -> MemoryGateway:
    return MemoryGateway(now=clock.now)


@pytest.fixture
def dispatcher(
    database: Engine, clock: FixedClock, gateway: MemoryGateway, lane: Lane
) -> Iterator[Dispatcher]:
    with ThreadPoolExecutor(1) as executor:
        pace = SenderPace(SENDER, parts_per_second=10_000, calls_per_second=1_000)
        yield Dispatcher(database, clock, gateway, [lane], pace, executor)


@pytest.fixture
def queue(database: Engine, clock: FixedClock, vault: Vault) -> Callable[..., list[int]]:
    """Queues `count` deliveries; returns their ids."""

    def add(count: int = 1, *, channel: str = "sms", hours: float = 48) -> list[int]:
        now = clock.now()
        with transaction(database) as connection:
            for position in range(count):
                queries.add_deliveries(
                    connection,
                    [
                        {
                            "state": "pending",
                            "reason": "",
                            "channel": channel,
                            "zone": "Asia/Phnom_Penh",
                            "due_at": now,
                            "expires_at": now + timedelta(hours=hours),
                            "attempts": 0,
                            "updated_at": now,
                            "reference": public_id("re"),
                            "number_key": vault.lookup(str(position)),
                            "address_sealed": vault.seal(f"+85538{position:07d}"),
                            "body_sealed": vault.seal("សួស្តី"),
                            "parts": 1,
                        }
                    ],
                )
        return [row.id for row in deliveries(database)][-count:]

    return add
