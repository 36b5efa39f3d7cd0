"""The console: campaigns, what people get, and how each broadcast stands right now.

It shows nothing of single persons, and of help only that somebody waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from outreach.bootstrap import Runtime, metrics_of
from outreach.delivery import switches
from outreach.delivery.status.metrics import CONTENT_TYPE
from outreach.people.counting import counts
from outreach.planning.overview import overview
from outreach.planning.steering import called
from outreach.staff import roster
from outreach.staff.rules.roles import May
from outreach.web.calls import Calls
from outreach.web.donor import Donors
from outreach.web.guard import page
from outreach.web.inbox import Inbox
from outreach.web.pages import render
from outreach.web.referrals import Referrals
from outreach.web.report import Reports
from outreach.web.roster import Roster
from outreach.web.signing import Signing
from outreach.web.static import static_routes

T = TypeVar("T")


class Console:
    """The pages of the people who run campaigns."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def routes(self) -> list[Route]:
        """The page, and the part of it that keeps itself up to date."""
        return [
            page("/", self.page, May.SEE_CAMPAIGNS),
            page("/live", self.live, May.SEE_CAMPAIGNS),
        ]

    async def page(self, request: Request) -> Response:
        """All of it."""
        return await self._render(request, "console.html")

    async def live(self, request: Request) -> Response:
        """What changes from second to second."""
        return await self._render(request, "live.html")

    async def _render(self, request: Request, template: str) -> Response:
        engine = self._runtime.engine
        clock = self._runtime.clock
        campaigns, people, stops, names, unwatched = await _in_thread(
            lambda: (
                overview(engine),
                counts(engine),
                switches.list_on(engine),
                called(engine),
                roster.nobody_on_duty(engine, clock),
            )
        )
        return render(
            request,
            template,
            campaigns=campaigns,
            people=people,
            stops=stops,
            names=names,
            unwatched=unwatched,
            now=clock.now(),
            here="console",
        )


async def healthy(_request: Request) -> Response:
    """For whoever watches the process."""
    return PlainTextResponse("ok")


class Exposition:
    """The metrics, for this machine as the pages are."""

    def __init__(self, runtime: Runtime) -> None:
        self._metrics = metrics_of(runtime)

    async def page(self, _request: Request) -> Response:
        """All of them."""
        return Response(await _in_thread(self._metrics.text), media_type=CONTENT_TYPE)


def console_routes(runtime: Runtime, wake: Callable[[str], None]) -> list[Route]:
    """Every page, the files they need, and the health check. `wake` is told the lane in which
    something urgent waits."""
    return [
        *Console(runtime).routes(),
        *Donors(runtime).routes(),
        *Inbox(runtime, wake).routes(),
        *Referrals(runtime).routes(),
        *Reports(runtime).routes(),
        *Calls(runtime).routes(),
        *Roster(runtime).routes(),
        *Signing(runtime).routes(),
        *static_routes(),
        Route("/healthz", healthy, methods=["GET"]),
        Route("/metrics", Exposition(runtime).page, methods=["GET"]),
    ]


async def _in_thread(work: Callable[[], T]) -> T:
    # Readers don't wait for the one thread that writes.
    return await asyncio.to_thread(work)
