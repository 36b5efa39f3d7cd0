"""The pages on which a person picks up a handset, reads its texts, and texts back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from outreach.kernel.errors import BadInput
from outreach.kernel.mask import mask
from outreach.simulator.book import IN, Call, Handset, Message
from outreach.simulator.errors import ApiError
from outreach.simulator.network import Network, is_number
from outreach.simulator.rest import read_form
from outreach.simulator.words import WORDS, chosen

_ZONE = ZoneInfo("Asia/Phnom_Penh")
_PER_PAGE = 50
_PREVIEW = 60
_NUMBER = re.compile(r"\+\d{8,15}")


@dataclass(frozen=True, slots=True)
class Bubble:
    """One entry of a handset's thread: a text, or a call (`call` is set)."""

    at: datetime
    mine: bool
    text: str = ""
    who: str = ""
    call: Call | None = None

    @property
    def numbers(self) -> list[str]:
        """What a thumb may ring in a text that came."""
        return [] if self.mine else _NUMBER.findall(self.text)


class Pages:
    """The HTML routes. They need no credentials: this machine only (guard.py)."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._templates = Environment(
            loader=PackageLoader("outreach.simulator"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"mask": mask, "clock": _clock}

    def routes(self) -> list[Route]:
        """Pages, the parts of them that refresh, and forms."""
        return [
            Route("/", self.handsets, methods=["GET"]),
            Route("/handsets", self.pick_up, methods=["POST"]),
            Route("/handsets/{id}", self.handset, methods=["GET"]),
            Route("/handsets/{id}/text", self.text, methods=["POST"]),
            Route("/handsets/{id}/missed-call", self.missed_call, methods=["POST"]),
        ]

    async def handsets(self, request: Request) -> Response:
        """Every handset, those that last got something first."""
        asked = request.query_params.get("page", "0")
        page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
        known = sorted(self._network.book.handsets.values(), key=_last_at, reverse=True)
        start = page * _PER_PAGE
        rows = [(h, _preview(h)) for h in known[start : start + _PER_PAGE]]
        more = len(known) > start + _PER_PAGE
        return self._page(request, "handsets.html", rows=rows, page=page, more=more)

    async def pick_up(self, request: Request) -> Response:
        """The handset of the number in the form, new or known."""
        form = await _fields(request)
        number = "".join(form.get("number", "").split())
        if not is_number(number):
            return _back(request, "/", problem="bad_number")
        return _back(request, f"/handsets/{self._network.book.handset(number).id}")

    async def handset(self, request: Request) -> Response:
        """One phone: its thread and calls, and a place to write."""
        handset = self._find(request)
        if handset is None:
            return Response(status_code=404)
        lost = sum(m.direction != IN and m.got_at is None for m in handset.messages)
        return self._page(
            request, "handset.html", handset=handset, bubbles=_thread(handset), lost=lost
        )

    async def text(self, request: Request) -> Response:
        """The handset sends what is in the form."""
        handset = self._find(request)
        if handset is None:
            return Response(status_code=404)
        form = await _fields(request)
        try:
            self._network.text(handset.number, form.get("body", ""))
        except BadInput:
            return _back(request, f"/handsets/{handset.id}", problem="bad_text")
        return _back(request, f"/handsets/{handset.id}")

    async def missed_call(self, request: Request) -> Response:
        """The handset rings a number that it was told, or us, once."""
        handset = self._find(request)
        if handset is None:
            return Response(status_code=404)
        told = (await _fields(request)).get("to", "")
        if told and not is_number(told):
            return _back(request, f"/handsets/{handset.id}", problem="bad_number")
        self._network.missed_call(handset.number, told)
        return _back(request, f"/handsets/{handset.id}")

    def _find(self, request: Request) -> Handset | None:
        return self._network.book.by_id.get(request.path_params["id"])

    def _page(self, request: Request, template: str, **content: Any) -> Response:
        asked = request.query_params.get("lang", "")
        language = chosen(asked, request.headers.get("accept-language", ""))
        problem = request.query_params.get("problem", "")
        words = WORDS[language]
        html = self._templates.get_template(template).render(
            words=words,
            language=language,
            other="en" if language == "km" else "km",
            now=self._network.clock.now(),
            problem=words.get(problem, "") if problem.startswith("bad_") else "",
            path=request.url.path,
            **content,
        )
        return HTMLResponse(html)


async def _fields(request: Request) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in (await read_form(request)).items()}
    except ApiError:
        return {}


def _back(request: Request, path: str, **query: str) -> Response:
    asked = request.query_params.get("lang")
    if asked in WORDS:
        query["lang"] = asked
    return RedirectResponse(path + (f"?{urlencode(query)}" if query else ""), status_code=303)


def _thread(handset: Handset) -> list[Bubble]:
    """What its owner sees: texts that arrived or were written, and calls, oldest first."""
    texts = (_bubble(message) for message in handset.messages)
    calls = (Bubble(c.created, c.direction == IN, who=c.sender, call=c) for c in handset.calls)
    return sorted((*(b for b in texts if b), *calls), key=lambda bubble: bubble.at)


def _bubble(message: Message) -> Bubble | None:
    if message.direction == IN:
        return Bubble(message.created, True, message.body, message.to)
    if message.got_at is None:
        return None
    return Bubble(message.got_at, False, message.body, message.sender)


def _preview(handset: Handset) -> str:
    texts = [bubble.text for bubble in _thread(handset) if bubble.call is None]
    if not texts:
        return ""
    last = " ".join(texts[-1].split())
    return last if len(last) <= _PREVIEW else f"{last[:_PREVIEW]}…"


def _last_at(handset: Handset) -> float:
    stamps = [message.updated for message in handset.messages[-1:]]
    stamps += [call.updated for call in handset.calls[-1:]]
    return max(stamps).timestamp() if stamps else 0.0


def _clock(at: datetime) -> str:
    return at.astimezone(_ZONE).strftime("%d.%m. %H:%M")
