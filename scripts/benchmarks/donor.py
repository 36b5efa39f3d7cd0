"""`donor`: the page behind a link, asked for 20 times a second, beside its size on the wire.

`outreach serve` gives a published report of 200 campaigns; every second reader asks in English. A
reader's time counts from when they were due, so a queue shows. The baselines are the limits.
"""

from __future__ import annotations

import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from outreach.kernel.clock import SystemClock
from outreach.people.audit import Asking
from outreach.reach import fold as folding
from outreach.reach.publications import links, publishing
from outreach.store.engine import transaction
from outreach.store.ledger import Fact, append
from scripts.benchmarks.measure import Result, at_most
from scripts.benchmarks.receipts import serving
from scripts.benchmarks.world import World, sqlite_world

_PER_SECOND, _SECONDS, _READERS, _CAMPAIGNS, _PEOPLE = 20, 30, 40, 200, 20_000
_P99_SECONDS, _FIRST_SECONDS, _KILOBYTES = 0.3, 1.0, 200.0
_LANGUAGES = ("km", "en")
_WHO = Asking("bench", "a benchmark asks for it")


def run(scale: float) -> Iterator[Result]:
    """How long the first reader of a language waits, for whom it is rendered; the 99th of 100
    readers after them; all that a phone loads, in kilobytes."""
    with (
        tempfile.TemporaryDirectory(prefix="outreach-bench-") as name,
        sqlite_world(Path(name), 10) as world,
    ):
        page = f"{world.settings.public_url}/r/{_published(world)}/"
        with serving(world):
            first = max(_seconds(f"{page}?lang={language}") for language in _LANGUAGES)
            seconds = _read(page, round(_PER_SECOND * _SECONDS * scale))
            size = _size(page) + _size(f"{world.settings.public_url}/static/khmer.woff")
        p99 = seconds[min(len(seconds) - 1, len(seconds) * 99 // 100)]
        yield at_most("donor.first", "sqlite", first, _FIRST_SECONDS, "s")
        yield at_most("donor.p99", "sqlite", p99, _P99_SECONDS, "s")
        yield at_most("donor.size", "sqlite", size / 1000, _KILOBYTES, "kB")


def _published(world: World) -> str:
    """A link to the report of everybody's campaigns."""
    now = world.clock.now()
    facts = [
        Fact(f"attempt.{what}", now - timedelta(days=person % 60), **_about(person), **more)
        for person in range(1, _PEOPLE + 1)
        for what, more in (("accepted", {"amount": 1}), ("delivered", {"detail": "submitted"}))
    ]
    with transaction(world.engine) as connection:
        append(connection, facts)
    folding.fold(world.engine)
    made = publishing.publish_period(world.engine, world.clock, None, None, _WHO)
    link = links.make_link(world.engine, SystemClock(), made.public_id, "bench", 1, _WHO)
    return link.token


def _about(person: int) -> dict[str, Any]:
    return {
        "contact_id": person,
        "attempt_id": person,
        "campaign_id": person % _CAMPAIGNS + 1,
        "channel": "sms",
        "province": f"{person % 25 + 1:02}",
        "sex": ("female", "male", "not_asked")[person % 3],
        "language": "km",
    }


def _read(page: str, readers: int) -> list[float]:
    """Each reader's seconds, the shortest first."""
    began = time.monotonic()

    def one(position: int) -> float:
        due = began + position / _PER_SECOND
        time.sleep(max(0.0, due - time.monotonic()))
        _size(f"{page}?lang={_LANGUAGES[position % 2]}")
        return time.monotonic() - due

    with ThreadPoolExecutor(_READERS) as pool:
        return sorted(pool.map(one, range(readers)))


def _seconds(address: str) -> float:
    began = time.monotonic()
    _size(address)
    return time.monotonic() - began


def _size(address: str) -> int:
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
        return len(answer.read())
