"""Published reports stand as they are; links and keys open them until they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, Conflict, NotFound, Refused
from outreach.people.audit import Asking
from outreach.reach import populations
from outreach.reach.document.model import Document, Kind
from outreach.reach.fold import fold
from outreach.reach.publications import apikeys, links, publishing, queries
from outreach.reach.rules.allocation import Population
from outreach.reach.rules.restating import too_close
from outreach.store.engine import reading, transaction
from outreach.store.ledger import Fact, append

WHO = Asking("test", "asked by the board")
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
APRIL = (date(2026, 4, 1), date(2026, 4, 30))


@pytest.fixture
def may(database: Engine) -> FixedClock:
    """The second of May, after people were reached in March and in April."""
    reach(database, datetime(2026, 3, 5, tzinfo=UTC), range(1, 41))
    reach(database, datetime(2026, 4, 5, tzinfo=UTC), range(21, 71))
    reach(database, datetime(2026, 5, 2, tzinfo=UTC), range(1, 3))
    return FixedClock(datetime(2026, 5, 2, 3, 0, tzinfo=UTC))


def reach(engine: Engine, at: datetime, people: range) -> None:
    """An SMS to each of `people` is accepted and delivered."""
    facts = []
    for person in people:
        about = {
            "contact_id": person,
            "campaign_id": 1,
            "attempt_id": at.timetuple().tm_yday * 10_000 + at.hour * 100 + person,
            "channel": "sms",
            "province": "01",
            "sex": "female" if person % 2 else "male",
        }
        facts.append(Fact("attempt.accepted", at, amount=1, **about))
        facts.append(Fact("attempt.delivered", at, detail="submitted", **about))
    with transaction(engine) as connection:
        append(connection, facts)
    fold(engine)


def reached(document: Document, section: str = "headline", row: str = "reached") -> int | float:
    found = document.section(section)
    assert found is not None
    cell = found.cell(row, "number" if section == "headline" else "reached")
    assert cell is not None
    assert cell.number is not None
    return cell.number


def test_a_publication_stands_whatever_comes_after(database: Engine, may: FixedClock) -> None:
    made = publishing.publish_period(database, may, *MARCH, WHO)
    reach(database, datetime(2026, 3, 30, tzinfo=UTC), range(100, 150))
    document = publishing.published_document(database, made.public_id)
    assert reached(document) == 40
    assert document.as_of == may.now()


def test_equal_figures_stay_one_publication(database: Engine, may: FixedClock) -> None:
    first = publishing.publish_period(database, may, *MARCH, WHO)
    may.advance(timedelta(days=1))
    assert publishing.publish_period(database, may, *MARCH, WHO) == first
    assert publishing.publications(database) == (first,)


def test_other_figures_are_another_edition_that_says_so(database: Engine, may: FixedClock) -> None:
    publishing.publish_period(database, may, *MARCH, WHO)
    reach(database, datetime(2026, 3, 30, tzinfo=UTC), range(100, 150))
    may.advance(timedelta(days=1))
    again = publishing.publish_period(database, may, *MARCH, WHO)
    document = publishing.published_document(database, "2026-03")
    assert again.edition == 2
    assert reached(document) == 90
    assert "takes the place of the report of 2 May 2026" in document.notices[0]["en"]


def test_s27_a_restatement_by_fewer_than_eleven_is_refused(
    database: Engine, may: FixedClock
) -> None:
    publishing.publish_period(database, may, *MARCH, WHO)
    reach(database, datetime(2026, 3, 30, tzinfo=UTC), range(100, 105))
    with pytest.raises(Refused, match="fewer than 11"):
        publishing.publish_period(database, may, *MARCH, WHO)
    assert reached(publishing.published_document(database, "2026-03")) == 40


@pytest.mark.parametrize(
    ("before", "after", "close"),
    [
        (None, 50, True),
        (None, None, False),
        (50, None, False),
        (50, 50, False),
        (50, 51, True),
        (50, 60, True),
        (50, 61, False),
        (50, 40, True),
    ],
)
def test_s27_what_differs_by_one_to_ten_is_too_close(
    before: int | None, after: int | None, close: bool
) -> None:
    assert bool(too_close({"a": before}, {"a": after, "b": 30})) is close


def test_a_later_month_repeats_what_was_published_of_the_earlier(
    database: Engine, may: FixedClock
) -> None:
    publishing.publish_period(database, may, *MARCH, WHO)
    reach(database, datetime(2026, 3, 30, tzinfo=UTC), range(100, 150))
    publishing.publish_period(database, may, *APRIL, WHO)
    document = publishing.published_document(database, "2026-04")
    assert reached(document, "months", "2026-03") == 40
    assert reached(document, "months", "2026-04") == 50


@pytest.mark.parametrize(
    "period", [(date(2026, 5, 1), date(2026, 5, 31)), (date(2026, 3, 1), date(2026, 3, 30))]
)
def test_s27_only_a_month_that_is_over_is_published(
    database: Engine, may: FixedClock, period: tuple[date, date]
) -> None:
    with pytest.raises(Refused):
        publishing.publish_period(database, may, *period, WHO)
    assert publishing.publications(database) == ()


def test_s27_a_campaign_of_few_is_hidden_with_another(database: Engine, may: FixedClock) -> None:
    facts = [
        Fact("attempt.delivered", datetime(2026, 3, 9, tzinfo=UTC), detail="submitted",
             contact_id=n, campaign_id=2, attempt_id=90_000 + n, channel="sms")
        for n in range(1, 6)
    ]  # fmt: skip
    with transaction(database) as connection:
        append(connection, facts)
    fold(database)
    publishing.publish_period(database, may, *MARCH, WHO)
    section = publishing.published_document(database, "2026-03").section("campaigns")
    assert section is not None
    kinds = {row.key: row.cells[0].kind for row in section.rows}
    assert kinds == {"1": Kind.HIDDEN, "2": Kind.HIDDEN}


def test_s27_an_amount_paid_for_few_is_hidden_and_currencies_stay_apart(
    database: Engine, may: FixedClock
) -> None:
    facts = [
        Fact("attempt.accepted", datetime(2026, 3, 9, tzinfo=UTC), contact_id=n, campaign_id=1,
             attempt_id=80_000 + n, channel="sms", amount=1, cost_micro=40_000,
             currency="MYR" if n <= 3 else "USD")
        for n in range(1, 41)
    ]  # fmt: skip
    with transaction(database) as connection:
        append(connection, facts)
    fold(database)
    publishing.publish_period(database, may, *MARCH, WHO)
    section = publishing.published_document(database, "2026-03").section("cost")
    assert section is not None
    amounts = {row.key: row.cells[0].number for row in section.rows}
    assert amounts == {"USD": 1.48, "MYR": None}


def test_a_population_that_was_corrected_is_no_small_group(
    database: Engine, may: FixedClock
) -> None:
    for number in (100, 105):
        town = Population("01", "aspirant", number, "an example", date(2025, 6, 30))
        populations.keep(database, may, [town], by="dara")
        publishing.publish_period(database, may, *MARCH, WHO)
    section = publishing.published_document(database, "2026-03").section("coverage")
    assert section is not None
    assert [cell.number for cell in section.rows[0].cells[:4]] == [105, 40, 0.381, 65]
    assert [made.edition for made in publishing.publications(database)] == [2, 1]


@pytest.fixture
def token(database: Engine, may: FixedClock) -> str:
    publishing.publish_period(database, may, *MARCH, WHO)
    return links.make_link(database, may, "2026-03", "the fund", 30, WHO).token


def test_a_link_opens_its_report_until_it_is_over(
    database: Engine, may: FixedClock, token: str
) -> None:
    opened = links.open_link(database, may, token)
    assert opened is not None
    assert reached(links.document_of(database, opened)) == 40
    may.advance(timedelta(days=30))
    assert links.open_link(database, may, token) is None


def test_a_link_that_is_taken_back_opens_nothing(
    database: Engine, may: FixedClock, token: str
) -> None:
    (link,) = links.links(database)
    links.revoke(database, may, link.public_id, WHO)
    assert links.open_link(database, may, token) is None
    with pytest.raises(NotFound):
        links.revoke(database, may, link.public_id, WHO)


def test_s23_all_links_end_at_once(database: Engine, may: FixedClock, token: str) -> None:
    assert links.revoke_all(database, may, WHO) == 1
    assert links.open_link(database, may, token) is None


@pytest.mark.parametrize("wrong", ["", "x", "a" * 43, "a" * 10_000, "é"])
def test_a_wrong_token_opens_nothing(
    database: Engine, may: FixedClock, token: str, wrong: str
) -> None:
    assert links.open_link(database, may, wrong) is None


def test_a_link_knows_of_a_later_edition(database: Engine, may: FixedClock, token: str) -> None:
    reach(database, datetime(2026, 3, 30, tzinfo=UTC), range(100, 150))
    may.advance(timedelta(days=1))
    publishing.publish_period(database, may, *MARCH, WHO)
    opened = links.open_link(database, may, token)
    assert opened is not None
    assert opened.later == may.now()
    assert reached(links.document_of(database, opened)) == 40


def test_nothing_that_opens_a_door_is_kept(database: Engine, may: FixedClock, token: str) -> None:
    key = apikeys.make_key(database, may, "researcher", 30, WHO)
    with reading(database) as connection:
        kept = repr(
            [connection.execute(table.select()).all() for table in (queries.LINKS, queries.KEYS)]
        )
    assert token not in kept
    assert key not in kept


def test_every_opening_and_closing_of_a_door_is_noted(
    database: Engine, may: FixedClock, token: str
) -> None:
    apikeys.make_key(database, may, "researcher", 30, WHO)
    apikeys.revoke_key(database, may, "researcher", WHO)
    links.revoke_all(database, may, WHO)
    with reading(database) as connection:
        noted = [(row.action, row.by, row.reason) for row in queries.audits(connection, 9)]
    actions = ["revoked all", "key revoked", "key made", "linked", "published"]
    assert noted == [(action, "test", "asked by the board") for action in actions]


def test_a_door_without_a_reason_is_not_made(database: Engine, may: FixedClock) -> None:
    with pytest.raises(BadInput, match="reason"):
        apikeys.make_key(database, may, "researcher", 30, replace(WHO, reason=""))
    assert apikeys.keys(database) == ()


def test_a_key_has_a_name_of_its_own_and_ends(database: Engine, may: FixedClock) -> None:
    key = apikeys.make_key(database, may, "researcher", 30, WHO)
    with pytest.raises(Conflict):
        apikeys.make_key(database, may, "researcher", 30, WHO)
    assert apikeys.opens(database, may, key)
    assert not apikeys.opens(database, may, f"{key}x")
    may.advance(timedelta(days=31))
    assert not apikeys.opens(database, may, key)
