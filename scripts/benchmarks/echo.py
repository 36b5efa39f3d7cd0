"""A server that only looks at a hook's signature: what taking in hooks is compared with.

As bare as a server can be that must read the body to know the signature: no framework, no routes,
no form for a handler, no body in its answer. Both sides pay for the same uvicorn, run as `outreach
serve` runs it in a process of its own, the same HTTP and the same `verify`; the hooks pay for all
else, their own road to it (`web/signed.py`) included.
"""

from __future__ import annotations

import sys

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from outreach.gateways.registry import gateway_from
from outreach.settings import load_settings


def application() -> ASGIApp:
    """The server, for the account of the settings; whoever only gets something is answered."""
    settings = load_settings()
    gateway = gateway_from(
        base_url=settings.twilio_base_url,
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        public_url=settings.public_url,
    )

    async def echo(scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        path, query = scope["path"], scope["query_string"].decode("latin-1")
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        url = f"{path}?{query}" if query else path
        good = scope["method"] == "GET" or gateway.verify(url, headers, body)
        await send({"type": "http.response.start", "status": 204 if good else 403})
        await send({"type": "http.response.body"})

    return echo


if __name__ == "__main__":
    uvicorn.run(
        application(),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_config=None,
        access_log=False,
        proxy_headers=False,
        lifespan="off",
    )
