"""Talks to an ASGI application: in the process, without a socket, or over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

import uvicorn


@asynccontextmanager
async def serving(app: Any, port: int = 0) -> AsyncIterator[str]:
    """The address of an ASGI application, while it runs."""
    config = uvicorn.Config(app, port=port, log_config=None, access_log=False)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    # Not serve(): its loop looks up only every tenth of a second.
    await server.startup()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        await server.shutdown()


@dataclass(frozen=True)
class Page:
    """A whole answer; `path` is where it came from, after redirects."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    path: str

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class Browser:
    """A plain client of one server: no cookies, no script; `headers` go with every request."""

    def __init__(
        self, app: Any, loop: asyncio.AbstractEventLoop, headers: Mapping[str, str]
    ) -> None:
        self._app, self._loop, self._headers = app, loop, headers

    def get(
        self, path: str, *, params: Mapping[str, str] | None = None, **headers: Mapping[str, str]
    ) -> Page:
        asked = f"{path}?{urlencode(params)}" if params else path
        return self.request("GET", asked, None, **headers)

    def post(
        self,
        path: str,
        data: Mapping[str, str] | bytes = b"",
        *,
        follow: bool = True,
        **headers: Mapping[str, str],
    ) -> Page:
        body = data if isinstance(data, bytes) else urlencode(data).encode()
        page = self.request("POST", path, body, **headers)
        if follow and page.status_code == 303:
            return self.get(page.headers["location"])
        return page

    def request(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] | None = None
    ) -> Page:
        sent = {"Host": "127.0.0.1:8000", **self._headers, **(headers or {})}
        return self.run(_ask(self._app, method, path, body or b"", sent))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Runs a coroutine in the application's loop."""
        return self._loop.run_until_complete(work)


async def _ask(app: Any, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Page:
    parts, answer = urlsplit(path), []
    scope = {
        "type": "http",
        "client": ("127.0.0.1", 50_000),
        "method": method,
        "path": unquote(parts.path),
        "query_string": parts.query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: dict[str, Any]) -> None:
        answer.append(message)

    await app(scope, receive, send)
    names = {name.decode(): value.decode() for name, value in answer[0]["headers"]}
    content = b"".join(message.get("body", b"") for message in answer[1:])
    return Page(answer[0]["status"], names, content, parts.path)


@contextmanager
def browsing(app: Any, headers: Mapping[str, str]) -> Iterator[Browser]:
    """A browser on an ASGI application, without a socket between them."""
    with asyncio.Runner() as runner:
        lifespan = app.router.lifespan_context(app)
        runner.run(lifespan.__aenter__())
        yield Browser(app, runner.get_loop(), headers)
        runner.run(lifespan.__aexit__(None, None, None))
