"""Decides who may read a page: staff who are signed in and whose role allows it (S22).

The hooks stay open to the gateway: they are signed. Before the first account is made, a rehearsal's
pages open to whoever sits at this machine; with a live gateway they open to nobody.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from outreach.bootstrap import Runtime
from outreach.kernel.clock import SystemClock
from outreach.kernel.errors import Refused
from outreach.kernel.i18n import mark as _
from outreach.kernel.pages import is_local_host, with_safe_headers
from outreach.staff import accounts, signing
from outreach.staff.rules.roles import May
from outreach.staff.signing import Who

COOKIE = "outreach"
SIGN_IN = "/sign-in"
_MACHINES = ("/hooks/", "/recordings/", "/healthz")
# Reports by link, and the API, whose keys open it: nobody signs in there, and no cookie counts.
_DOORS = ("/r/", "/api/", "/static/")
_SAFE = ("GET", "HEAD")
# A page with somebody's words asks this by itself: it does not keep an unattended session (S23).
# The lists, which show none, do: whoever is on duty watches them.
_BY_ITSELF = re.compile(r"/inbox/[^/]+/live")
# Whoever rehearses at this machine, alone with a simulated network.
REHEARSAL = Who("rehearsal", (), "", frozenset({May.SEE_CAMPAIGNS, May.SEE_REACH, May.ANSWER_HELP}))


def page(
    path: str,
    handler: Callable[[Request], Awaitable[Response]],
    may: May,
    methods: tuple[str, ...] = ("GET",),
) -> Route:
    """A route that only those reach whose role allows `may`."""

    async def guarded(request: Request) -> Response:
        if may not in request.scope["who"].may:
            raise Refused(_("This page is not for your role."))
        return await handler(request)

    return Route(path, guarded, methods=list(methods), name=f"{path} {may}")


class PageGuard:
    """Middleware: finds out who asks, and turns away strangers and foreign sites' forms."""

    def __init__(self, app: ASGIApp, *, runtime: Runtime) -> None:
        self._app, self._runtime = app, runtime
        self._live = not runtime.gateway.loopback
        public = urlsplit(runtime.settings.public_url)
        self._own_host, self._encrypted = public.netloc, public.scheme == "https"
        self._any_account = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_MACHINES):
            await self._app(scope, receive, send)
            return
        send = with_safe_headers(send)
        headers = Headers(scope=scope)
        refusal = self._refusal(scope["method"], headers)
        if refusal is not None:
            await PlainTextResponse(refusal, status_code=403)(scope, receive, send)
            return
        if scope["path"].startswith(_DOORS):
            scope["who"] = None
            await self._app(scope, receive, send)
            return
        scope["who"] = who = await asyncio.to_thread(self._who, Request(scope))
        if who is None and not scope["path"].startswith(SIGN_IN):
            await _to_sign_in(scope)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, method: str, headers: Headers) -> str | None:
        host = headers.get("host", "")
        if not is_local_host(host) and not (self._live and host == self._own_host):
            return "This is not the address of these pages."
        if self._live and not self._encrypted:
            return "Pages open only over https: set OUTREACH_PUBLIC_URL. The gateway's hooks work."
        if method not in _SAFE and _from_elsewhere(headers, host):
            return "This form comes from another site."
        return None

    def _who(self, request: Request) -> Who | None:
        engine = self._runtime.engine
        # Once there is an account there always is: asked until then only.
        self._any_account = self._any_account or accounts.any_account(engine)
        if not self._any_account:
            return None if self._live else REHEARSAL
        token = request.cookies.get(COOKIE)
        # Staff live by the real time, whatever a rehearsal's clock says.
        if not token:
            return None
        used = not _BY_ITSELF.fullmatch(request.url.path)
        return signing.who(engine, SystemClock(), token, used=used)


def _from_elsewhere(headers: Headers, host: str) -> bool:
    """Whether a browser sends another site's form. It says so itself in Sec-Fetch-Site; an older
    one tells the form's origin; what tells neither is no browser, and has no cookie by itself."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != host


def _to_sign_in(scope: Scope) -> Response:
    if Headers(scope=scope).get("hx-request"):  # a part of a page: the whole has to go there
        page = urlsplit(Headers(scope=scope).get("hx-current-url", "")).path
        after = f"{SIGN_IN}?{urlencode({'next': page}, safe='/')}" if page else SIGN_IN
        return Response(status_code=401, headers={"HX-Redirect": after})
    if scope["method"] not in _SAFE:
        return RedirectResponse(SIGN_IN, 303)
    asked = QueryParams(scope["query_string"])
    kept = {"next": scope["path"]} | {name: asked[name] for name in ("lang",) if name in asked}
    return RedirectResponse(f"{SIGN_IN}?{urlencode(kept, safe='/')}", 303)
