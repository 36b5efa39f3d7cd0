"""The donors' page: reach figures with small numbers hidden, every one with its base and unit."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outreach.bootstrap import Runtime
from outreach.reach.publish import PublishedReport, publish
from outreach.reach.report import report
from outreach.staff.rules.roles import May
from outreach.web.guard import page
from outreach.web.pages import render
from outreach.web.provinces import Province, provinces

_TABLES = ("sex", "language", "channel", "age_band", "audience", "destination")
_SHADES = 4


@dataclass(frozen=True)
class Tile:
    """A province in the map: `reached` is None where it is hidden; `shade` is 0 to _SHADES."""

    province: Province
    reached: int | None
    shade: int


class Donors:
    """The page of those who pay."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def routes(self) -> list[Route]:
        """The page."""
        return [page("/donors", self.page, May.SEE_REACH)]

    async def page(self, request: Request) -> Response:
        """The published report."""
        engine = self._runtime.engine
        found = await asyncio.to_thread(lambda: publish(report(engine)))
        return render(
            request,
            "donors.html",
            report=found,
            tiles=tiles(found),
            tables=_TABLES,
            now=self._runtime.clock.now(),
            here="donors",
        )


def tiles(found: PublishedReport) -> tuple[Tile, ...]:
    """All 25 provinces; one of which nothing is known yet has nobody reached."""
    reached = {row.value: row.numbers["reached"] for row in found.by["province"]}
    most = max((number for number in reached.values() if number), default=0)

    def tile(province: Province) -> Tile:
        number = reached.get(province.code, 0)
        shade = -(-number * _SHADES // most) if number and most else 0
        return Tile(province, number, shade)

    return tuple(tile(province) for province in provinces())
