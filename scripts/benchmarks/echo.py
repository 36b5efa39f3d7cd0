"""A server with one route that only looks at a hook's signature: what taking in receipts is
compared with. It runs in a process of its own, with uvicorn as `outreach serve` runs it."""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outreach.gateways.registry import gateway_from
from outreach.gateways.twilio.signature import HEADER
from outreach.settings import load_settings


def application() -> Starlette:
    """The route, for the account of the settings."""
    settings = load_settings()
    gateway = gateway_from(
        base_url=settings.twilio_base_url,
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        public_url=settings.public_url,
    )

    async def echo(request: Request) -> Response:
        if HEADER not in request.headers:
            return Response(status_code=204)
        url = request.url.path
        if request.url.query:
            url = f"{url}?{request.url.query}"
        good = gateway.verify(url, request.headers, await request.body())
        return Response(status_code=204 if good else 403)

    return Starlette(routes=[Route("/{path:path}", echo, methods=["GET", "POST"])])


if __name__ == "__main__":
    uvicorn.run(
        application(), host="127.0.0.1", port=int(sys.argv[1]), log_config=None, access_log=False
    )
