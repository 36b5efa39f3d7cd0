"""A server that only looks at a hook's signature: what taking in hooks is compared with.

Both sides pay for the same uvicorn (run as `outreach serve` runs it, in a process of its own), the
same HTTP and the same signature. As an `endpoint` it is an ordinary route of the same framework; as
a `road` it is the hooks' own road (`web/signed.py`), which is faster, with nothing at its end.
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


def application(kind: str) -> Starlette:
    """The server, an `endpoint` or a `road`, for the account of the settings."""
    settings = load_settings()
    gateway = gateway_from(
        base_url=settings.twilio_base_url,
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        public_url=settings.public_url,
    )

    async def at_the_end(_query: Form, _form: Form) -> Response:
        return _SEEN

    async def endpoint(request: Request) -> Response:
        url = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        good = gateway.verify(url, request.headers, await request.body())
        return _SEEN if good else Response(status_code=403)

    async def healthz(_request: Request) -> Response:
        return _SEEN

    health = Route("/healthz", healthz)
    if kind == "endpoint":
        return Starlette(
            routes=[health, *(Route(hook, endpoint, methods=["POST"]) for hook in _HOOKS)]
        )
    handlers = dict.fromkeys(_HOOKS, at_the_end)
    road = Middleware(SignedPosts, verify=gateway.verify, handlers=handlers)
    return Starlette(routes=[health], middleware=[road])


if __name__ == "__main__":
    uvicorn.run(
        application(sys.argv[2]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_config=None,
        access_log=False,
        proxy_headers=False,
    )
