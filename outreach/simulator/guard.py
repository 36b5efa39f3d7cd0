"""Keeps the network to this machine's own programs and pages, and its answers safe to show."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from outreach.kernel.pages import is_local_host, with_safe_headers

_REFUSED = "The rehearsal network answers this machine only."


class LocalGuard:
    """Middleware: refuses foreign host names (DNS rebinding) and forms of foreign pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not _is_local(Headers(scope=scope)):
            await PlainTextResponse(_REFUSED, status_code=403)(scope, receive, send)
            return
        await self._app(scope, receive, with_safe_headers(send))


def _is_local(headers: Headers) -> bool:
    host, origin = headers.get("host", ""), headers.get("origin")
    # Another local server is a stranger too: its port differs.
    return is_local_host(host) and (origin is None or urlsplit(origin).netloc == host)
