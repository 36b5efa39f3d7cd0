"""Keeps the pages to this machine until there is sign-in, and gives every answer safe headers.

The hooks stay open to the gateway: they are signed. A page is refused where the gateway is live,
because then a proxy stands before us and "this machine" means nothing.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from outreach.kernel.pages import is_local_host, with_safe_headers

_OPEN_PATHS = ("/hooks/", "/recordings/", "/healthz")
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
        if self._live or not is_local_host(Headers(scope=scope).get("host", "")):
            await PlainTextResponse(_REFUSED, status_code=403)(scope, receive, send)
            return
        await self._app(scope, receive, with_safe_headers(send))
