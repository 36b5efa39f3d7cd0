"""The duty roster: who is on duty, what the shift before leaves open, and the shifts themselves."""

from __future__ import annotations

import asyncio
from datetime import date

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from outreach.bootstrap import Runtime
from outreach.hotline.duty import handing_over
from outreach.kernel.errors import BadInput, Conflict, NotFound, OutreachError
from outreach.kernel.i18n import mark as _
from outreach.staff import roster
from outreach.staff.rules.duty import HOME_ZONE, Shift, read_hours
from outreach.staff.rules.roles import May
from outreach.web.guard import page
from outreach.web.pages import render

_ROSTER = "/roster"


class Roster:
    """The pages of the roster: every worker reads it, supervisors change it."""

    def __init__(self, runtime: Runtime) -> None:
        self._desk = runtime.desk

    def routes(self) -> list[Route]:
        """The page, taking over, and changes."""
        return [
            page(_ROSTER, self.page, May.ANSWER_HELP),
            page(f"{_ROSTER}/take-over", self.take_over, May.ANSWER_HELP, ("POST",)),
            page(f"{_ROSTER}/seen", self.seen, May.ANSWER_HELP, ("POST",)),
            page(f"{_ROSTER}/add", self.add, May.LEAD_HELP, ("POST",)),
            page(f"{_ROSTER}/remove", self.remove, May.LEAD_HELP, ("POST",)),
        ]

    async def page(self, request: Request) -> Response:
        """All of it."""
        return await self._shown(request)

    async def take_over(self, request: Request) -> Response:
        """Confirms the list, and takes what nobody on duty has."""
        seen, who = str((await request.form()).get("seen", "")), request.scope["who"]
        try:
            await asyncio.to_thread(
                handing_over.take_over,
                self._desk,
                who.name,
                seen,
                child_trained=who.child_trained,
            )
        except Conflict as error:
            return await self._shown(request, error)
        return RedirectResponse(_ROSTER, 303)

    async def seen(self, request: Request) -> Response:
        """Notes that somebody has seen the alerts that were shown."""
        upto, by = await _number(request, "upto"), request.scope["who"].name
        await asyncio.to_thread(handing_over.see_alerts, self._desk, by, upto)
        return RedirectResponse(_ROSTER, 303)

    async def add(self, request: Request) -> Response:
        """Puts somebody on duty."""
        form, desk = await request.form(), self._desk
        try:
            await asyncio.to_thread(
                roster.add,
                desk.engine,
                desk.clock,
                str(form.get("name", "")),
                _shift(form),
                by=request.scope["who"].name,
            )
        except OutreachError as error:
            return await self._shown(request, error)
        return RedirectResponse(_ROSTER, 303)

    async def remove(self, request: Request) -> Response:
        """Takes a shift out."""
        shift, desk = await _number(request, "shift"), self._desk
        by = request.scope["who"].name
        try:
            await asyncio.to_thread(roster.remove, desk.engine, desk.clock, shift, by=by)
        except NotFound:
            return RedirectResponse(_ROSTER, 303)  # somebody was faster: it is out
        return RedirectResponse(_ROSTER, 303)

    async def _shown(self, request: Request, error: OutreachError | None = None) -> Response:
        engine, clock = self._desk.engine, self._desk.clock
        on_duty, everybody, shifts, left, unwatched = await asyncio.to_thread(
            lambda: (
                roster.on_duty(engine, clock),
                roster.answering(engine, clock),
                roster.entries(engine, clock),
                handing_over.hand_over(engine, clock),
                roster.nobody_on_duty(engine, clock),
            )
        )
        return render(
            request,
            "roster.html",
            error.http_status if error else 200,
            what=error.message if error else "",
            on_duty=on_duty,
            everybody=everybody,
            shifts=shifts,
            left=left,
            unwatched=unwatched,
            now=clock.now(),
            here="roster",
        )


async def _number(request: Request, name: str) -> int:
    written = str((await request.form()).get(name, ""))
    if not (written.isascii() and written.isdigit() and len(written) < 19):
        raise NotFound(_("There is no such page."))
    return int(written)


def _shift(form: FormData) -> Shift:
    """The shift of the form; raises BadInput."""
    starts, ends = read_hours(f"{form.get('starts', '')}-{form.get('ends', '')}")
    days = "".join(sorted({str(day) for day in form.getlist("days")} & set("1234567")))
    written = str(form.get("day", ""))
    try:
        day = date.fromisoformat(written) if written else None
    except ValueError:
        raise BadInput(_("Choose a day, or days of every week.")) from None
    return Shift(HOME_ZONE, day, days, starts, ends)


# What the use cases say, for the catalogs.
MESSAGES = (
    _("A shift is on one day, or on days of every week."),
    _("The list has changed: look at it again."),
)
