"""How sending stands, for Prometheus: counts and ages, never a number, a name or a topic.

Counting a million that wait takes its time: however often somebody scrapes, the database spends no
more than a twentieth of it on that.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from outreach.delivery.status.standing import Standing

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_FRESH_SECONDS, _REST = 5.0, 20


class Metrics(Collector):
    """Turns `look`, which asks the database, into metrics."""

    def __init__(self, look: Callable[[], Standing]) -> None:
        self._look, self._lock = look, threading.Lock()
        self._seen: Standing | None = None
        self._stale_at = 0.0
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self._registry)

    def serve(self, port: int) -> None:
        """Shows them on this machine's `port`, from a thread of its own."""
        start_http_server(port, addr="127.0.0.1", registry=self._registry)

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = self._standing()
        labels = ("lane", "channel", "state", "campaign")
        yield _gauge(
            "outreach_queue_depth",
            "Open deliveries.",
            labels,
            [((w.lane, w.channel, w.state, _campaign(w.campaign)), w.number) for w in now.waiting],
        )
        yield _gauge(
            "outreach_queue_oldest_seconds",
            "How long the first of those that wait is due.",
            ("lane", "channel", "campaign"),
            [
                ((w.lane, w.channel, _campaign(w.campaign)), w.oldest_seconds)
                for w in now.waiting
                if w.state == "pending"
            ],
        )
        yield _gauge(
            "outreach_errors_last_hour",
            "Attempts of broadcasts that came to a bad end in the last hour.",
            ("state", "class", "code"),
            [((t.state, t.error_class, t.code), t.number) for t in now.troubles],
        )
        yield from _paces(now)
        yield from _machinery(now)

    def _standing(self) -> Standing:
        with self._lock:
            began = time.monotonic()
            if self._seen is None or began > self._stale_at:
                self._seen = self._look()
                ended = time.monotonic()
                self._stale_at = ended + max(_FRESH_SECONDS, _REST * (ended - began))
            return self._seen


def _paces(now: Standing) -> Iterator[GaugeMetricFamily]:
    label = ("channel",)
    for name, said, values in (
        ("live", "Parts or calls per second lately.", [(p.channel, p.live) for p in now.paces]),
        (
            "allowed",
            "Parts or calls per second that may leave now: less after the gateway said 429.",
            [(p.channel, p.allowed) for p in now.paces],
        ),
        ("limit", "Parts or calls per second at the most.", list(now.limits.items())),
    ):
        yield _gauge(f"outreach_pace_{name}", said, label, [((c,), v) for c, v in values])


def _machinery(now: Standing) -> Iterator[GaugeMetricFamily]:
    kinds = sorted({found.kind for found in now.processes})
    count = [((kind,), sum(p.kind == kind for p in now.processes)) for kind in kinds]
    yield _gauge("outreach_processes", "Processes of a split installation.", ("kind",), count)
    leaders = sum(found.leads for found in now.processes)
    yield _gauge("outreach_leaders", "Schedulers that lead.", (), [((), leaders)])
    held = sum(found.number for found in now.leases)
    yield _gauge("outreach_leases", "Deliveries that a process holds.", (), [((), held)])
    stopped = [((stop.scope,), 1) for stop in now.stops]
    yield _gauge("outreach_stopped", "Kill switches that are on.", ("scope",), stopped)
    notices = [((), len(now.notices))]
    yield _gauge("outreach_notices", "Notices nobody has looked at.", (), notices)


def _gauge(
    name: str,
    said: str,
    labels: Iterable[str],
    values: Iterable[tuple[tuple[str, ...], float]],
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, said, labels=tuple(labels))
    for label_values, value in values:
        family.add_metric(label_values, value)
    return family


def _campaign(number: int) -> str:
    return str(number) if number else ""
