"""The pages of signing in: name, password and code; the first time with a one-time code; out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import segno
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from outreach.bootstrap import Runtime
from outreach.kernel.addresses import networks, origin
from outreach.kernel.clock import SystemClock
from outreach.kernel.errors import BadInput
from outreach.kernel.i18n import mark as _
from outreach.staff import signing
from outreach.staff.rules.limits import PASSWORD_LEAST
from outreach.staff.secrets import totp_address
from outreach.web.guard import COOKIE, SIGN_IN
from outreach.web.pages import render

_HOME = "/me"


class Signing:
    """The routes under /sign-in, and /sign-out."""

    def __init__(self, runtime: Runtime) -> None:
        self._engine, self._vault = runtime.engine, runtime.desk.vault
        self._clock = SystemClock()
        self._proxies = networks(runtime.settings.proxies)
        self._secure = runtime.settings.public_url.startswith("https://")

    def routes(self) -> list[Route]:
        """All of them; whoever is not signed in may open them."""
        return [
            Route(SIGN_IN, self.form, methods=["GET"]),
            Route(SIGN_IN, self.sign_in, methods=["POST"]),
            Route(f"{SIGN_IN}/first", self.first, methods=["GET"]),
            Route(f"{SIGN_IN}/first", self.begin, methods=["POST"]),
            Route(f"{SIGN_IN}/enrol", self.first, methods=["GET"]),
            Route(f"{SIGN_IN}/enrol", self.enrol, methods=["POST"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
            Route(_HOME, self.me, methods=["GET"]),
        ]

    async def form(self, request: Request) -> Response:
        """Asks for name, password and code."""
        return _page(request, "sign_in.html", next=_own(request.query_params.get("next", "")))

    async def sign_in(self, request: Request) -> Response:
        """Checks them."""
        given = await _fields(request)
        name, following = given.get("name", "").strip().lower(), _own(given.get("next", ""))
        try:
            token = await asyncio.to_thread(
                signing.sign_in,
                self._engine,
                self._vault,
                self._clock,
                name,
                given.get("password", ""),
                given.get("code", ""),
                origin=self._origin(request),
            )
        except signing.NotSignedIn as error:
            return _page(request, "sign_in.html", 401, what=error.message, next=following)
        return self._signed_in(token, following)

    async def first(self, request: Request) -> Response:
        """Asks for name and one-time code."""
        return _page(request, "first.html")

    async def begin(self, request: Request) -> Response:
        """Checks them and shows the secret for the authenticator."""
        given = await _fields(request)
        try:
            found = await asyncio.to_thread(
                signing.begin_enrolment,
                self._engine,
                self._vault,
                self._clock,
                given.get("name", "").strip().lower(),
                given.get("once", ""),
                origin=self._origin(request),
            )
        except signing.NotSignedIn as error:
            return _page(request, "first.html", 401, what=error.message)
        return _enrolling(request, found, given.get("once", ""))

    async def enrol(self, request: Request) -> Response:
        """Sets the password, and signs in."""
        given = await _fields(request)
        name, once, came_from = given.get("name", ""), given.get("once", ""), self._origin(request)
        try:
            token = await asyncio.to_thread(
                signing.enrol,
                self._engine,
                self._vault,
                self._clock,
                name,
                once,
                given.get("password", ""),
                given.get("code", ""),
                origin=came_from,
            )
        except (signing.NotSignedIn, BadInput) as error:
            try:
                found = await asyncio.to_thread(
                    signing.begin_enrolment,
                    self._engine,
                    self._vault,
                    self._clock,
                    name,
                    once,
                    origin=came_from,
                )
            except signing.NotSignedIn as over:
                return _page(request, "first.html", 401, what=over.message)
            return _enrolling(request, found, once, error.http_status, error.message)
        return self._signed_in(token, "")

    async def sign_out(self, request: Request) -> Response:
        """Ends the session."""
        token = request.cookies.get(COOKIE)
        if token:
            await asyncio.to_thread(signing.sign_out, self._engine, token)
        answer = RedirectResponse(SIGN_IN, 303)
        answer.delete_cookie(COOKIE)
        return answer

    async def me(self, request: Request) -> Response:
        """Who is signed in, and where they may go."""
        return render(request, "me.html", here="me")

    def _origin(self, request: Request) -> str:
        peer = request.client.host if request.client else ""
        forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
        return origin(peer, forwarded, self._proxies)

    def _signed_in(self, token: str, following: str) -> Response:
        answer = RedirectResponse(following or _HOME, 303)
        answer.set_cookie(
            COOKIE, token, httponly=True, samesite="strict", secure=self._secure, path="/"
        )
        return answer


def _enrolling(
    request: Request, found: signing.Enrolment, once: str, status: int = 200, what: str = ""
) -> Response:
    picture = segno.make(totp_address(found.secret, found.name), micro=False)
    return _page(
        request,
        "enrol.html",
        status,
        what=what,
        name=found.name,
        once=once,
        with_code=found.with_code,
        secret=found.secret,
        picture=picture.svg_data_uri(scale=4),
        least=PASSWORD_LEAST,
    )


def _page(request: Request, template: str, status: int = 200, **values: object) -> Response:
    return render(request, template, status, **{"what": "", "here": "", **values})


async def _fields(request: Request) -> Mapping[str, str]:
    form = await request.form(max_files=0, max_fields=10)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _own(path: str) -> str:
    """A path on this site, or "": a sign-in page must not lead elsewhere."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if plain and path.isprintable() else ""


# What signing.py and the roles say, for the catalogs.
MESSAGES = (
    _("Name, password or code is not right."),
    _("The name or the one-time code is not right, or the code is over."),
    _("The code of the authenticator is not right."),
    _("Too many wrong tries. Wait a few minutes and try again."),
    _("The password needs 12 characters or more, and not your name in it."),
)
