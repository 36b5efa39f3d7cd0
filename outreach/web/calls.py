"""The calls that hotline workers make (S5, S23): who waits, the number of one, how it went."""

from __future__ import annotations

import asyncio
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from outreach.bootstrap import Runtime
from outreach.hotline import calling
from outreach.hotline.rules.calling import ENDS
from outreach.kernel.errors import Conflict, NotFound, Refused
from outreach.kernel.i18n import mark as _
from outreach.staff import roster
from outreach.staff.rules.roles import May
from outreach.web.guard import page
from outreach.web.pages import render

_LIST = "/calls"


class Calls:
    """The pages of whoever calls people back."""

    def __init__(self, runtime: Runtime) -> None:
        self._desk = runtime.desk

    def routes(self) -> list[Route]:
        """The list, its living part, taking a call, ending it. A number is shown only in the
        answer to a form: never in an address, and not again by going back."""
        may = May.ANSWER_HELP
        return [
            page(_LIST, self.list, may),
            page(f"{_LIST}/live", self.live, may),
            page(f"{_LIST}/take", self.take, may, ("POST",)),
            page(f"{_LIST}/end", self.end, may, ("POST",)),
        ]

    async def list(self, request: Request) -> Response:
        """Who waits."""
        return await self._listed(request, "calls.html")

    async def live(self, request: Request) -> Response:
        """The part of it that keeps itself up to date."""
        return await self._listed(request, "waiting.html")

    async def take(self, request: Request) -> Response:
        """Shows the number of a call, and what to say."""
        try:
            card = await asyncio.to_thread(
                partial(calling.take, child_trained=request.scope["who"].child_trained),
                self._desk,
                await _call_id(request),
                _name(request),
            )
        except (Conflict, Refused) as error:
            return await self._listed(request, "calls.html", error.http_status, error.message)
        return render(request, "call.html", card=card, ends=ENDS, here="calls")

    async def end(self, request: Request) -> Response:
        """Notes how a call went."""
        outcome = str((await request.form()).get("outcome", ""))
        await asyncio.to_thread(
            calling.end, self._desk, await _call_id(request), _name(request), outcome
        )
        return RedirectResponse(_LIST, 303)

    async def _listed(
        self, request: Request, template: str, status: int = 200, what: str = ""
    ) -> Response:
        desk, by = self._desk, _name(request)
        found = await asyncio.to_thread(calling.call_list, desk.engine, desk.clock, by)
        values = {"calls": found, "now": desk.clock.now(), "what": what, "here": "calls"}
        values["unwatched"] = await asyncio.to_thread(
            roster.nobody_on_duty, desk.engine, desk.clock
        )
        return render(request, template, status, **values)


def _name(request: Request) -> str:
    return str(request.scope["who"].name)


async def _call_id(request: Request) -> int:
    written = str((await request.form()).get("call", ""))
    if not (written.isascii() and written.isdigit() and len(written) < 19):
        raise NotFound(_("There is no such page."))
    return int(written)


# What calling.py says, for the catalogs.
MESSAGES = (
    _("This call is taken, or its time has passed."),
    _("This call is not yours to end."),
)
