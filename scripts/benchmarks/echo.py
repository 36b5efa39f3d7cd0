"""A server that only looks at a hook's signature: what taking in hooks is compared with.

The hooks' own road (`web/signed.py`) in an application without pages, with nothing at its end: both
sides pay for the same uvicorn (run as `outreach serve` runs it, in a process of its own), the same
HTTP, the same way to the handler and the same signature. What ours costs more is what it does.
"""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outreach.gateways.registry import gateway_from
from outreach.settings import load_settings
from outreach.web.signed import Form, SignedPosts

_HOOKS = ("/hooks/twilio/message", "/hooks/twilio/status")
_SEEN = Response(status_code=204)


def application() -> Starlette:
    """The server, for the account of the settings."""
    settings = load_settings()
    gateway = gateway_from(
        base_url=settings.twilio_base_url,
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        public_url=settings.public_url,
    )

    async def echo(_query: Form, _form: Form) -> Response:
        return _SEEN

    async def healthz(_request: Request) -> Response:
        return _SEEN

    road = Middleware(SignedPosts, verify=gateway.verify, handlers=dict.fromkeys(_HOOKS, echo))
    return Starlette(routes=[Route("/healthz", healthz)], middleware=[road])


if __name__ == "__main__":
    uvicorn.run(
        application(),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_config=None,
        access_log=False,
        proxy_headers=False,
    )
