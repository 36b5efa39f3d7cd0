"""The JSON API: what is published, to whoever has a key; its schema is at /api/v1/openapi.json.

It gives no more than the pages by link: the same frozen documents, small numbers hidden (S27).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Security
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.routing import Mount

from outreach.bootstrap import Runtime
from outreach.kernel.clock import SystemClock
from outreach.kernel.errors import NotFound, OutreachError
from outreach.reach.document.model import Document, Section
from outreach.reach.publications import activities, apikeys
from outreach.reach.publications.publishing import publications, published_document

PATH = "/api/v1"
_BEARER = HTTPBearer(auto_error=False, description="A key made by: outreach reach key")


@dataclass(frozen=True)
class ReportLine:
    """A published report in the list."""

    report: str
    period: str
    edition: int
    rules: str
    as_of: datetime


@dataclass(frozen=True)
class ActivityLine:
    """A published version of a grant's IATI activity in the list: `sha256` is of its file, `note`
    says what was new in it."""

    grant: str
    version: int
    period: str
    as_of: datetime
    sha256: str
    note: str


class _Xml(Response):
    media_type = "application/xml"


@dataclass(frozen=True)
class Problem:
    """What went wrong, and what to do."""

    problem: str
    remedy: str = ""


class _NoKey(OutreachError):
    exit_code, http_status = 8, 401


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "No key, or one that is not good."},
    404: {"model": Problem, "description": "There is no such report or section."},
}


def api_mount(runtime: Runtime) -> Mount:
    """The API as a part of the site."""
    engine, clock = runtime.engine, SystemClock()

    def needs_key(
        given: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    ) -> None:
        if given is None or not apikeys.opens(engine, clock, given.credentials):
            raise _NoKey("This needs a key that is good.", remedy="Authorization: Bearer KEY")

    api = FastAPI(
        title="Outreach: published reach reports",
        version="1",
        description=__doc__,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(needs_key)],
        responses=_PROBLEMS,
        exception_handlers={OutreachError: _known},
    )

    @api.get("/reports", summary="All published reports, the newest first")
    def reports() -> list[ReportLine]:
        return [
            ReportLine(row.public_id, row.period, row.edition, row.rules, row.as_of)
            for row in publications(engine)
        ]

    @api.get("/reports/{report}", summary="One report: an id, or a month such as 2026-03")
    def report(report: str) -> Document:
        return published_document(engine, report)

    @api.get("/reports/{report}/sections/{section}", summary="One table of a report")
    def section(report: str, section: str) -> Section:
        found = published_document(engine, report).section(section)
        if found is None:
            raise NotFound("There is no such section.")
        return found

    _give_activities(api, runtime)
    return Mount(PATH, app=api)


def _give_activities(api: FastAPI, runtime: Runtime) -> None:
    @api.get("/activities", summary="Every published version of IATI activities, oldest first")
    def listed() -> list[ActivityLine]:
        return [
            ActivityLine(row.grant, row.version, row.period, row.as_of, row.sha256, row.note)
            for row in activities.activities(runtime.engine)
        ]

    @api.get(
        "/activities/{grant}",
        summary="A grant's IATI activity as it was published: the newest version, or another",
        response_class=_Xml,
    )
    def activity(grant: str, version: int | None = None) -> _Xml:
        return _Xml(activities.published_activity(runtime.engine, grant, version))


async def _known(_request: Request, error: Exception) -> JSONResponse:
    known = error if isinstance(error, OutreachError) else OutreachError("")
    headers = {"WWW-Authenticate": "Bearer"} if known.http_status == 401 else {}
    content = {"problem": known.message, "remedy": known.remedy}
    return JSONResponse(content, known.http_status, headers=headers)
