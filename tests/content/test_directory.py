"""S33: only services that are verified, open now and reachable from there are given."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from outreach.content.directory import COLUMNS, load_directory
from outreach.content.rules.hours import DAYS, open_at, read_hours
from outreach.content.rules.services import Service, expires_soon, given, withheld_because
from outreach.kernel.errors import BadInput

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)  # a Monday, 10:00 in Bangkok
SHIPPED = Path(__file__).parents[2] / "campaigns" / "directory"
LINE = Service(
    id="th-1", country="TH", number="1300", name="A centre", category="wages", languages=("km",),
    hours=read_hours("mon-fri 08:00-17:00") or (), zone="Asia/Bangkok", cost="free",
    records_calls="no", authority="none", reachable_from=("TH",), verified_on=date(2026, 1, 1),
    expires_on=date(2026, 7, 1), enabled=True,
)  # fmt: skip
ROW = {
    "id": "th-1", "country": "TH", "number": "1300", "name": "A centre", "category": "wages",
    "scope": "", "languages": "km", "hours": "always", "zone": "Asia/Bangkok", "cost": "free",
    "accepts_sms": "no", "records_calls": "no", "authority": "none", "reachable_from": "TH",
    "verified_on": "2026-01-01", "expires_on": "2026-07-01", "source": "", "as_of": "",
    "confidence": "high", "enabled": "yes",
}  # fmt: skip


def ids(*services: Service, **asked: object) -> list[str]:
    where = {"country": "TH", "category": "wages", "now": NOW} | asked
    return [service.id for service in given(services, **where)]


def written(folder: Path, *rows: dict[str, str], approvals: str = "approvals: []\n") -> Path:
    with (folder / "services.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    (folder / "approvals.yaml").write_text(approvals)
    return folder


def test_s33_a_verified_line_that_is_open_and_reachable_is_given() -> None:
    assert ids(LINE) == ["th-1"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"enabled": False}, "disabled"),
        ({"verified_on": None}, "unverified"),
        ({"expires_on": None}, "unverified"),
        ({"expires_on": date(2026, 3, 2)}, "expired"),
        ({"verified_on": date(2026, 3, 3)}, "verified in the future"),
    ],
)
def test_s33_an_expired_or_unverified_line_is_never_given(
    change: dict[str, object], why: str
) -> None:
    line = replace(LINE, **change)
    assert ids(line) == []
    assert withheld_because(line, NOW.date()) == why


@pytest.mark.parametrize(
    "asked",
    [
        {"now": NOW.replace(hour=11)},  # 18:00 there
        {"now": NOW - timedelta(days=1)},  # a Sunday
        {"country": "MY"},
        {"country": None},  # unknown: our own call-back is the door
        {"category": "legal"},
    ],
)
def test_s33_nothing_closed_out_of_reach_or_of_another_kind(asked: dict[str, object]) -> None:
    assert ids(LINE, **asked) == []


def test_s33_a_line_whose_hours_nobody_knows_is_not_open() -> None:
    assert ids(replace(LINE, hours=read_hours("unknown") or ())) == []


@pytest.mark.parametrize("authority", ["police", "immigration"])
def test_s29_police_and_immigration_only_where_the_person_chose_so(authority: str) -> None:
    line = replace(LINE, id="th-2", authority=authority)
    assert ids(line, LINE) == ["th-1"]
    assert ids(line, LINE, chosen=[authority]) == ["th-1", "th-2"]


def test_what_has_to_be_verified_again_within_a_month_is_told() -> None:
    assert not expires_soon(LINE, date(2026, 5, 1))
    assert expires_soon(LINE, date(2026, 6, 15))
    assert not expires_soon(replace(LINE, enabled=False), date(2026, 6, 15))


@pytest.mark.parametrize(
    ("hours", "moments", "closed"),
    [
        ("always", ["2026-03-01T00:00", "2026-03-02T23:59"], []),
        ("mon-fri 08:00-17:00", ["2026-03-02T08:00"], ["2026-03-02T17:00", "2026-03-01T09:00"]),
        ("sun-thu 09:00-18:00", ["2026-03-01T09:00", "2026-03-05T12:00"], ["2026-03-06T12:00"]),
        ("fri 22:00-02:00", ["2026-03-06T23:00", "2026-03-07T01:59"], ["2026-03-07T02:00"]),
        ("mon 08:00-12:00; tue 13:00-24:00", ["2026-03-03T23:59"], ["2026-03-03T12:30"]),
    ],
)
def test_hours_are_those_of_the_services_own_zone(
    hours: str, moments: list[str], closed: list[str]
) -> None:
    spans = read_hours(hours) or ()
    for moment in moments:
        assert open_at(spans, "Asia/Bangkok", datetime.fromisoformat(f"{moment}+07:00")), moment
    for moment in closed:
        assert not open_at(spans, "Asia/Bangkok", datetime.fromisoformat(f"{moment}+07:00"))


@pytest.mark.parametrize("hours", ["", "9 to 5", "mon-xyz 08:00-17:00", "mon 25:00-26:00", "mon"])
def test_hours_that_cannot_be_read_are_none(hours: str) -> None:
    assert read_hours(hours) is None
    assert len(DAYS) == 7


def test_s33_no_shipped_service_is_given_before_its_owner_verified_it() -> None:
    directory = load_directory(SHIPPED)
    assert len(directory.services) == 18
    assert not directory.approved
    assert {withheld_because(service, NOW.date()) for service in directory.services} == {"disabled"}


def test_s31_two_people_approve_exactly_what_stands_there(tmp_path: Path) -> None:
    written(tmp_path, ROW)
    digest = hashlib.sha256((tmp_path / "services.csv").read_text().encode()).hexdigest()
    rows = [f"{{role: {role}, by: {by}, digest: {digest}}}" for role, by in (
        ("language reader", "dara"), ("protection officer", "sokha"),
    )]  # fmt: skip
    approvals = f"approvals: [{', '.join(rows)}]\n"
    assert load_directory(written(tmp_path, ROW, approvals=approvals)).approved
    changed = ROW | {"number": "1301"}  # an insider swaps a number
    assert not load_directory(written(tmp_path, changed, approvals=approvals)).approved


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"category": "help"}, "category is 'help'"),
        ({"authority": "army"}, "authority is 'army'"),
        ({"country": "Thailand"}, "country is 'Thailand'"),
        ({"reachable_from": ""}, "reachable_from is ''"),
        ({"number": "call us"}, "number is 'call us'"),
        ({"hours": "24h"}, "hours is '24h'"),
        ({"zone": "Bangkok"}, "zone is 'Bangkok'"),
        ({"verified_on": "1/2/2026"}, "verified_on is '1/2/2026'"),
        ({"expires_on": "2025-01-01"}, "later than verified_on"),
        ({"verified_on": ""}, "Only what its owner verified"),
        ({"hours": "unknown"}, "Only what its owner verified"),
        ({"id": ""}, "No id"),
    ],
)
def test_a_wrong_line_is_told_with_its_place(
    tmp_path: Path, change: dict[str, str], said: str
) -> None:
    with pytest.raises(BadInput) as refused:
        load_directory(written(tmp_path, ROW | change))
    assert "services.csv:2: " in str(refused.value)
    assert said in str(refused.value)


def test_a_line_with_too_few_cells_or_an_id_used_before_is_told(tmp_path: Path) -> None:
    written(tmp_path, ROW, ROW)
    with (tmp_path / "services.csv").open("a") as file:
        file.write("th-9,TH\n")
    with pytest.raises(BadInput, match=r"(?s)csv:3: No id.*csv:4: Columns differ"):
        load_directory(tmp_path)
