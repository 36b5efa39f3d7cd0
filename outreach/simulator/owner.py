"""What the owner of the rehearsal may do beside the API: speak for handsets, ask for the truth."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outreach.kernel.errors import BadInput
from outreach.simulator.book import IN, OUT, Call, Handset, Message
from outreach.simulator.errors import ApiError
from outreach.simulator.network import Network
from outreach.simulator.rest import read_form, refuse, reply, require_account
from outreach.simulator.trouble import as_json, read_trouble


class Owner:
    """The JSON routes under /simulator; they need the account's credentials."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def routes(self) -> list[Route]:
        """Injection and truth."""
        return [
            Route("/simulator/inbound", self._owned(self.inbound), methods=["POST"]),
            Route("/simulator/missed-call", self._owned(self.missed_call), methods=["POST"]),
            Route("/simulator/truth", self._owned(self.truth), methods=["GET"]),
            Route("/simulator/pending", self._owned(self.pending), methods=["GET"]),
            Route("/simulator/trouble", self._owned(self.trouble), methods=["GET", "PUT"]),
        ]

    async def inbound(self, request: Request) -> Response:
        """A handset (`From`) texts `Body` to `To`, or to whoever last wrote to it."""
        form = {name: values[0] for name, values in (await read_form(request)).items()}
        message = self._network.text(form.get("From", ""), form.get("Body", ""), form.get("To", ""))
        return reply({"sid": message.sid, "status": message.status}, 202)

    async def missed_call(self, request: Request) -> Response:
        """A handset (`From`) rings `To` once, or whoever last wrote to it."""
        form = {name: values[0] for name, values in (await read_form(request)).items()}
        call = self._network.missed_call(form.get("From", ""), form.get("To", ""))
        return reply({"sid": call.sid, "status": call.status}, 202)

    async def truth(self, _request: Request) -> Response:
        """What every handset really got, whatever was reported."""
        return reply(truth(self._network))

    async def pending(self, _request: Request) -> Response:
        """How much is still to happen; 0 when the network has come to rest."""
        return reply({"pending": self._network.pending})

    async def trouble(self, request: Request) -> Response:
        """What goes wrong; PUT replaces it by the JSON object in the body."""
        troubles = self._network.troubles
        if request.method == "PUT":
            troubles.now = read_trouble(await request.body())
        return reply({"trouble": as_json(troubles.now), "struck": troubles.struck})

    def _owned(
        self, handler: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                require_account(self._network.config, request)
                return await handler(request)
            except ApiError as error:
                return refuse(error)
            except BadInput as error:
                return reply({"message": str(error), "status": 422}, 422)

        return endpoint


def truth(network: Network) -> dict[str, Any]:
    """The ground truth, handset by handset, with totals; times are ISO 8601 in UTC."""
    handsets = [_handset(handset) for handset in network.book.handsets.values()]
    messages = [m for handset in handsets for m in handset["messages"]]
    calls = [c for handset in handsets for c in handset["calls"]]
    return {
        "seed": network.config.seed,
        "now": network.clock.now().isoformat(),
        "handsets": handsets,
        "totals": {
            "handsets": len(handsets),
            "messages": len(messages),
            "got": sum(m["got"] for m in messages),
            "calls": len(calls),
            "answered": sum(c["answered"] for c in calls),
            "sent": sum(len(handset["sent"]) for handset in handsets),
        },
        "callbacks_done": network.caller.done,
        "callbacks_dropped": network.caller.dropped,
        "pending": network.pending,
    }


def _handset(handset: Handset) -> dict[str, Any]:
    return {
        "number": handset.number,
        "operator": handset.operator.name,
        "messages": [_message(m) for m in handset.messages if m.direction == OUT],
        "calls": [_call(c) for c in handset.calls if c.direction == OUT],
        "sent": [m.body for m in handset.messages if m.direction == IN],
        "missed_calls": sum(c.direction == IN for c in handset.calls),
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "sid": message.sid,
        "from": message.sender,
        "body": message.body,
        "direction": message.direction,
        "status": message.status,
        "error_code": message.error_code,
        "got": message.got_at is not None,
        "at": message.created.isoformat(),
        "got_at": _iso(message.got_at),
        "parts": message.parts,
        "callback": message.callback,
    }


def _call(call: Call) -> dict[str, Any]:
    return {
        "sid": call.sid,
        "from": call.sender,
        "direction": call.direction,
        "status": call.status,
        "answered": call.answered_at is not None,
        "heard_seconds": round(call.heard, 3),
        "duration": call.seconds,
        "keys": call.keys,
        "at": call.created.isoformat(),
        "callback": call.callback,
        "problems": call.problems,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
