"""Temporary: health only; the pages follow."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from outreach.bootstrap import Runtime


async def _healthy(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


def console_routes(_runtime: Runtime) -> list[Route]:
    """The routes of the pages."""
    return [Route("/healthz", _healthy)]
