"""Keeps the pages to this machine until there is sign-in, and gives every answer safe headers.

The hooks stay open to the gateway: they are signed. A page is refused where the gateway is live,
because then a proxy stands before us and "this machine" means nothing.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OPEN_PATHS = ("/hooks/", "/recordings/", "/healthz")
_LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_REFUSED = (
    "These pages open only on this machine, and only with a rehearsal gateway, until sign-in is "
    "there. The gateway's hooks work."
)


class PageGuard:
    """Middleware. `live` says that the gateway is a real one."""

    def __init__(self, app: ASGIApp, *, live: bool) -> None:
        self._app, self._live = app, live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_OPEN_PATHS):
            await self._app(scope, receive, send)
            return
        if self._live or not _is_local(scope):
            await PlainTextResponse(_REFUSED, status_code=403)(scope, receive, send)
            return
        await self._app(scope, receive, _with_headers(send))


def _is_local(scope: Scope) -> bool:
    # A foreign host name that resolves to 127.0.0.1 must not read the pages (DNS rebinding).
    host = Headers(scope=scope).get("host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in _LOCAL_HOSTS


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
