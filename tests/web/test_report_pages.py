"""Reports by link and by key: open to whoever has them, closed in one way to everybody else."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from structlog.testing import capture_logs

from outreach.bootstrap import Runtime
from outreach.kernel.clock import SystemClock
from outreach.people.audit import Asking
from outreach.reach.fold import fold
from outreach.reach.grants import keeping
from outreach.reach.publications import apikeys, links, publishing
from outreach.reach.publications.activities import publish_activity
from outreach.staff import accounts
from outreach.store.engine import transaction
from tests.asgi import Browser, Page, browsing, serving
from tests.world import SLUG, World

WHO = Asking("test", "asked by the board")
LANGUAGES = ("km", "en")
GRANT = Path(__file__).parents[1] / "reach" / "data" / "grant.yaml"


@pytest.fixture
def token(world: World) -> str:
    """A link to the rehearsal's report, of thirty people."""
    from outreach.delivery.tables import Attempt

    runtime = world.runtime
    for index in range(30):
        world.enrol(index)
    world.fire()
    world.send()
    for attempt in world.all(Attempt.__table__):
        world.report(attempt.public_id, "delivered")
    fold(runtime.engine)
    made = publishing.publish_period(runtime.engine, runtime.clock, None, None, WHO)
    return links.make_link(runtime.engine, SystemClock(), made.public_id, "the fund", 30, WHO).token


@pytest.fixture
def signed_in_needed(runtime: Runtime) -> None:
    """From the first account on, no page opens without sign-in."""
    accounts.add(runtime.engine, runtime.clock, "first", ["donor"], "", by="test")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_opens_the_report_without_sign_in(
    browser: Browser, token: str, signed_in_needed: None, language: str
) -> None:
    page = browser.get(f"/r/{token}/", params={"lang": language})
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    assert ">30</dd>" in page.text
    assert "<script" not in page.text


def test_nothing_else_opens_with_it(browser: Browser, token: str, signed_in_needed: None) -> None:
    for path in ("/", "/donors", "/calls", "/live", "/metrics"):
        assert browser.get(path).headers.get("location", "").startswith("/sign-in"), path


def test_a_wrong_an_old_and_a_revoked_link_look_the_same(
    browser: Browser, runtime: Runtime, token: str
) -> None:
    past = SystemClock()
    engine = runtime.engine
    report = publishing.publications(engine)[0].public_id

    class Yesterday:
        def now(self) -> Any:
            return past.now() - timedelta(days=2)

    old = links.make_link(engine, Yesterday(), report, "the fund", 1, WHO).token
    links.revoke(engine, past, links.links(engine)[1].public_id, WHO)
    pages = [browser.get(f"/r/{each}/") for each in (token, old, "x" * 43, "a")]
    assert {page.status_code for page in pages} == {404}
    assert len({(page.content, json.dumps(sorted(page.headers.items()))) for page in pages}) == 1


def test_a_report_is_not_indexed_and_its_address_not_handed_on(
    browser: Browser, token: str
) -> None:
    page = browser.get(f"/r/{token}/")
    assert page.headers["x-robots-tag"].startswith("noindex")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert token not in page.text
    assert "set-cookie" not in page.headers


def test_a_page_needs_little_of_a_slow_phone(browser: Browser, token: str) -> None:
    zipped = {"Accept-Encoding": "gzip"}
    page = browser.get(f"/r/{token}/", headers=zipped)
    assert page.headers["content-encoding"] == "gzip"
    assert gzip.decompress(page.content) == browser.get(f"/r/{token}/").content
    needed = set(
        re.findall(r'(?:src|href)="(/[^"]+)"|url\("([^"]+)"', browser.get(f"/r/{token}/").text)
    )
    assert needed == {("", "/static/khmer.woff")}
    font = browser.get("/static/khmer.woff")
    assert len(page.content) + len(font.content) < 50_000  # issue: 200 KB at most


@pytest.mark.parametrize(
    ("form", "begins"),
    [("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbfsection"), ("json", b'{"form"')],
)
def test_the_report_comes_as_a_file(browser: Browser, token: str, form: str, begins: bytes) -> None:
    page = browser.get(f"/r/{token}/km.{form}")
    assert page.content.startswith(begins)
    assert f'filename="reach-to-date-km.{form}"' in page.headers["content-disposition"]


@pytest.mark.parametrize("name", ["km.exe", "fr.pdf", "x"])
def test_there_is_no_other_file(browser: Browser, token: str, name: str) -> None:
    assert browser.get(f"/r/{token}/{name}").status_code == 404


def test_s28_the_page_says_outputs_and_conversations(browser: Browser, token: str) -> None:
    text = browser.get(f"/r/{token}/", params={"lang": "en"}).text
    assert "These are outputs" in text
    assert "Help conversations" in text
    assert "victim" not in text.lower()


def test_staff_find_published_reports_and_their_files(browser: Browser, token: str) -> None:
    text = browser.get("/donors", params={"lang": "en"}).text
    (path,) = re.findall(r'href="(/donors/rp_\w+/)"', text)
    assert browser.get(path).status_code == 200
    assert browser.get(f"{path}en.csv").status_code == 200
    assert browser.get(f"{path}en.exe").status_code == 404


def test_the_log_of_a_broken_page_does_not_open_it(
    app: Starlette, token: str, runtime: Runtime
) -> None:
    with transaction(runtime.engine) as connection:
        connection.execute(text("DROP TABLE report_link"))
    broken = pytest.raises(Exception, match="report_link")
    with browsing(app, {}) as browser, capture_logs() as said, broken:
        browser.get(f"/r/{token}/")
    assert [line["path"] for line in said] == ["/r/…"]
    assert token not in repr(said[0]["path"])


def ask(address: str, key: str = "") -> tuple[int, Any]:
    """An answer of the API over real HTTP."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


async def over_http(app: Starlette, key: str, *paths: str) -> list[tuple[int, Any]]:
    import asyncio

    async with serving(app) as address:
        return [await asyncio.to_thread(ask, f"{address}/api/v1{path}", key) for path in paths]


def test_the_api_answers_as_its_schema_says(
    app: Starlette, browser: Browser, runtime: Runtime, token: str, signed_in_needed: None
) -> None:
    key = apikeys.make_key(runtime.engine, SystemClock(), "researcher", 30, WHO)
    paths = ("/openapi.json", "/reports", "/reports/to-date", "/reports/to-date/sections/sex")
    (_, schema), (_, listed), (_, whole), (_, one) = browser.run(over_http(app, key, *paths))
    assert listed[0]["period"] == "to-date"
    assert one in whole["sections"]
    for path, answer in (
        ("/reports", listed),
        ("/reports/{report}", whole),
        ("/reports/{report}/sections/{section}", one),
    ):
        told = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        fits(answer, told["schema"], schema)


def fits(answer: Any, schema: dict[str, Any], whole: dict[str, Any]) -> None:
    """Whether an answer is what a schema says, as far as our schemas go."""
    if "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        assert any(_fits(answer, each, whole) for each in schema["anyOf"]), answer
        return
    if "enum" in schema:
        assert answer in schema["enum"]
        return
    kinds = {
        "object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
        "boolean": bool, "null": type(None),
    }  # fmt: skip
    assert isinstance(answer, kinds[schema["type"]]), (answer, schema)
    if schema["type"] == "array":
        for item in answer:
            fits(item, schema["items"], whole)
    if schema["type"] == "object" and "properties" in schema:
        assert set(answer) == set(schema["properties"])
        for name, each in schema["properties"].items():
            fits(answer[name], each, whole)


def _fits(answer: Any, schema: dict[str, Any], whole: dict[str, Any]) -> bool:
    try:
        fits(answer, schema, whole)
    except AssertionError:
        return False
    return True


def test_the_api_gives_each_version_of_an_activity_as_it_was_published(
    browser: Browser, runtime: Runtime, token: str, signed_in_needed: None, tmp_path: Path
) -> None:
    file = tmp_path / "grant.yaml"
    told = GRANT.read_text(encoding="utf-8").replace("[safe]", f"[{SLUG}]")
    for cost in ("900.00", "950.00"):
        file.write_text(told.replace("900.00", cost), encoding="utf-8")
        keeping.load(runtime.engine, runtime.clock, file, by="dara")
        publish_activity(runtime.engine, runtime.clock, "example-2026", WHO)
    key = apikeys.make_key(runtime.engine, SystemClock(), "researcher", 30, WHO)
    headers = {"Authorization": f"Bearer {key}"}
    assert browser.get("/api/v1/activities").status_code == 401
    listed = browser.get("/api/v1/activities", headers=headers).json()
    assert [line["version"] for line in listed] == [1, 2]
    assert "950.00 USD, was 900.00 USD" in listed[1]["note"]
    path = "/api/v1/activities/example-2026"
    for line in listed:
        page = browser.get(f"{path}?version={line['version']}", headers=headers)
        assert page.headers["content-type"] == "application/xml"
        assert hashlib.sha256(page.content).hexdigest() == line["sha256"]
    assert browser.get(path, headers=headers).content == page.content
    for wrong in (f"{path}?version=3", "/api/v1/activities/none"):
        assert browser.get(wrong, headers=headers).status_code == 404


@pytest.mark.parametrize("key", ["", "x", "outreach_wrong", "Bearer"])
def test_the_api_opens_to_nobody_without_a_good_key(browser: Browser, key: str) -> None:
    page: Page = browser.get(
        "/api/v1/reports", headers={"Authorization": f"Bearer {key}"} if key else {}
    )
    assert page.status_code == 401
    assert page.headers["www-authenticate"] == "Bearer"
    assert page.json()["remedy"]


def test_a_key_that_is_taken_back_opens_nothing(
    browser: Browser, runtime: Runtime, token: str
) -> None:
    key = apikeys.make_key(runtime.engine, SystemClock(), "researcher", 30, WHO)
    headers = {"Authorization": f"Bearer {key}"}
    assert browser.get("/api/v1/reports", headers=headers).status_code == 200
    assert browser.get("/api/v1/reports/none", headers=headers).status_code == 404
    apikeys.revoke_key(runtime.engine, SystemClock(), "researcher", WHO)
    assert browser.get("/api/v1/reports", headers=headers).status_code == 401
