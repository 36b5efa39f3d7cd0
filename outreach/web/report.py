"""A published report by link: no sign-in, no script, one request; as PDF, XLSX, CSV and JSON too.

A link that is unknown, over or taken back gives one and the same answer (S27: who asks learns
nothing of what there is).
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from importlib import resources
from threading import Lock
from typing import ParamSpec

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outreach.bootstrap import Runtime
from outreach.kernel.clock import SystemClock
from outreach.kernel.i18n import LANGUAGES, chosen
from outreach.kernel.i18n import mark as _
from outreach.reach.document.model import Document
from outreach.reach.document.words import said
from outreach.reach.publications.links import Opened, document_of, open_link
from outreach.reach.rendering.forms import FORMS
from outreach.reach.rendering.view import view
from outreach.web.pages import fill

P = ParamSpec("P")

# A rendered page has some ten kilobytes, a PDF two hundred.
_KEPT = 64
_LATER = _(
    "A later report of {day} gives other figures for this period; these are as of their day."
)
_STYLE = (resources.files(__package__) / "templates" / "report.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Encoding, Accept-Language",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "font-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}


class Reports:
    """What is behind the links. Each page is rendered once per publication and language."""

    def __init__(self, runtime: Runtime) -> None:
        self._engine = runtime.engine
        # Links live by the real time, whatever a rehearsal's clock says.
        self._clock = SystemClock()
        # One renders while the others wait for it: many first readers would render it each.
        self._page_of = _one_at_a_time(lru_cache(maxsize=_KEPT)(self._make_page))
        self._file_of = _one_at_a_time(lru_cache(maxsize=_KEPT)(self._make_file))

    def routes(self) -> list[Route]:
        """The page, and its files."""
        return [
            # With a slash at the end, so that the page names its files without the token.
            Route("/r/{token}/", self.page, methods=["GET"]),
            Route("/r/{token}/{language}.{form}", self.file, methods=["GET"]),
        ]

    async def page(self, request: Request) -> Response:
        """The report as a page."""
        language = _language(request)
        opened = await self._opened(request)
        if opened is None:
            return _closed(language)
        content = await asyncio.to_thread(self._page_of, opened, language)
        return answer(request, content)

    async def file(self, request: Request) -> Response:
        """The report as a file."""
        language, form = request.path_params["language"], request.path_params["form"]
        opened = await self._opened(request)
        if opened is None or language not in LANGUAGES or form not in FORMS:
            return _closed(_language(request))
        content = await asyncio.to_thread(self._file_of, opened, language, form)
        name = f"reach-{opened.period}-{language}.{form}"
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=FORMS[form].media_type, headers=headers)

    async def _opened(self, request: Request) -> Opened | None:
        token = request.path_params["token"]
        return await asyncio.to_thread(open_link, self._engine, self._clock, token)

    def _make_page(self, opened: Opened, language: str) -> bytes:
        document = document_of(self._engine, opened)
        return gzip.compress(page_text(document, language, opened.later).encode(), mtime=0)

    def _make_file(self, opened: Opened, language: str, form: str) -> bytes:
        return FORMS[form].render(document_of(self._engine, opened), language)


def page_text(
    document: Document,
    language: str,
    later: datetime | None = None,
    ways: Sequence[tuple[str, str]] = (),
    files: bool = True,
) -> str:
    """The page of a document; `later` is when a later edition was made, `ways` are links beside."""
    return fill(
        "report.html",
        language,
        report=view(document, language),
        style=_STYLE,
        later=said(_LATER, day=later)[language] if later else "",
        forms=tuple(FORMS) if files else (),
        ways=ways,
    )


def answer(request: Request, content: bytes, headers: dict[str, str] = HEADERS) -> Response:
    """A page that was compressed when it was made."""
    if "gzip" in request.headers.get("accept-encoding", ""):
        zipped = {**headers, "Content-Encoding": "gzip"}
        return Response(content, media_type="text/html", headers=zipped)
    return Response(gzip.decompress(content), media_type="text/html", headers=headers)


def _one_at_a_time(work: Callable[P, bytes]) -> Callable[P, bytes]:
    lock = Lock()

    def working(*args: P.args, **named: P.kwargs) -> bytes:
        with lock:
            return work(*args, **named)

    return working


def _language(request: Request) -> str:
    accepted = request.headers.get("accept-language", "")
    return chosen(request.query_params.get("lang"), None, accepted)


def _closed(language: str) -> Response:
    text = fill("closed.html", language, style=_STYLE)
    return Response(text, 404, media_type="text/html", headers=HEADERS)
