"""Posts what a file holds to one server and says how fast and how late: in a process of its own.

Each line of the file is JSON: url, form as text, headers. Without a rate as many leave at a time as
there are connections; with one, each at its own moment, from which its time counts. Prints JSON:
posts per second, p50 and p99 in seconds, how many were refused, and the moments (CLOCK_MONOTONIC)
at which each was due.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvloop

from outreach.gateways.twilio.signature import HEADER, sign
from outreach.kernel.errors import Unavailable
from scripts.benchmarks.posting import Poster

Post = tuple[str, str, dict[str, str]]


def signed(token: str, url: str, form: Mapping[str, str]) -> Post:
    """A hook's request, as the gateway would sign it."""
    return url, urlencode(form), {HEADER: sign(token, url, form)}


def post_all(
    folder: Path, posts: Iterable[Post], *, connections: int, rate: float = 0.0
) -> dict[str, Any]:
    """Runs the process on `posts`; what it says. Raises Unavailable where one was not taken, with
    the process's own last words where it failed."""
    path = folder / "posts.jsonl"
    path.write_text("".join(json.dumps(post) + "\n" for post in posts))
    options = ["--connections", str(connections), "--rate", str(rate)]
    command = [sys.executable, "-m", "scripts.benchmarks.load", str(path), *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Unavailable(f"The load failed ({done.returncode}): {done.stderr[-2_000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    if found["refused"]:
        raise Unavailable(f"{found['refused']} posts were refused.")
    return found


async def _run(posts: list[Post], connections: int, rate: float) -> dict[str, Any]:
    poster = Poster(posts[0][0], connections)
    began = time.monotonic()
    due = [began + position / rate if rate else 0.0 for position in range(len(posts))]
    taken: list[float] = []
    statuses: list[int] = []

    async def one(post: Post, at: float) -> None:
        url, body, headers = post
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        status, seconds = await poster.post(url, body.encode(), headers)
        statuses.append(status)
        taken.append(time.monotonic() - at if at else seconds)

    await asyncio.gather(*(one(post, at) for post, at in zip(posts, due, strict=True)))
    seconds = time.monotonic() - began
    taken.sort()
    return {
        "rate": len(posts) / seconds,
        "p50": taken[len(taken) // 2],
        "p99": taken[min(len(taken) - 1, len(taken) * 99 // 100)],
        "refused": sum(status >= 300 for status in statuses),
        "due": due,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True, help="a second; 0: as fast as can be")
    options = parser.parse_args()
    lines = [json.loads(line) for line in options.path.read_text().splitlines()]
    json.dump(uvloop.run(_run(lines, options.connections, options.rate)), sys.stdout)
