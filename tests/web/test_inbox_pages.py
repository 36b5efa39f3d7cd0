"""The inbox's pages: nobody sees a number or reads a text without leaving a name and a reason."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from outreach.bootstrap import Runtime
from outreach.delivery.stops import harm
from outreach.delivery.stops import queries as stops
from outreach.hotline import queries
from outreach.hotline.inbox import listing
from outreach.kernel.clock import SystemClock
from outreach.kernel.mask import mask
from outreach.staff import accounts
from outreach.staff.queries import SESSIONS
from outreach.store.engine import transaction
from tests.asgi import Browser, Page
from tests.web.test_signing import FORM, add, cookie, enrol
from tests.world import World, number

ANNA = number(1)
ENGLISH = {"lang": "en"}
PLEA = "ជួយខ្ញុំផង"
Headers = dict[str, str]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """A page is the same on each kind."""
    return sqlite_url


@pytest.fixture
def worker(runtime: Runtime, browser: Browser) -> Headers:
    """The headers of a hotline worker."""
    return cookie(enrol(browser, "dara", add(runtime, "dara", "hotline_worker")))


@pytest.fixture
def other(runtime: Runtime, browser: Browser) -> Headers:
    """The headers of another one."""
    return cookie(enrol(browser, "sokha", add(runtime, "sokha", "hotline_worker")))


@pytest.fixture
def talk(world: World) -> str:
    """The id of a conversation that nobody has."""
    world.text(ANNA, PLEA)
    (head,) = listing.inbox(world.runtime.engine, "", listing.ALL).shown
    return head.id


def do(browser: Browser, who: Headers, talk: str, act: str, **form: str) -> Page:
    given = form or {"_": ""}
    return browser.post(f"/inbox/{talk}/{act}?lang=en", given, headers=who | FORM, follow=False)


def send(browser: Browser, who: Headers, talk: str, **form: str) -> Page:
    """Drafts a reply and sends what the draft shows; the page of the draft where it is refused."""
    page = do(browser, who, talk, "draft", **form)
    given = re.findall(r'name="(seen|name|body|shown)" value="([^"]*)"', page.text)
    if page.status_code != 200:
        return page
    return do(browser, who, talk, "reply", **{name: html.unescape(text) for name, text in given})


def shown(browser: Browser, who: Headers, path: str) -> str:
    return browser.get(path, headers=who, params=ENGLISH).text


def test_s22_only_the_hotline_opens_the_inbox(
    runtime: Runtime, browser: Browser, talk: str
) -> None:
    who = cookie(enrol(browser, "chan", add(runtime, "chan", "administrator", "auditor")))
    for path in ("/inbox", "/inbox/live", f"/inbox/{talk}", f"/inbox/{talk}/live"):
        assert browser.get(path, headers=who).status_code == 403
    for act in ("take", "read", "number", "reply", "close"):
        assert do(browser, who, talk, act, reason="curious today").status_code == 403


def test_an_empty_inbox_says_so(browser: Browser, worker: Headers) -> None:
    assert "Nothing waits here" in shown(browser, worker, "/inbox")


@pytest.mark.parametrize("path", ["/inbox", "/inbox/live", "/inbox/live?show=nobodys"])
def test_s18_the_list_shows_no_number_and_no_words(
    browser: Browser, worker: Headers, talk: str, path: str
) -> None:
    page = browser.get(path, headers=worker)
    assert talk in page.text
    assert ANNA[4:] not in page.text
    assert PLEA not in page.text


def test_s22_nobody_reads_it_without_taking_it_or_a_reason(
    world: World, browser: Browser, worker: Headers, talk: str
) -> None:
    page = shown(browser, worker, f"/inbox/{talk}")
    assert PLEA not in page
    assert "Read it without taking it" in page
    assert do(browser, worker, talk, "read", reason="x").status_code == 422
    assert PLEA in do(browser, worker, talk, "read", reason="supervising today").text
    assert [row.action for row in world.all(queries.AUDIT)] == ["read"]


def test_a_worker_takes_it_replies_and_sees_how_it_went(
    world: World, browser: Browser, worker: Headers, talk: str
) -> None:
    assert do(browser, worker, talk, "take").status_code == 303
    page = shown(browser, worker, f"/inbox/{talk}")
    assert PLEA in page
    assert ANNA[4:] not in page
    assert 'name="name" value="where"' in page
    assert send(browser, worker, talk, name="where", seen="0").status_code == 303
    assert "waiting" in shown(browser, worker, f"/inbox/{talk}/live")
    world.send()
    assert "on its way" in shown(browser, worker, f"/inbox/{talk}/live")
    assert ANNA not in page


def test_a_refused_reply_keeps_the_words_and_says_what_is_wrong(
    browser: Browser, worker: Headers, talk: str
) -> None:
    do(browser, worker, talk, "take")
    page = send(browser, worker, talk, body="we bring the police", seen="0")
    assert page.status_code == 422
    assert "gives the subject away" in page.text
    assert "we bring the police</textarea>" in page.text
    again = send(browser, worker, talk, body="hello", seen="9")
    assert (again.status_code, "read it first" in again.text) == (409, True)


@pytest.mark.parametrize("form", [{"name": "where"}, {"body": "នៅទីណា?"}])
def test_s9_no_reply_leaves_by_one_press(
    world: World, browser: Browser, worker: Headers, talk: str, form: dict[str, str]
) -> None:
    do(browser, worker, talk, "take")
    page = do(browser, worker, talk, "draft", **form, seen="0", heard="1").text
    said = form.get("body") or world.runtime.desk.phrases.replies["km"]["where"]
    assert all(part in page for part in (said, mask(ANNA), "1 SMS", "heard=1"))
    assert ANNA not in page
    for act in ("draft", "reply"):
        do(browser, worker, talk, act, **form, seen="0")
    assert [row for row in world.all(queries.DELIVERIES) if row.author] == []
    assert send(browser, worker, talk, **form, seen="0").status_code == 303
    assert [row.author for row in world.all(queries.DELIVERIES)].count("dara") == 1


def test_who_goes_back_from_a_draft_keeps_the_words(
    browser: Browser, worker: Headers, talk: str
) -> None:
    do(browser, worker, talk, "take")
    page = do(browser, worker, talk, "draft", body="hello <you>", again="yes")
    assert (page.status_code, "hello &lt;you&gt;</textarea>" in page.text) == (200, True)


def test_two_workers_who_take_it_at_once_see_who_has_it(
    browser: Browser, worker: Headers, other: Headers, talk: str
) -> None:
    do(browser, worker, talk, "take")
    page = do(browser, other, talk, "take")
    assert page.status_code == 409
    assert "Somebody else has this conversation" in page.text
    assert PLEA not in page.text


def test_a_conversation_is_handed_over_and_ended(
    browser: Browser, worker: Headers, other: Headers, talk: str
) -> None:
    do(browser, worker, talk, "take")
    do(browser, worker, talk, "note", body="speaks softly")
    assert "<option>sokha</option>" in shown(browser, worker, f"/inbox/{talk}")
    assert (
        do(browser, worker, talk, "hand-over", to="sokha", body="call at noon").status_code == 303
    )
    page = shown(browser, other, f"/inbox/{talk}")
    assert "speaks softly" in page
    assert "call at noon" in page
    do(browser, other, talk, "close", outcome="answered")
    assert "Nothing waits here" in shown(browser, other, "/inbox")


def test_s22_a_coordinator_sees_what_was_addressed_to_them_alone(
    runtime: Runtime, browser: Browser, talk: str, world: World
) -> None:
    accounts.add(runtime.engine, SystemClock(), "chan", ["coordinator"], "01", by="tests")
    code = accounts.renew(runtime.engine, SystemClock(), "chan", by="tests")
    who = cookie(enrol(browser, "chan", code))
    page = shown(browser, who, "/referrals")
    assert "Nothing waits here" in page
    assert browser.get(f"/inbox/{talk}", headers=who).status_code == 403
    form = {"referral": "rf_none", "stage": "acknowledged"}
    assert browser.post("/referrals/step", form, headers=who | FORM).status_code == 404


def test_s29_the_page_says_where_nothing_verified_is_open(
    browser: Browser, worker: Headers, talk: str
) -> None:
    do(browser, worker, talk, "take")
    page = browser.get(f"/inbox/{talk}", headers=worker, params=ENGLISH | {"country": "KH"}).text
    assert "Nothing verified is open there now" in page
    assert ">117<" not in page
    refused = do(browser, worker, talk, "offer", service="kh-117", country="KH", chosen="yes")
    assert refused.status_code == 404


def test_s18_the_number_is_shown_in_the_answer_to_a_form_alone(
    browser: Browser, worker: Headers, talk: str
) -> None:
    do(browser, worker, talk, "take")
    assert do(browser, worker, talk, "number", reason="").status_code == 422
    page = do(browser, worker, talk, "number", reason="they asked for a call")
    assert ANNA in page.text
    assert "Say to nobody that they wrote" in page.text
    again = browser.get(f"/inbox/{talk}/number", headers=worker)
    assert (again.status_code, again.headers["location"]) == (303, f"/inbox/{talk}")


@pytest.mark.parametrize(
    "path", ["/inbox", "/inbox/{}", "/inbox/{}/read", "/inbox/{}/number", "/inbox/{}/draft"]
)
def test_s23_pages_with_help_data_are_neutral_not_kept_and_quickly_left(
    browser: Browser, worker: Headers, talk: str, path: str
) -> None:
    do(browser, worker, talk, "take")
    address = path.format(talk)
    if address.endswith(talk) or address == "/inbox":
        page = browser.get(address, headers=worker)
    else:
        page = browser.post(
            address, {"reason": "they asked", "name": "where", "seen": "0"}, headers=worker | FORM
        )
    assert "<title>Outreach</title>" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "data-leave" in page.text
    assert re.search(r"/static/leave\.js", page.text)


@pytest.mark.parametrize("act", ["take", "read", "number", "draft", "reply", "note"])
def test_what_does_not_exist_is_no_page(browser: Browser, worker: Headers, act: str) -> None:
    assert do(browser, worker, "cv_none", act, reason="looking for it").status_code == 404


def test_s15_a_call_to_a_child_is_offered_to_child_trained_staff_alone(
    world: World, browser: Browser, worker: Headers
) -> None:
    world.text(ANNA, "ខ្ញុំជាកុមារ")
    world.text(ANNA, "9")
    page = shown(browser, worker, "/calls")
    assert "For child-trained staff" in page
    refused = browser.post("/calls/take?lang=en", {"call": "1"}, headers=worker | FORM)
    assert (refused.status_code, ANNA in refused.text) == (403, False)


def test_a_worker_sees_where_the_person_said_they_are(
    world: World, browser: Browser, worker: Headers, talk: str
) -> None:
    for digit in ("8", "1", "6", "2"):
        world.text(ANNA, digit)
    do(browser, worker, talk, "take")
    assert "Thailand · pier · fishing" in shown(browser, worker, f"/inbox/{talk}")


def test_a_worker_has_the_person_asked_where_they_are_by_digits(
    world: World, browser: Browser, worker: Headers, talk: str
) -> None:
    do(browser, worker, talk, "take")
    assert send(browser, worker, talk, name="finder", seen="0").status_code == 303
    world.text(ANNA, "3")
    world.send()
    landmarks = world.runtime.desk.replies.landmarks
    assert landmarks.text("place", "", "km") in world.got(ANNA)
    assert world.got(ANNA)[-1] == landmarks.text("landmark", "vn", "km")
    assert "Viet Nam" in shown(browser, worker, f"/inbox/{talk}")


def test_who_reads_it_for_a_reason_may_take_it_from_there(
    browser: Browser, worker: Headers, other: Headers, talk: str
) -> None:
    take = f'action="/inbox/{talk}/take"'
    assert take in do(browser, worker, talk, "read", reason="nobody has it").text
    do(browser, other, talk, "take")
    assert take not in do(browser, worker, talk, "read", reason="sokha asked me").text


def test_s9_who_looks_at_a_conversation_learns_that_more_came_in(
    world: World, browser: Browser, worker: Headers, talk: str
) -> None:
    do(browser, worker, talk, "take")
    live = re.search(r'hx-get="([^"]*/live[^"]*)"', shown(browser, worker, f"/inbox/{talk}"))
    assert live
    news, asked = "They wrote or called again", f"{live[1]}&lang=en"
    assert news not in browser.get(asked, headers=worker).text
    world.text(ANNA, "?")
    page = browser.get(asked, headers=worker).text
    assert (news in page, PLEA in page) == (True, False)
    assert [row.action for row in world.all(queries.AUDIT)].count("read") == 1


@pytest.mark.parametrize(("path", "keeps"), [("/inbox/live", True), ("/inbox/{}/live", False)])
def test_s23_a_page_with_words_that_nobody_looks_at_keeps_no_session(
    world: World, browser: Browser, worker: Headers, talk: str, path: str, keeps: bool
) -> None:
    before = SystemClock().now() - timedelta(minutes=5)
    with transaction(world.runtime.engine) as connection:
        connection.execute(SESSIONS.update().values(seen_at=before))
    assert browser.get(path.format(talk), headers=worker).status_code == 200
    (session,) = world.all(SESSIONS)
    assert (session.seen_at > before) == keeps


def test_who_has_to_sign_in_again_comes_back_to_the_page(
    world: World, browser: Browser, worker: Headers, talk: str
) -> None:
    at = {"HX-Request": "true", "HX-Current-URL": f"http://127.0.0.1:8000/inbox/{talk}?country=TH"}
    page = browser.get(f"/inbox/{talk}/live", headers=at)
    assert page.headers["hx-redirect"] == f"/sign-in?next=/inbox/{talk}"


def test_s22_a_wrong_page_leads_back_to_what_the_role_may_see(
    browser: Browser, worker: Headers
) -> None:
    page = shown(browser, worker, "/inbox/cv_none")
    assert ('<p><a href="/me">' in page, '<a href="/">' in page) == (True, False)
    home = shown(browser, worker, "/me")
    assert all(f'<li><a href="{path}">' in home for path in ("/inbox", "/calls", "/roster"))


def test_a_digit_after_a_worker_asked_something_else_answers_no_question_of_ours(
    world: World, browser: Browser, worker: Headers, talk: str
) -> None:
    do(browser, worker, talk, "take")
    send(browser, worker, talk, name="finder", seen="0")
    assert send(browser, worker, talk, body="១ ឬ ២?", seen="1").status_code == 303
    world.text(ANNA, "3")
    world.send()
    assert world.runtime.desk.replies.landmarks.text("landmark", "vn", "km") not in world.got(ANNA)


def test_s35_a_worker_who_is_told_of_harm_stops_the_campaign(
    browser: Browser, worker: Headers, world: World
) -> None:
    world.enrol(2)
    world.fire()
    page = shown(browser, worker, "/inbox")
    assert 'value="campaign:safe-migration"' in page
    form = {"about": "campaign:safe-migration", "body": "her husband read it"}
    done = browser.post("/inbox?lang=en", form, headers=worker | FORM, follow=False)
    assert done.status_code == 303
    assert "#harm" in done.headers["location"]
    told = browser.get("/inbox", headers=worker, params=ENGLISH | {"kept": "harm"})
    assert "It is kept." in told.text
    world.send()
    assert world.got(number(2)) == []
    (found,) = harm.listed(world.runtime.engine)
    assert (found.by, found.words) == ("dara", "her husband read it")


def test_s35_a_worker_who_is_told_of_an_answer_that_did_harm_stops_those_that_go_by_themselves(
    browser: Browser, worker: Headers, world: World
) -> None:
    form = {"about": "answers", "body": "her husband read it"}
    browser.post("/inbox", form, headers=worker | FORM)
    (found,) = harm.listed(world.runtime.engine)
    assert found.scope == "answers"


def test_s19_nothing_leads_from_a_report_of_harm_to_a_conversation(
    browser: Browser, worker: Headers, world: World, talk: str
) -> None:
    world.enrol(2)
    world.fire()
    before = len(world.all(queries.AUDIT))
    browser.post("/inbox", {"body": "somebody was beaten"}, headers=worker | FORM)
    assert len(world.all(queries.AUDIT)) == before
    (row,) = world.all(stops.REPORTS)
    assert talk not in repr(row)


def test_a_report_without_words_is_asked_for_again(
    browser: Browser, worker: Headers, world: World
) -> None:
    world.enrol(2)
    world.fire()
    form = {"about": "campaign:safe-migration", "body": "no"}
    page = browser.post("/inbox?lang=en", form, headers=worker | FORM, follow=False)
    assert page.status_code == 422
    assert '<option value="campaign:safe-migration" selected>' in page.text
    (other,) = re.findall(r'href="([^"]*)" lang="km"', page.text)
    assert browser.get(other, headers=worker).status_code == 200
    assert "A reason has 5 to 200 characters." in page.text
    assert ">no</textarea>" in page.text
    assert harm.listed(world.runtime.engine) == []


def test_a_draft_keeps_its_words_in_the_other_language(
    browser: Browser, worker: Headers, talk: str
) -> None:
    do(browser, worker, talk, "take")
    page = do(browser, worker, talk, "draft", body="Call at six", seen="0")
    (form,) = re.findall(r'<form method="post" action="([^"]*lang=km)".*?</form>', page.text, re.S)
    again = browser.post(
        form.replace("&amp;", "&"), {"body": "Call at six", "seen": "0", "name": ""},
        headers=worker | FORM, follow=False,
    )  # fmt: skip
    assert again.status_code == 200
    assert 'lang="km"' in again.text
    assert "Call at six" in again.text
