"""The inbox of hotline workers (S22, S23): what waits, one conversation, and what is done with it.

A number or a text is never in an address, and each reading is audited. It works without scripts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from outreach.bootstrap import Runtime
from outreach.hotline.desk import Desk
from outreach.hotline.inbox import acting, listing, reading
from outreach.hotline.inbox.replying import draft, offered
from outreach.hotline.inbox.worker import Worker, reason_of
from outreach.hotline.lane import NAME as ANSWERS
from outreach.hotline.referral import offering
from outreach.hotline.rules.conversation import OUTCOMES
from outreach.hotline.rules.referral import Outcome
from outreach.kernel.errors import NotFound, OutreachError
from outreach.kernel.i18n import mark as _
from outreach.language.fallback import DEFAULT
from outreach.planning import harm
from outreach.reach.provinces import provinces
from outreach.staff import roster
from outreach.staff.rules.roles import May
from outreach.web.guard import page
from outreach.web.inbox_forms import ACTS, GONE, SHOWN, Form, choice
from outreach.web.pages import render

LIST = "/inbox"


class Inbox:
    """The routes under /inbox. `wake` is told the lane in which a reply waits."""

    def __init__(self, runtime: Runtime, wake: Callable[[str], None]) -> None:
        self._desk, self._wake = runtime.desk, wake

    def routes(self) -> list[Route]:
        """The list, one conversation, and each act on it."""
        may, one = May.ANSWER_HELP, f"{LIST}/{{id}}"
        return [
            page(LIST, self.list, may),
            page(LIST, self.harm, may, ("POST",)),
            page(f"{LIST}/live", self.live, may),
            page(one, self.read, may),
            page(f"{one}/live", self.standing, may),
            page(f"{one}/read", self.read_for, may, ("POST",)),
            page(f"{one}/number", self.number, may, ("POST",)),
            page(f"{one}/draft", self.draft, may, ("POST",)),
            *(page(f"{one}/{act}", self._acted(act), may, ("POST",)) for act in ACTS),
        ]

    async def list(self, request: Request) -> Response:
        """Open conversations, the most urgent first."""
        return await self._listed(request, "inbox.html")

    async def live(self, request: Request) -> Response:
        """The part of it that keeps itself up to date."""
        return await self._listed(request, "inbox_rows.html")

    async def harm(self, request: Request) -> Response:
        """Somebody told a worker that a message did harm (S35): what sent it stops. Asked here and
        not on a conversation, so that nothing leads from one to a campaign (S19)."""
        form, desk, worker = await _form(request), self._desk, worker_of(request)
        about, words = form.get("about", ""), form.get("body", "")
        try:
            said = reason_of(worker, words)
            await asyncio.to_thread(
                harm.report, desk.engine, desk.clock, about, words=said, by=worker.name
            )
        except OutreachError as error:
            return await self._listed(request, "inbox.html", error, about, words)
        return RedirectResponse(f"{LIST}?kept=harm#harm", 303)

    async def read(self, request: Request) -> Response:
        """A conversation, to whoever has it; others are asked to take it, or for a reason."""
        return await self._shown(request)

    async def read_for(self, request: Request) -> Response:
        """The same to somebody else, for a reason."""
        reason = (await _form(request)).get("reason", "")
        try:
            thread = await asyncio.to_thread(
                reading.read, self._desk, _id(request), worker_of(request), reason
            )
        except NotFound:
            raise
        except OutreachError as error:
            return await self._shown(request, error)
        return await self._thread(request, thread)

    async def standing(self, request: Request) -> Response:
        """How the newest replies stand, and whether there is more to read than the page shows."""
        desk, shown = self._desk, request.query_params.get("heard", "")
        found = await asyncio.to_thread(
            reading.standing, desk.engine, desk.help_vault, _id(request)
        )
        news = shown != str(found.heard)
        return render(request, "standing.html", sent=found.sent, news=news, id=_id(request))

    async def number(self, request: Request) -> Response:
        """The number, once, for a reason."""
        reason = (await _form(request)).get("reason", "")
        try:
            found = await asyncio.to_thread(
                acting.see_number, self._desk, _id(request), worker_of(request), reason
            )
        except NotFound:
            raise
        except OutreachError as error:
            return await self._shown(request, error)
        return render(request, "number.html", found=found, id=_id(request), here="inbox")

    async def draft(self, request: Request) -> Response:
        """What a reply would be, to whom, in how many parts: nothing leaves by one press. `again`
        goes back to the words."""
        form = await _form(request)
        body = form.get("body", "")
        if "again" in form:
            return await self._shown(request, body=body)
        wanted, worker = choice(form), worker_of(request)
        try:
            made = await asyncio.to_thread(draft, self._desk, _id(request), worker, wanted)
        except NotFound:
            raise
        except OutreachError as error:
            return await self._shown(request, error, body)
        return render(
            request,
            "draft.html",
            draft=made,
            choice=wanted,
            heard=form.get("heard", ""),
            id=_id(request),
            here="inbox",
        )

    def _acted(self, act: str) -> Callable[[Request], Any]:
        async def handler(request: Request) -> Response:
            form = await _form(request)
            try:
                await asyncio.to_thread(
                    ACTS[act], self._desk, _id(request), worker_of(request), form
                )
            except NotFound:
                raise
            except OutreachError as error:
                return await self._shown(request, error, form.get("body", ""))
            if act == "reply":
                self._wake(ANSWERS)
            after = LIST if act in GONE else f"{LIST}/{_id(request)}#{SHOWN.get(act, 'newest')}"
            return RedirectResponse(after, 303)

        return handler

    async def _listed(
        self,
        request: Request,
        template: str,
        error: OutreachError | None = None,
        about: str = "",
        body: str = "",
    ) -> Response:
        asked = request.query_params.get("show", listing.ALL)
        which = asked if asked in listing.FILTERS else listing.ALL
        engine, clock, by = self._desk.engine, self._desk.clock, worker_of(request).name
        found, unwatched, campaigns = await asyncio.to_thread(
            lambda: (
                listing.inbox(engine, by, which),
                roster.nobody_on_duty(engine, clock),
                harm.heard_lately(engine, clock),
            )
        )
        return _render(
            request,
            template,
            error,
            inbox=found,
            unwatched=unwatched,
            which=which,
            filters=listing.FILTERS,
            campaigns=campaigns,
            about=about,
            body=body,
            kept=request.query_params.get("kept") == "harm",
            now=clock.now(),
        )

    async def _shown(
        self, request: Request, error: OutreachError | None = None, body: str = ""
    ) -> Response:
        """The conversation if the reader has it, else what of it is shown without a reason."""
        desk, worker = self._desk, worker_of(request)
        head = await asyncio.to_thread(reading.glance, desk.engine, _id(request))
        if head.assigned_to == worker.name and head.state != "closed":
            thread = await asyncio.to_thread(reading.read, desk, head.id, worker)
            return await self._thread(request, thread, error, body)
        return _render(
            request, "glance.html", error, head=head, leads=worker.leads, now=desk.clock.now()
        )

    async def _thread(
        self,
        request: Request,
        thread: reading.Thread,
        error: OutreachError | None = None,
        body: str = "",
    ) -> Response:
        country = request.query_params.get("country", "")
        worker = worker_of(request)
        around = await asyncio.to_thread(_around, self._desk, thread, worker.name, country)
        values = {"thread": thread, "body": body, "leads": worker.leads, **around}
        return _render(request, "conversation.html", error, **values)


def _around(desk: Desk, thread: reading.Thread, by: str, country: str) -> dict[str, Any]:
    """What a conversation's page offers: replies, colleagues, and services where the person is."""
    language = thread.head.language or DEFAULT
    there = country or (thread.whereabouts and thread.whereabouts.country) or ""
    return {
        "head": thread.head,
        "replies": offered(desk, language),
        "spoken": language,
        "colleagues": [name for name in acting.colleagues(desk) if name != by],
        "outcomes": OUTCOMES,
        "offers": offering.of_conversation(desk, thread.head.id),
        "country": there,
        "countries": offering.countries(desk),
        "choice": offering.choice(desk, there, child=thread.head.child),
        "provinces": offering.coordinated(desk),
        "names": {item.code: item.names for item in provinces()},
        "ends": list(Outcome),
        "now": desk.clock.now(),
    }


def worker_of(request: Request) -> Worker:
    """Who asks."""
    who = request.scope["who"]
    return Worker(str(who.name), May.LEAD_HELP in who.may, bool(who.child_trained))


def _render(
    request: Request, template: str, error: OutreachError | None, **values: Any
) -> Response:
    told = {"what": error.message if error else "", "where": error.where if error else ""}
    status = error.http_status if error else 200
    return render(request, template, status, here="inbox", **told, **values)


def _id(request: Request) -> str:
    return str(request.path_params["id"])


async def _form(request: Request) -> Form:
    form = await request.form(max_files=0, max_fields=10)
    return {name: value for name, value in form.items() if isinstance(value, str)}


# What the use cases say, for the catalogs.
MESSAGES = (
    _("There is no such conversation."),
    _("This is not possible with it now: somebody was faster."),
    _("Somebody else has this conversation."),
    _("Take this conversation first."),
    _("Choose a colleague of the hotline."),
    _("Choose how it ended."),
    _("A code word is no number."),
    _("Only child-trained staff may call here."),
    _("Write 1 to 1000 characters."),
    _("Write 1 to 40 characters."),
    _("A reason has 5 to 200 characters."),
    _("Somebody has answered meanwhile: read it first."),
    _("The words would be others now: look at them again."),
    _("It is too late to text: the phone may be in other hands by now."),
    _("This word gives the subject away: say it otherwise."),
    _("Write something, and not more than three SMS."),
    _("Only numbers of the directory that are verified may be sent."),
    _("The replies are not approved by two people."),
    _("There is no such reply."),
    _("No campaign was sent lately."),
)
