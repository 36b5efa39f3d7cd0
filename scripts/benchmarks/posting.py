"""Posts to one server over a fixed number of connections: little HTTP, so that it loads the server
and not itself."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httptools


class Poster:
    """Posts are queued and leave as connections are free; each gives (status, seconds taken)."""

    def __init__(self, url: str, connections: int) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._most, self._open = connections, 0
        self._free: list[_Connection] = []
        self._queue: deque[tuple[bytes, asyncio.Future[tuple[int, float]]]] = deque()
        self._opening: set[asyncio.Task[None]] = set()

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str]
    ) -> asyncio.Future[tuple[int, float]]:
        """Queues one; its time counts from when it leaves."""
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{lines}"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        future: asyncio.Future[tuple[int, float]] = asyncio.get_running_loop().create_future()
        self._queue.append((head.encode() + body, future))
        self._next()
        return future

    def release(self, connection: _Connection) -> None:
        """A connection has its answer."""
        self._free.append(connection)
        self._next()

    def lost(self, connection: _Connection) -> None:
        """The server closed a connection; another is opened when it is needed."""
        self._open -= 1
        if connection in self._free:
            self._free.remove(connection)

    def _next(self) -> None:
        while self._queue and self._free:
            self._free.pop().send(*self._queue.popleft())
        if self._queue and self._open < self._most:
            self._open += 1
            task = asyncio.create_task(self._connect())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: _Connection(self), self._host, self._port)


class _Connection(asyncio.Protocol):
    def __init__(self, poster: Poster) -> None:
        self._poster = poster
        self._future: asyncio.Future[tuple[int, float]] | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._poster.release(self)

    def send(self, request: bytes, future: asyncio.Future[tuple[int, float]]) -> None:
        self._future, self._began = future, time.perf_counter()
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, _error: Exception | None) -> None:
        self._poster.lost(self)
        if self._future is not None and not self._future.done():
            self._future.set_exception(ConnectionError("the server closed the connection"))

    def on_message_complete(self) -> None:
        future, self._future = self._future, None
        if future is not None and not future.done():
            future.set_result((self._parser.get_status_code(), time.perf_counter() - self._began))
        self._poster.release(self)
