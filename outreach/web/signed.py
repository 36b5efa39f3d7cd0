"""Answers what the gateway posts, ahead of all that the site puts around a page: no unsigned post
reaches a handler. A hook's own work is small, and that road cost as much again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from outreach.kernel.errors import OutreachError
from outreach.kernel.forms import pairs
from outreach.web.problems import known

log = structlog.get_logger(__name__)

Form = dict[str, str]
Handler = Callable[[Form, Form], Awaitable[Response]]
# Of the address as called, the headers and the body.
Verify = Callable[[str, Mapping[str, str], bytes], bool]

_LARGEST_BODY = 64 * 1024
_UNSIGNED = Response(status_code=403)
_NO_POST = Response(status_code=405, headers={"Allow": "POST"})
_TOO_LARGE = Response(status_code=413)


class SignedPosts:
    """Middleware: a post to one of `handlers` (by path) whose signature is right is given to it as
    query and form; all other paths go to `app`."""

    def __init__(self, app: ASGIApp, *, verify: Verify, handlers: Mapping[str, Handler]) -> None:
        self._app, self._verify, self._handlers = app, verify, handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handler = self._handlers.get(scope["path"]) if scope["type"] == "http" else None
        if handler is None:
            await self._app(scope, receive, send)
            return
        try:
            response = await self._answer(handler, scope, receive)
        except OutreachError as error:
            response = await known(Request(scope), error)
        await response(scope, receive, send)

    async def _answer(self, handler: Handler, scope: Scope, receive: Receive) -> Response:
        if scope["method"] != "POST":
            return _NO_POST
        body = await _body(receive)
        if body is None:
            return _TOO_LARGE
        path, query = scope["path"], scope["query_string"].decode("latin-1")
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        if not self._verify(f"{path}?{query}" if query else path, headers, body):
            log.warning("a hook without a valid signature was refused", path=path)
            return _UNSIGNED
        return await handler(_form(query), _form(body.decode("utf-8", errors="replace")))


async def _body(receive: Receive) -> bytes | None:
    """The request's body, or None if it is larger than any hook's, or its sender is gone."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > _LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _form(text: str) -> Form:
    return dict(pairs(text)) if text else {}
