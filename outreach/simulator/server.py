"""The rehearsal network as a web server on this machine."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from outreach.kernel.clock import Clock
from outreach.simulator import static
from outreach.simulator.config import NetworkConfig
from outreach.simulator.errors import ApiError
from outreach.simulator.forms import API_VERSION
from outreach.simulator.guard import LocalGuard
from outreach.simulator.network import Network
from outreach.simulator.owner import Owner
from outreach.simulator.pages import Pages
from outreach.simulator.rest import Rest, refuse

_HOST = "127.0.0.1"
_GOODBYE_SECONDS = 2


def create_app(config: NetworkConfig, clock: Clock) -> Starlette:
    """The whole network as an ASGI application; time passes while its lifespan is open."""
    network = Network(config, clock)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with network.running():
            yield

    app = Starlette(
        routes=[
            *Rest(network).routes(),
            *Owner(network).routes(),
            *Pages(network).routes(),
            *static.routes(),
            Route("/healthz", _healthy, methods=["GET"]),
        ],
        middleware=[Middleware(LocalGuard)],
        exception_handlers={HTTPException: _astray},
        lifespan=lifespan,
    )
    app.state.network = network
    return app


def run(config: NetworkConfig, clock: Clock, *, port: int) -> None:
    """Serves on 127.0.0.1 until it is told to stop."""
    uvicorn.run(
        create_app(config, clock),
        host=_HOST,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GOODBYE_SECONDS,
    )


async def _healthy(_request: Request) -> Response:
    return PlainTextResponse("ok")


async def _astray(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if request.url.path.startswith(f"/{API_VERSION}/"):
        return refuse(ApiError(20004 if status == 405 else 20404))
    return PlainTextResponse(f"{status}", status_code=status)
