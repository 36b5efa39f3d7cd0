"""`inbound`: signed texts over HTTP until each is durable and its answer queued, against an echo.

`outreach serve` takes in one text from each of many numbers, and texts are stopped, so that answers
wait; the other side is the same server with an endpoint that only looks at the signature, or
(`inbound.road`) nothing at the end of the hooks' own road (`echo.py`). In `inbound.varied` each
text is a sentence of its own, none understood before. In `inbound.answering` the same process sends
every answer meanwhile: over HTTP, recorded before and after. `inbound.p99` is how long one takes,
of 200 a second that are answered. `inbound.flood`: a few numbers text 1,000 times a second
meanwhile; the 99th percentile from the HELP of a number that is new to us to its answer at the
gateway.
"""

from __future__ import annotations

import contextlib
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import text

from outreach.delivery.switches import stop
from outreach.kernel.errors import Unavailable
from outreach.language.examples import FOLDER, load
from outreach.store.engine import transaction
from scripts.benchmarks.load import Post, post_all, signed
from scripts.benchmarks.measure import Result, at_most, compare
from scripts.benchmarks.receipts import ECHOES, echoing, serving
from scripts.benchmarks.world import World, postgresql_world, sqlite_world
from scripts.rehearsal.world import SENDER

_TEXTS, _ROUNDS, _CONNECTIONS = 4_000, 3, 200
_PER_SECOND, _SECONDS = 200, 10
_FLOOD_PER_SECOND, _FLOODERS, _EVERY = 1_000, 5, 50
_TARGET, _P99_SECONDS, _HELP_SECONDS = 0.3, 0.05, 2.0
# As people write: most ask about work, some for help, some are not understood.
_BODIES = ("ការងារ", "ជួយខ្ញុំផង", "job in thailand", "asdf", "1", "ខ្ញុំចង់ទៅផ្ទះវិញ", "gia bao nhieu")
_TABLES = ("help_inbound", "help_delivery", "help_conversation", "help_menu", "staff_alert")
# What a sender may do unless set; answers overtake it.
_PACE = 10.0
_SETTLE_SECONDS = 3


def run(scale: float) -> Iterator[Result]:
    """On both databases."""
    worlds = {"sqlite": sqlite_world, "postgresql": postgresql_world}
    for database, opened in worlds.items():
        with _opened(opened, _PACE) as world:
            few = [_BODIES[n % len(_BODIES)] for n in range(round(_TEXTS * scale))]
            yield _Rate(world, few, "endpoint").result("inbound.answering", database, 0.0)
            yield _delay(world, database, max(3, round(_SECONDS * scale)))
            why = {"reason": "bench: answers wait", "by": "bench"}
            stop(world.engine, world.clock, "channel:sms", **why)
            for name, kind, target in ECHOES:
                yield _Rate(world, few, kind).result(f"inbound{name}", database, target * _TARGET)
            varied = _Rate(world, _sentences(len(few)), "endpoint")
            yield varied.result("inbound.varied", database, 0.0)
        with _opened(opened, 1e9) as world:
            yield _flood(world, database, max(3, round(_SECONDS * scale)))


@contextlib.contextmanager
def _opened(
    opened: Callable[..., contextlib.AbstractContextManager[World]], pace: float
) -> Iterator[World]:
    with (
        tempfile.TemporaryDirectory(prefix="outreach-bench-") as name,
        opened(Path(name), 100, sms_pace=pace) as world,
    ):
        yield world


class _Rate:
    def __init__(self, world: World, bodies: Sequence[str], kind: str) -> None:
        self._world, self._bodies, self._kind = world, bodies, kind
        self._posts: list[Post] = []

    def result(self, name: str, database: str, target: float) -> Result:
        return compare(
            name,
            database,
            self._ours,
            self._echo,
            rounds=_ROUNDS,
            unit="texts/s",
            target=target,
        )

    def _ours(self) -> float:
        """Texts per second; refuses if one or its answer is not durable at the end."""
        _clear(self._world)
        self._posts = [_text(self._world, n, body) for n, body in enumerate(self._bodies)]
        with serving(self._world):
            rate = self._post()
        for table in ("help_inbound", "help_delivery"):
            kept = self._world.count(f"SELECT count(*) FROM {table}")  # noqa: S608
            if kept != len(self._bodies):
                raise Unavailable(f"Of {len(self._bodies)} texts {kept} are in {table}.")
        return rate

    def _echo(self) -> float:
        """The same posts per second, of which only the signature is looked at."""
        with echoing(self._world, self._kind):
            return self._post()

    def _post(self) -> float:
        rate: float = post_all(self._world.folder, self._posts, connections=_CONNECTIONS)["rate"]
        return rate


def _sentences(count: int) -> list[str]:
    """So many of the labelled examples that are answered, each once."""
    silent = ("EXIT", "STOP")
    return [one.text for one in load(FOLDER) if one.intent not in silent][:count]


def _delay(world: World, database: str, seconds: int) -> Result:
    _clear(world)
    texts = _PER_SECOND * seconds
    posts = [_text(world, n, _BODIES[n % len(_BODIES)]) for n in range(texts)]
    with serving(world):
        time.sleep(1)
        found = post_all(world.folder, posts, connections=_CONNECTIONS, rate=_PER_SECOND)
    return at_most("inbound.p99", database, found["p99"], _P99_SECONDS, "s")


def _flood(world: World, database: str, seconds: int) -> Result:
    posts, asked = [], {}
    for position in range(_FLOOD_PER_SECOND * seconds):
        if position % _EVERY:
            posts.append(_text(world, position % _FLOODERS, _BODIES[position % len(_BODIES)]))
        else:
            asked[len(posts)] = _number(_FLOODERS + position)
            posts.append(_text(world, _FLOODERS + position, "ជួយខ្ញុំផង"))
    with serving(world):
        time.sleep(1)
        due = post_all(world.folder, posts, connections=_CONNECTIONS, rate=_FLOOD_PER_SECOND)["due"]
        time.sleep(_SETTLE_SECONDS)
        came = {number: at for at, number, _ in reversed(world.gateway.log())}
    if not set(asked.values()) <= came.keys():
        raise Unavailable(f"{len(set(asked.values()) - came.keys())} HELPs got no answer.")
    delays = sorted(came[number] - due[position] for position, number in asked.items())
    p99 = delays[len(delays) * 99 // 100]
    return at_most("inbound.flood", database, p99, _HELP_SECONDS, "s (p99)")


def _clear(world: World) -> None:
    with transaction(world.engine) as connection:
        for table in _TABLES:
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608


def _number(position: int) -> str:
    return f"+85538{position:07d}"


def _text(world: World, position: int, body: str) -> Post:
    token = world.settings.twilio_auth_token.get_secret_value()
    url = f"{world.settings.public_url}/hooks/twilio/message"
    sid = f"SM{secrets.token_hex(16)}"
    form = {"MessageSid": sid, "From": _number(position), "To": SENDER, "Body": body}
    return signed(token, url, form)
