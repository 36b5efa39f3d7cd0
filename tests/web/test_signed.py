"""What the gateway posts is answered ahead of the site: signed, whole, and calm when we are not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import Response
from starlette.types import Message

from outreach.kernel.errors import Unavailable
from outreach.web.signed import Form, SignedPosts

WHOLE: Message = {"type": "http.request", "body": b"a=1&b=&a=2", "more_body": False}


class Site:
    """A hook that notes what it is given, and the site behind it; `signed` says what is."""

    def __init__(self, signed: bool = True, error: Exception | None = None) -> None:
        self.signed, self.error = signed, error
        self.given: list[tuple[Form, Form]] = []
        self.verified: list[tuple[str, bytes]] = []
        self.behind: list[str] = []

    async def hook(self, query: Form, form: Form) -> Response:
        if self.error is not None:
            raise self.error
        self.given.append((query, form))
        return Response(status_code=204)

    def verify(self, url: str, _headers: object, body: bytes) -> bool:
        self.verified.append((url, body))
        return self.signed

    async def site(self, scope: Any, _receive: Any, _send: Any) -> None:
        self.behind.append(scope["path"])

    def ask(self, *messages: Message, path: str = "/hook", method: str = "POST") -> int:
        """The status that is answered; 0 for none."""
        sent: list[Message] = []
        coming = iter(messages)
        scope = {"type": "http", "method": method, "path": path, "query_string": b"q=1&r="}

        async def receive() -> Message:
            return next(coming)

        async def send(message: Message) -> None:
            sent.append(message)

        posts = SignedPosts(self.site, verify=self.verify, handlers={"/hook": self.hook})
        asyncio.run(posts({**scope, "headers": []}, receive, send))
        return sent[0]["status"] if sent else 0


def test_a_signed_post_is_given_on_as_query_and_form_blank_values_too() -> None:
    site = Site()
    assert site.ask(WHOLE) == 204
    assert site.given == [({"q": "1", "r": ""}, {"a": "2", "b": ""})]
    assert site.verified == [("/hook?q=1&r=", b"a=1&b=&a=2")]


def test_a_post_that_comes_in_pieces_is_put_together() -> None:
    site = Site()
    first = {"type": "http.request", "body": b"a=1&", "more_body": True}
    last = {"type": "http.request", "body": b"b=2", "more_body": False}
    assert site.ask(first, last) == 204
    assert site.given[0][1] == {"a": "1", "b": "2"}


def test_an_unsigned_post_reaches_no_hook() -> None:
    site = Site(signed=False)
    assert site.ask(WHOLE) == 403
    assert site.given == []


def test_a_post_that_breaks_off_reaches_no_hook() -> None:
    site = Site()
    first = {"type": "http.request", "body": b"a=1&", "more_body": True}
    site.ask(first, {"type": "http.disconnect"})
    assert (site.given, site.verified) == ([], [])


@pytest.mark.parametrize(("size", "status"), [(65_536, 204), (65_537, 413)])
def test_a_body_larger_than_any_hooks_is_not_looked_at(size: int, status: int) -> None:
    site = Site()
    assert site.ask({**WHOLE, "body": b"a" * size}) == status
    assert len(site.verified) == (1 if status == 204 else 0)


def test_where_the_database_is_away_the_gateway_is_told_to_come_again() -> None:
    site = Site(error=Unavailable("The database does not answer."))
    assert site.ask(WHOLE) == 503


def test_other_methods_and_other_paths_reach_no_hook() -> None:
    site = Site()
    assert site.ask(method="GET") == 405
    assert (site.ask(WHOLE, path="/hook/"), site.behind) == (0, ["/hook/"])
    assert site.given == []
