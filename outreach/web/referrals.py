"""What people addressed to a province's coordinator (S22): a service and its steps, no number, no
text and no conversation."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from outreach.bootstrap import Runtime
from outreach.hotline.referral import offering
from outreach.hotline.rules.referral import Outcome
from outreach.kernel.errors import BadInput, Conflict
from outreach.kernel.i18n import mark as _
from outreach.staff.rules.roles import May
from outreach.web.guard import page
from outreach.web.pages import render

_LIST = "/referrals"


class Referrals:
    """The page of a coordinator, and what they say of a referral."""

    def __init__(self, runtime: Runtime) -> None:
        self._desk = runtime.desk

    def routes(self) -> list[Route]:
        """The list, and a step."""
        may = May.SEE_REFERRALS
        return [page(_LIST, self.list, may), page(f"{_LIST}/step", self.step, may, ("POST",))]

    async def list(self, request: Request) -> Response:
        """What was addressed to the reader's province."""
        return await self._listed(request)

    async def step(self, request: Request) -> Response:
        """Notes what became of one."""
        form, who = await request.form(max_files=0, max_fields=10), request.scope["who"]
        given = [str(form.get(name, "")) for name in ("stage", "outcome")]
        try:
            await asyncio.to_thread(
                offering.coordinate,
                self._desk,
                str(form.get("referral", "")),
                who.province,
                who.name,
                *given,
            )
        except (BadInput, Conflict) as error:
            return await self._listed(request, error.http_status, error.message)
        return RedirectResponse(_LIST, 303)

    async def _listed(self, request: Request, status: int = 200, what: str = "") -> Response:
        desk, who = self._desk, request.scope["who"]
        found = await asyncio.to_thread(
            offering.addressed, desk, desk.engine, who.province, who.name
        )
        return render(
            request,
            "referrals.html",
            status,
            offers=found,
            outcomes=list(Outcome),
            stages=offering.COORDINATORS,
            what=what,
            where="",
            here="referrals",
        )


# What offering.py says, for the catalogs.
MESSAGES = (
    _("There is no such service."),
    _("There is no such referral."),
    _("This does not follow: somebody was faster."),
    _("It is not verified, not open now, or not reached from there."),
    _("Police, immigration and embassies are offered only if the person asks for them."),
    _("Offer another service too: it must not be the only one."),
)
