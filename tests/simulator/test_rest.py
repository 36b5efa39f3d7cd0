"""The REST API has Twilio's shapes and errors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from outreach.kernel.clock import FixedClock
from outreach.simulator.server import create_app
from tests.asgi import browsing
from tests.simulator.conftest import (
    ROOT,
    SENDER,
    SID,
    TOKEN,
    Browser,
    basic,
    network_config,
    number,
)

MESSAGES, CALLS = f"{ROOT}/Messages.json", f"{ROOT}/Calls.json"
TEXT = {"To": number(1), "From": SENDER, "Body": "សួស្ដី"}
MESSAGE_FIELDS = {
    "account_sid",
    "api_version",
    "body",
    "date_created",
    "date_sent",
    "date_updated",
    "direction",
    "error_code",
    "error_message",
    "from",
    "messaging_service_sid",
    "num_media",
    "num_segments",
    "price",
    "price_unit",
    "sid",
    "status",
    "subresource_uris",
    "to",
    "uri",
}
CALL_FIELDS = {
    "account_sid",
    "answered_by",
    "api_version",
    "caller_name",
    "date_created",
    "date_updated",
    "direction",
    "duration",
    "end_time",
    "forwarded_from",
    "from",
    "from_formatted",
    "group_sid",
    "parent_call_sid",
    "phone_number_sid",
    "price",
    "price_unit",
    "queue_time",
    "sid",
    "start_time",
    "status",
    "subresource_uris",
    "to",
    "to_formatted",
    "trunk_sid",
    "uri",
}
CALL = {"To": number(1), "From": SENDER, "Url": "http://127.0.0.1:9/voice"}


@pytest.fixture
def api() -> Iterator[Browser]:
    clock = FixedClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    app = create_app(network_config(), clock)
    with browsing(app, basic(SID, TOKEN)) as client:
        yield client


def _refused(answer: Any, code: int, status: int) -> None:
    assert answer.status_code == status
    body = answer.json()
    assert set(body) == {"code", "message", "more_info", "status"}
    assert (body["code"], body["status"]) == (code, status)
    assert body["more_info"] == f"https://www.twilio.com/docs/errors/{code}"


def test_a_created_message_has_every_documented_field(api: Browser) -> None:
    answer = api.post(MESSAGES, data=TEXT)
    assert answer.status_code == 201
    message = answer.json()
    assert set(message) == MESSAGE_FIELDS
    assert message["sid"].startswith("SM")
    assert len(message["sid"]) == 34
    assert message["uri"] == f"{ROOT}/Messages/{message['sid']}.json"
    assert (message["status"], message["direction"]) == ("queued", "outbound-api")
    assert (message["num_segments"], message["num_media"]) == ("1", "0")
    assert message["price"] is None
    assert message["date_sent"] is None
    assert message["date_created"] == "Mon, 02 Mar 2026 02:00:00 +0000"
    assert parsedate_to_datetime(message["date_updated"]) == datetime(2026, 3, 2, 2, tzinfo=UTC)


def test_a_created_call_has_every_documented_field(api: Browser) -> None:
    answer = api.post(CALLS, data=CALL)
    assert answer.status_code == 201
    call = answer.json()
    assert set(call) >= CALL_FIELDS
    assert (call["status"], call["direction"], call["duration"]) == ("queued", "outbound-api", None)
    assert call["subresource_uris"]["recordings"] == f"{call['uri'][:-5]}/Recordings.json"


@pytest.mark.parametrize("path", [MESSAGES, CALLS])
def test_a_resource_is_fetched_as_created_with_and_without_json(api: Browser, path: str) -> None:
    created = api.post(path.removesuffix(".json"), data=TEXT | CALL).json()
    one = f"{path.removesuffix('.json')}/{created['sid']}"
    assert api.get(one).json()["sid"] == api.get(f"{one}.json").json()["sid"] == created["sid"]
    _refused(api.get(f"{one}x.json"), 20404, 404)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21604),
        ({"From": ""}, 21603),
        ({"Body": ""}, 21602),
        ({"Body": "ក" * 1601}, 21617),
        ({"To": "012 345"}, 21211),
        ({"To": "+0855381234567"}, 21211),
        ({"From": "-+-"}, 21212),
        ({"ValidityPeriod": "0"}, 21627),
        ({"StatusCallback": "https://example.org/status"}, 21609),
        ({"StatusCallback": "/status"}, 21609),
    ],
)
def test_a_wrong_message_is_refused_with_twilios_code(
    api: Browser, change: dict[str, str], code: int
) -> None:
    _refused(api.post(MESSAGES, data=TEXT | change), code, 400)
    assert api.get(MESSAGES).json()["messages"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21201),
        ({"From": ""}, 21213),
        ({"Url": ""}, 21205),
        ({"To": "012"}, 21211),
        ({"Url": "http://example.org/voice"}, 21609),
        ({"StatusCallback": "http://10.0.0.1/status"}, 21609),
        ({"Timeout": "soon"}, 21627),
    ],
)
def test_a_wrong_call_is_refused_with_twilios_code(
    api: Browser, change: dict[str, str], code: int
) -> None:
    _refused(api.post(CALLS, data=CALL | change), code, 400)
    assert api.get(CALLS).json()["calls"] == []


def test_s18_an_error_does_not_repeat_the_number(api: Browser) -> None:
    assert "38123" not in api.post(MESSAGES, data=TEXT | {"To": "0038123456"}).text


@pytest.mark.parametrize("headers", [{"Authorization": ""}, basic(SID, "wrong"), basic("AC", "")])
@pytest.mark.parametrize("path", [MESSAGES, CALLS, "/simulator/truth"])
def test_without_the_account_nothing_is_told(
    api: Browser, headers: dict[str, str], path: str
) -> None:
    answer = api.get(path, headers=headers)
    _refused(answer, 20003, 401)
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_another_account_is_refused(api: Browser) -> None:
    _refused(api.get(MESSAGES.replace(SID, "AC" + "2" * 32)), 20003, 401)


def test_unknown_paths_and_methods_are_refused_in_twilios_shape(api: Browser) -> None:
    _refused(api.get(f"{ROOT}/Faxes.json"), 20404, 404)
    _refused(api.request("DELETE", MESSAGES, None), 20004, 405)


def test_a_list_by_to_holds_that_number_newest_first(api: Browser) -> None:
    for to in (1, 2, 1, 1):
        api.post(MESSAGES, data=TEXT | {"To": number(to), "Body": f"to {to}"})
    listed = api.get(MESSAGES, params={"To": number(1), "PageSize": "200"}).json()
    assert [m["to"] for m in listed["messages"]] == [number(1)] * 3
    assert listed["next_page_uri"] is None
    assert api.get(MESSAGES, params={"To": number(9)}).json()["messages"] == []


def test_a_long_list_comes_in_pages(api: Browser) -> None:
    sids = [api.post(MESSAGES, data=TEXT).json()["sid"] for _ in range(5)]
    found, path = [], f"{MESSAGES}?PageSize=2"
    while path:
        page = api.get(path).json()
        found += [message["sid"] for message in page["messages"]]
        path = page["next_page_uri"]
    assert found == sids[::-1]


def test_the_network_says_that_it_is_well(api: Browser) -> None:
    assert api.get("/healthz", headers={"Authorization": ""}).status_code == 200


def test_bytes_that_are_no_form_are_refused(api: Browser) -> None:
    _refused(api.post(MESSAGES, b"\xff\xfe=&" * 10), 20001, 400)
    _refused(api.post(MESSAGES, b"a" * 70_000), 20001, 400)
