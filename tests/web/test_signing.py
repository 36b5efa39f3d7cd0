"""The pages open to staff whose role allows it; forms of other sites and strangers are refused."""

from __future__ import annotations

import re
from dataclasses import replace

import pyotp
import pytest

from outreach.bootstrap import Runtime
from outreach.kernel.clock import SystemClock
from outreach.staff import accounts
from outreach.web.app import create_app
from tests.asgi import Browser, Page, browsing

PASSWORD = "four wet green hats"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def add(runtime: Runtime, name: str, *roles: str) -> str:
    return accounts.add(runtime.engine, SystemClock(), name, roles, "", by="tests")


def enrol(browser: Browser, name: str, once: str) -> Page:
    page = browser.post("/sign-in/first", {"name": name, "once": once}, headers=FORM)
    form = dict(re.findall(r'name="(name|once)" value="([^"]*)"', page.text))
    secret = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", page.text)
    code = pyotp.TOTP(secret[1]).now() if secret else ""
    given = {**form, "password": PASSWORD, "code": code}
    return browser.post("/sign-in/enrol", given, follow=False, headers=FORM)


def cookie(page: Page) -> dict[str, str]:
    assert page.status_code == 303, page.text
    return {"Cookie": page.headers["set-cookie"].split(";")[0]}


@pytest.fixture
def signed_in(runtime: Runtime, browser: Browser) -> dict[str, str]:
    """The headers of a campaign manager."""
    return cookie(enrol(browser, "dara", add(runtime, "dara", "campaign_manager")))


def test_before_the_first_account_a_rehearsal_is_open_at_this_machine(browser: Browser) -> None:
    assert browser.get("/").status_code == 200
    assert browser.get("/donors").status_code == 200


def test_with_an_account_pages_ask_for_a_sign_in(runtime: Runtime, browser: Browser) -> None:
    add(runtime, "dara", "administrator")
    page = browser.get("/donors")
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=/donors")
    live = browser.get("/live", headers={"HX-Request": "true"})
    assert (live.status_code, live.headers["hx-redirect"]) == (401, "/sign-in")
    assert browser.get("/static/outreach.css").status_code == 200


def test_whoever_enrolled_reads_what_the_role_allows(
    browser: Browser, signed_in: dict[str, str]
) -> None:
    assert browser.get("/", headers=signed_in).status_code == 200
    me = browser.get("/me", headers=signed_in, params={"lang": "en"})
    assert "campaign manager" in me.text


def test_s22_a_page_is_refused_to_another_role(runtime: Runtime, browser: Browser) -> None:
    headers = cookie(enrol(browser, "giver", add(runtime, "giver", "donor")))
    assert browser.get("/donors", headers=headers).status_code == 200
    page = browser.get("/", headers=headers, params={"lang": "en"})
    assert (page.status_code, "not for your role" in page.text) == (403, True)


def test_s22_every_page_names_what_it_takes(runtime: Runtime) -> None:
    open_to_all = (
        "/hooks/",
        "/recordings/",
        "/healthz",
        "/static/",
        "/sign-",
        "/me",
        "/r/",
        "/api/",
    )
    for route in create_app(runtime).routes:
        if not route.path.startswith(open_to_all):
            assert re.search(r" \w+$", route.name), route.path


def test_a_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    runtime: Runtime, browser: Browser
) -> None:
    page = enrol(browser, "dara", add(runtime, "dara", "auditor"))
    said = page.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=strict" in said


def test_signing_out_ends_the_session(browser: Browser, signed_in: dict[str, str]) -> None:
    assert browser.post("/sign-out", headers=signed_in, follow=False).status_code == 303
    assert browser.get("/", headers=signed_in).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://example.org"},
        {"Origin": "null"},
    ],
)
def test_a_form_of_another_site_is_refused(browser: Browser, headers: dict[str, str]) -> None:
    assert browser.post("/sign-out", headers=headers).status_code == 403


@pytest.mark.parametrize("elsewhere", ["//example.org", "https://example.org", "/\\example.org"])
def test_signing_in_never_leads_elsewhere(browser: Browser, elsewhere: str) -> None:
    page = browser.get("/sign-in", params={"next": elsewhere})
    assert 'name="next" value=""' in page.text


def test_a_wrong_sign_in_says_so_in_the_readers_language(
    runtime: Runtime, browser: Browser
) -> None:
    add(runtime, "dara", "auditor")
    page = browser.post("/sign-in", {"name": "dara", "password": "x"}, headers=FORM)
    assert page.status_code == 401
    assert "មិនត្រឹមត្រូវ" in page.text


def test_tries_behind_our_proxy_are_counted_by_the_address_it_tells(runtime: Runtime) -> None:
    settings = runtime.settings.model_copy(update={"proxies": "127.0.0.1"})
    proxied = replace(runtime, settings=settings)
    with browsing(create_app(proxied), {"X-Forwarded-For": "203.0.113.5"}) as browser:

        def tried(index: int) -> bool:
            page = browser.post("/sign-in/first", {"name": f"n{index}", "once": "x"}, headers=FORM)
            return "សូមរង់ចាំ" not in page.text and "Wait" not in page.text

        assert all(tried(index) for index in range(20))
        assert not tried(20)


def test_a_live_gateways_pages_open_over_https_after_a_sign_in(runtime: Runtime) -> None:
    class Live:
        """The gateway of the tests, but not on this machine."""

        loopback = False

        def __getattr__(self, name: str) -> object:
            return getattr(runtime.gateway, name)

    settings = runtime.settings.model_copy(update={"public_url": "https://outreach.example.org"})
    live = replace(runtime, settings=settings, gateway=Live())
    with browsing(create_app(live), {"Host": "outreach.example.org"}) as browser:
        assert browser.get("/").headers["location"] == "/sign-in?next=/"
        page = enrol(browser, "dara", add(runtime, "dara", "auditor"))
        assert "secure" in page.headers["set-cookie"].lower()
        assert browser.get("/", headers=cookie(page)).status_code == 200
        assert browser.get("/", headers={"Host": "example.org"}).status_code == 403
