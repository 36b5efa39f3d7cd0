"""Tells a reader what went wrong, in their language; whatever breaks, no page shows a traceback."""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from outreach.kernel.errors import OutreachError
from outreach.kernel.i18n import mark as _
from outreach.web.pages import keep_language, render

log = structlog.get_logger(__name__)

_MACHINES = ("/hooks/", "/recordings/", "/healthz", "/static/")
_API = "/api/"


async def not_found(request: Request, _error: Exception) -> Response:
    """An address that nothing answers to."""
    return _told(request, 404, _("There is no such page."))


async def no_page(request: Request, _error: Exception) -> Response:
    """A form's address that somebody opens like a page, from the history or by the link to the
    other language: leads to the page that the form is on."""
    path = request.url.path
    if request.method not in ("GET", "HEAD") or path.startswith((*_MACHINES, _API)):
        return _told(request, 405, _("There is no such page."))
    answer = RedirectResponse(path.rpartition("/")[0] or "/", 303)
    keep_language(request, answer)
    return answer


async def known(request: Request, error: Exception) -> Response:
    """An error of ours: it says itself what to do."""
    status = error.http_status if isinstance(error, OutreachError) else 500
    log.warning("a request failed", path=_logged(request), error=type(error).__name__)
    return _told(request, status, str(error))


async def unexpected(request: Request, error: Exception) -> Response:
    """Anything else: logged with its traceback, numbers taken out."""
    log.error("a request broke", path=_logged(request), exc_info=error)
    return _told(request, 500, _("Something broke here. It is logged; try again in a minute."))


def _logged(request: Request) -> str:
    """The address without what opens a report."""
    path = request.url.path
    return "/r/…" if path.startswith("/r/") else path


def _told(request: Request, status: int, what: str) -> Response:
    if request.url.path.startswith(_MACHINES):
        return PlainTextResponse("", status)
    if request.url.path.startswith(_API):
        return JSONResponse({"problem": what, "remedy": ""}, status)
    return render(request, "problem.html", status, what=what, here="")
