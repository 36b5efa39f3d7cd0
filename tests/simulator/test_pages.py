"""A person can pick up a handset, read Khmer, and text back; strangers' pages can't."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from starlette.applications import Starlette

from outreach.kernel.clock import FixedClock
from outreach.simulator.network import Network
from outreach.simulator.server import create_app
from outreach.simulator.words import WORDS
from tests.asgi import Browser, browsing
from tests.simulator.conftest import SENDER, network_config, number, rest

TEXT = "ព័ត៌មានការងារ <b>ថ្មី</b>"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))


@pytest.fixture
def app(clock: FixedClock) -> Starlette:
    return create_app(network_config(), clock)


@pytest.fixture
def browser(app: Starlette) -> Iterator[Browser]:
    with browsing(app, {}) as browser:
        yield browser


@pytest.fixture
def network(app: Starlette, browser: Browser, clock: FixedClock) -> Network:
    """Forty handsets that each got a text or lost it."""
    network: Network = app.state.network
    for i in range(40):
        network.send(number(i), SENDER, TEXT, "", None)
    clock.advance(timedelta(minutes=5))
    rest(browser, network)
    return network


def test_the_list_shows_every_handset_masked(browser: Browser, network: Network) -> None:
    page = browser.get("/?lang=en").text
    assert "nothing leaves this machine" in page
    assert page.count("/handsets/") == 40
    assert "Other" in page
    assert not any(number(i)[1:] in page for i in range(40))


def test_s18_no_address_holds_a_number(browser: Browser, network: Network) -> None:
    some = next(iter(network.book.by_id))
    for page in ("/", f"/handsets/{some}"):
        addresses = re.findall(r'(?:href|action|src|hx-get)="([^"]*)"', browser.get(page).text)
        assert addresses
        numbers = [handset.number[1:] for handset in network.book.handsets.values()]
        assert not [a for a in addresses for number in numbers if number in a]


def test_a_handset_shows_its_khmer_texts_and_no_markup_of_theirs(
    browser: Browser, network: Network
) -> None:
    got = next(h for h in network.book.handsets.values() if h.messages[0].got_at)
    page = browser.get(f"/handsets/{got.id}").text
    assert "ព័ត៌មានការងារ &lt;b&gt;ថ្មី&lt;/b&gt;" in page
    assert got.number[1:] not in page
    lost = next(h for h in network.book.handsets.values() if not h.messages[0].got_at)
    assert "ព័ត៌មានការងារ" not in browser.get(f"/handsets/{lost.id}").text


def test_texting_back_works_without_javascript(browser: Browser, network: Network) -> None:
    handset = next(iter(network.book.handsets.values()))
    answer = browser.post(f"/handsets/{handset.id}/text?lang=km", data={"body": "ជួយ"}, follow=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/handsets/{handset.id}?lang=km"
    assert handset.messages[-1].body == "ជួយ"
    assert "ជួយ" in browser.get(answer.headers["location"]).text
    browser.post(f"/handsets/{handset.id}/missed-call")
    assert handset.calls[-1].direction == "inbound"


def test_a_number_in_a_text_can_be_rung(
    browser: Browser, network: Network, clock: FixedClock
) -> None:
    handset, door = network.book.handset(number(3)), number(99)
    browser.post(f"/handsets/{handset.id}/text", {"body": f"not {number(98)}"})
    network.send(handset.number, SENDER, f"លេខ {door}", "", None)
    clock.advance(timedelta(minutes=5))
    rest(browser, network)
    page = browser.get(f"/handsets/{handset.id}").text
    assert re.findall(r'name="to" value="([^"]*)"', page) == [door]
    browser.post(f"/handsets/{handset.id}/missed-call", {"to": door})
    assert [call.to for call in handset.calls] == [door]
    odd = browser.post(f"/handsets/{handset.id}/missed-call?lang=en", {"to": "12"}).text
    assert (WORDS["en"]["bad_number"] in odd, len(handset.calls)) == (True, 1)


def test_an_empty_text_is_explained(browser: Browser, network: Network) -> None:
    handset = next(iter(network.book.handsets.values()))
    page = browser.post(f"/handsets/{handset.id}/text?lang=en", data={"body": " "}).text
    assert WORDS["en"]["bad_text"] in page


def test_a_handset_can_be_picked_up_by_its_number(browser: Browser) -> None:
    answer = browser.post("/handsets?lang=en", data={"number": number(77)})
    assert answer.status_code == 200
    assert number(77)[1:] not in answer.path
    assert WORDS["en"]["quiet"] in answer.text
    assert WORDS["en"]["bad_number"] in browser.post("/handsets?lang=en", data={"number": "1"}).text


@pytest.mark.parametrize("language", WORDS)
def test_pages_speak_both_languages(browser: Browser, network: Network, language: str) -> None:
    some = next(iter(network.book.by_id))
    for path in ("/", f"/handsets/{some}"):
        page = browser.get(f"{path}?lang={language}").text
        assert f'<html lang="{language}">' in page
        assert WORDS[language]["banner"] in page
    assert set(WORDS[language]) == set(WORDS["en"])


def test_pages_bring_everything_with_them(browser: Browser) -> None:
    page = browser.get("/")
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    for path in re.findall(r'(?:href|src)="(/static/[^"]*)"', page.text):
        assert browser.get(path).status_code == 200
    letters = browser.get("/static/khmer.ttf")
    assert letters.headers["content-type"] == "font/ttf"
    assert len(letters.content) > 50_000
    assert browser.get("/static/../config.py").status_code == 404


@pytest.mark.parametrize(
    "host", ["example.org", "127.0.0.1.example.org", "localhost.evil:8100", ""]
)
@pytest.mark.parametrize("path", ["/", "/simulator/truth", "/healthz"])
def test_a_foreign_host_name_is_refused(browser: Browser, host: str, path: str) -> None:
    assert browser.get(path, headers={"Host": host}).status_code == 403


def test_a_form_of_a_foreign_page_is_refused(browser: Browser, network: Network) -> None:
    handset = next(iter(network.book.handsets.values()))
    for origin in ("https://example.org", "http://127.0.0.1:9999", "null"):
        answer = browser.post(
            f"/handsets/{handset.id}/text", data={"body": "1"}, headers={"Origin": origin}
        )
        assert answer.status_code == 403
    assert len(handset.messages) == 1


def test_our_own_form_is_taken_as_a_browser_sends_it(browser: Browser, network: Network) -> None:
    handset = next(iter(network.book.handsets.values()))
    # Under no-referrer a browser would send our own forms with the origin "null".
    assert browser.get("/").headers["referrer-policy"] == "same-origin"
    own = {"Host": "127.0.0.1:8100", "Origin": "http://127.0.0.1:8100"}
    browser.post(f"/handsets/{handset.id}/text", data={"body": "1"}, headers=own)
    assert handset.messages[-1].body == "1"


def test_an_unknown_handset_is_not_found(browser: Browser) -> None:
    assert browser.get("/handsets/none").status_code == 404
    assert browser.post("/handsets/none/text", data={"body": "1"}).status_code == 404
    assert browser.post("/handsets/none/missed-call").status_code == 404
