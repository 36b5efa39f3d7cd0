"""Mishandles one request of the API, as its fault says: on the wire, not only in the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from outreach.simulator.errors import ApiError
from outreach.simulator.trouble import Fault, kind_of

_SLICE = 16


async def mishandle(
    fault: Fault, request: Request, handle: Callable[[Request], Awaitable[Response]]
) -> Response:
    """The answer to a request that `fault` befalls. Raises ApiError where it is refused."""
    kind = kind_of(fault.kind)
    answer = await handle(request) if kind.taken else Response()
    match kind.then:
        case "refuse":
            raise ApiError(kind.code)
        case "hang":
            while (await request.receive())["type"] != "http.disconnect":
                continue
        case "cut":
            _wire(request).abort()
        case "slow":
            await _drip(request, answer, fault.seconds)
        case "garble":
            answer.body = bytes(answer.body)[: len(answer.body) // 2]
            answer.headers["Content-Length"] = str(len(answer.body))
    return answer


async def _drip(request: Request, answer: Response, seconds: float) -> None:
    """Writes the head of the answer in slices over `seconds`, then the rest, and hangs up."""
    lines = [f"HTTP/1.1 {answer.status_code} OK", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    wire = _wire(request)
    for start in range(0, len(head), _SLICE):
        wire.write(head[start : start + _SLICE])
        await asyncio.sleep(seconds * _SLICE / len(head))
    wire.write(bytes(answer.body))
    wire.close()


def _wire(request: Request) -> asyncio.Transport:
    # ASGI has no word for hanging up without an answer; the server's own object for this request
    # holds the connection. What is returned after it is closed goes nowhere.
    transport: asyncio.Transport = request.receive.__self__.transport  # type: ignore[attr-defined]
    return transport
