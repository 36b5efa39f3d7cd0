"""Reach reports for who is signed in: those published, and in a rehearsal what would be."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outreach.bootstrap import Runtime
from outreach.kernel.errors import NotFound
from outreach.kernel.i18n import LANGUAGES, translations
from outreach.kernel.i18n import mark as _
from outreach.reach.document.model import Document
from outreach.reach.publications.publishing import (
    Publication,
    draft,
    publications,
    published_document,
)
from outreach.reach.rendering.forms import FORMS
from outreach.staff.rules.roles import May
from outreach.web.guard import page
from outreach.web.pages import keep_language, language_of, render
from outreach.web.report import HEADERS, page_text


class Donors:
    """The pages of those who pay, and of staff."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def routes(self) -> list[Route]:
        """The last report, each one, and its files."""
        return [
            page("/donors", self.last, May.SEE_REACH),
            page("/donors/{report}/", self.one, May.SEE_REACH),
            page("/donors/{report}/{language}.{form}", self.file, May.SEE_REACH),
        ]

    async def last(self, request: Request) -> Response:
        """The report that was published last; in a rehearsal the draft of all to date."""
        known = await asyncio.to_thread(publications, self._runtime.engine)
        if self._runtime.gateway.loopback:
            return await self._page(request, known, await asyncio.to_thread(self._draft))
        if not known:
            return render(request, "problem.html", what=_("Nothing is published yet."), here="")
        return await self._page(request, known, await self._published(known[0].public_id))

    async def one(self, request: Request) -> Response:
        """One published report."""
        known = await asyncio.to_thread(publications, self._runtime.engine)
        found = await self._published(request.path_params["report"])
        return await self._page(request, known, found, files=True)

    async def file(self, request: Request) -> Response:
        """One published report as a file."""
        asked = request.path_params
        if asked["language"] not in LANGUAGES or asked["form"] not in FORMS:
            raise NotFound(_("There is no such page."))
        found = await self._published(asked["report"])
        form = FORMS[asked["form"]]
        content = await asyncio.to_thread(form.render, found, asked["language"])
        name = f"reach-{asked['language']}.{asked['form']}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=form.media_type, headers=headers)

    async def _page(
        self,
        request: Request,
        known: tuple[Publication, ...],
        found: Document,
        files: bool = False,
    ) -> Response:
        language = language_of(request)
        ways = [(f"/donors/{row.public_id}/", f"{row.period} ({row.edition})") for row in known]
        if May.SEE_CAMPAIGNS in request.scope["who"].may:
            ways.insert(0, ("/", translations(language).gettext(_("Campaigns"))))
        text = await asyncio.to_thread(page_text, found, language, None, ways, files)
        answer = Response(text, media_type="text/html", headers=HEADERS)
        keep_language(request, answer)
        return answer

    async def _published(self, report: str) -> Document:
        return await asyncio.to_thread(published_document, self._runtime.engine, report)

    def _draft(self) -> Document:
        return draft(self._runtime.engine, self._runtime.clock, None, None)
