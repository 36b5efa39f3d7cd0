"""`help`: with 1,000,000 messages waiting and leaving at full speed, people text HELP and STOP.

A real `outreach serve` sends; texts come in by its signed hook, and the gateway's own log says when
what left. `help` is the 99th percentile from the text to its answer at the gateway; `stop` is the
longest time for which, after a STOP, the broadcast still reached the number that sent it. Those who
say STOP are next in the queue or soon will be.
"""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from outreach.kernel.errors import Unavailable
from scripts.benchmarks.load import Post, post_all, signed
from scripts.benchmarks.measure import Result, at_most
from scripts.benchmarks.receipts import serving
from scripts.benchmarks.world import Line, World, sqlite_world
from scripts.rehearsal.world import SENDER

_WAITING, _TEXTS, _PER_SECOND = 1_000_000, 200, 10
_HELP_SECONDS, _STOP_SECONDS = 2.0, 1.0
_STRANGERS = 9_000_000
_AHEAD = 8_000
_UNDER_WAY, _SETTLE_SECONDS = 100, 10


def run(scale: float) -> Iterator[Result]:
    """Both at once, as in life."""
    waiting = round(_WAITING * scale)
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as name:
        came, asked, stopped = _told(Path(name), waiting)
    answered = {number: at for at, number, attempt in came if attempt.startswith("h")}
    if not asked.keys() <= answered.keys():
        raise Unavailable(f"{len(asked.keys() - answered.keys())} HELPs got no answer.")
    delays = sorted(answered[number] - at for number, at in asked.items())
    yield at_most("help", "sqlite", delays[len(delays) * 99 // 100], _HELP_SECONDS, "s (p99)")
    late = [
        at - stopped[number]
        for at, number, attempt in came
        if attempt.startswith("b") and number in stopped and at > stopped[number]
    ]
    yield at_most("stop", "sqlite", max(late, default=0.0), _STOP_SECONDS, "s (longest)")


def _told(folder: Path, waiting: int) -> tuple[list[Line], dict[str, float], dict[str, float]]:
    with sqlite_world(folder, waiting) as world:
        world.plan()
        with serving(world):
            told = _talk(world)
        if world.count("SELECT count(*) FROM delivery WHERE state = 'pending'") == 0:
            raise Unavailable("The queue was empty before the end.")
        return told


def _talk(world: World) -> tuple[list[Line], dict[str, float], dict[str, float]]:
    """What came to the gateway; who asked for help, and who said STOP, each when."""
    came: list[Line] = []
    while len(came) < _UNDER_WAY:
        time.sleep(1)
        came += world.gateway.log()
    furthest = max(int(number[6:]) for _, number, attempt in came if attempt.startswith("b"))
    helps = [_number(_STRANGERS + position) for position in range(_TEXTS)]
    # From those whose message is being recorded to those of some seconds later.
    step = max(1, _AHEAD // _TEXTS)
    stops = [_number(furthest + position * step) for position in range(_TEXTS)]
    posts = []
    for asks, stops_ in zip(helps, stops, strict=True):
        posts += [_text(world, asks, "HELP"), _text(world, stops_, "STOP")]
    due = post_all(world.folder, posts, connections=20, rate=_PER_SECOND * 2)["due"]
    time.sleep(_SETTLE_SECONDS)
    came += world.gateway.log()
    return came, dict(zip(helps, due[::2], strict=True)), dict(zip(stops, due[1::2], strict=True))


def _number(position: int) -> str:
    return f"+85538{position:07d}"


def _text(world: World, number: str, body: str) -> Post:
    token = world.settings.twilio_auth_token.get_secret_value()
    url = f"{world.settings.public_url}/hooks/twilio/message"
    sid = f"SM{secrets.token_hex(16)}"
    return signed(token, url, {"MessageSid": sid, "From": number, "To": SENDER, "Body": body})
