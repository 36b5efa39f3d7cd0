"""What is checked again at the moment of sending, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from outreach.content.prices import load_prices
from outreach.delivery import switches
from outreach.delivery.claiming import claim, submit
from outreach.delivery.stops import notices
from outreach.delivery.tables import Attempt, Delivery
from outreach.gateways.ports import ErrorClass, Rejected, Throttled
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, Conflict
from outreach.people.tables import Contact, SafeContact
from outreach.planning import corridors, steering
from outreach.planning.rules import cap
from outreach.planning.sending import queries as sending
from outreach.planning.sending.queries import BUDGETS
from outreach.planning.tables import Campaign
from outreach.store.engine import transaction
from tests.world import SLUG, World

DELIVERIES, ATTEMPTS = Delivery.__table__, Attempt.__table__
CONTACTS, CAMPAIGNS = Contact.__table__, Campaign.__table__
SAFE = SafeContact.__table__
WHY = {"reason": "test", "by": "tests"}
PART = 35_000  # what a part costs, in millionths


def outcome(world: World) -> list[tuple[str, str]]:
    return sorted((row.state, row.reason) for row in world.all(DELIVERIES))


def budget(world: World, parts: int, currency: str = "USD") -> None:
    """The campaign may cost so many parts in all."""
    with transaction(world.runtime.engine) as connection:
        sending.put_budget(connection, 1, parts * PART, currency)


def parts(world: World) -> int:
    """Of the campaign's English text, which is what these people get."""
    return int(world.one("SELECT parts FROM wording WHERE language = 'en' AND channel = 'sms'"))


def test_s34_to_whom_takes_a_closed_corridor_nothing_is_sent(
    world: World, clock: FixedClock
) -> None:
    engine = world.runtime.engine
    thai = world.enrol(1, destination="TH")
    others = [world.enrol(2, destination="KR"), world.enrol(3, destination="not_asked")]
    world.fire()
    corridors.turn(engine, clock, "Cambodia", "TH", is_open=False, **WHY)
    world.send()
    assert sorted(sms.to for sms in world.gateway.sms) == others
    assert ("suppressed", "closed_corridor") in outcome(world)
    corridors.turn(engine, clock, "KH", "TH", is_open=True, **WHY)
    world.fire()
    world.send()
    assert world.got(thai)


def test_s34_a_corridor_has_a_switch_with_a_reason_that_is_kept(
    world: World, clock: FixedClock
) -> None:
    engine = world.runtime.engine
    assert [c.destination for c in corridors.listed(engine)] == ["TH", "MY", "VN", "KR"]
    corridors.turn(engine, clock, "KH", "JP", is_open=False, **WHY)
    assert [c.is_open for c in corridors.listed(engine)] == [True] * 4 + [False]
    with pytest.raises(Conflict, match="closed already"):
        corridors.turn(engine, clock, "KH", "JP", is_open=False, **WHY)
    with pytest.raises(BadInput, match="no country"):
        corridors.turn(engine, clock, "KH", "Atlantis", is_open=False, **WHY)
    with pytest.raises(BadInput, match="reason"):
        corridors.turn(engine, clock, "KH", "TH", is_open=False, reason=" ", by="tests")
    assert [(t.scope, t.action) for t in switches.history(engine)] == [("corridor:KH-JP", "stop")]


def test_s36_nothing_goes_out_on_a_holiday_unless_the_campaign_says_so(
    world: World, clock: FixedClock
) -> None:
    world.enrol(1)
    clock.advance(timedelta(days=6))  # Sunday 8 March
    world.fire()
    world.send()
    assert (world.gateway.sms, outcome(world)) == ([], [("pending", "holiday")])
    with transaction(world.runtime.engine) as connection:
        connection.execute(CAMPAIGNS.update().values(sending={"on_holidays": True}))
        connection.execute(DELIVERIES.update().values(due_at=clock.now()))
    world.send()
    assert len(world.gateway.sms) == 1


def safe(world: World, **settings: Any) -> None:
    """What the first contact set."""
    now = world.runtime.clock.now()
    row = {"contact_id": 1, "channel": "", "hours": "", "days": "", "language": ""}
    moments = {"stop_reply": True, "set_at": now, "ask_again_at": now + timedelta(days=90)}
    with transaction(world.runtime.engine) as connection:
        connection.execute(SAFE.insert().values(row | moments | settings))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"hours": "12:00-13:00"}, ("pending", "safe_contact")),
        ({"days": "6"}, ("expired", "safe_contact")),
        ({"channel": "voice"}, ("suppressed", "safe_contact")),
        ({"hours": "22:00-05:00"}, ("suppressed", "safe_contact")),
        ({"hours": "09:00-10:00", "days": "1", "channel": "sms"}, ("trying", "")),
    ],
)
def test_s5_a_broadcast_keeps_to_what_the_person_set(
    world: World, settings: dict[str, str], expected: tuple[str, str]
) -> None:
    world.enrol(1)
    safe(world, **settings)
    world.fire()
    world.send()
    assert outcome(world) == [expected]


def test_s5_a_retry_does_not_change_to_a_channel_that_the_person_did_not_set(
    world: World, clock: FixedClock
) -> None:
    world.enrol(1)
    safe(world, channel="sms")
    world.fire()
    for _ in range(3):
        world.send()
        world.report(world.all(ATTEMPTS)[-1].public_id, "failed", error_code="30003")
        clock.advance(timedelta(hours=9))
    assert {row.channel for row in world.all(ATTEMPTS)} == {"sms"}


def heard_from_us(world: World, times: int) -> None:
    """The first contact was sent so many other broadcasts."""
    for _ in range(times):
        world.fire()
        world.send()


def test_s36_two_deliveries_of_one_chunk_count_for_the_cap(world: World) -> None:
    world.enrol(1)
    for _ in range(cap.CAP + 1):
        world.fire()
    world.send()
    assert len(world.gateway.sms) == cap.CAP
    assert ("suppressed", "cap") in outcome(world)


def test_s36_numbers_of_one_person_count_together(world: World) -> None:
    world.enrol(1)
    heard_from_us(world, cap.CAP)
    with transaction(world.runtime.engine) as connection:
        connection.execute(CONTACTS.update().values(person_id=7))
    twin = world.enrol(2, person_id=7)
    stranger = world.enrol(3, person_id=8)
    world.fire()
    world.send()
    assert (world.got(twin), len(world.got(stranger))) == ([], 1)


def test_s36_what_never_left_does_not_count(world: World, clock: FixedClock) -> None:
    world.enrol(1)
    heard_from_us(world, cap.CAP - 1)
    world.fire()
    world.gateway.script(Throttled(3_600))
    world.send()
    world.fire()
    world.send()
    assert len(world.gateway.sms) == cap.CAP + 1  # one of them was not taken
    clock.advance(timedelta(hours=2))
    world.send()
    # The one that waited comes too late now: the person heard from us often enough.
    assert ("suppressed", "cap") in outcome(world)


def test_s36_two_workers_racing_for_one_person_do_not_pass_the_cap(world: World) -> None:
    runtime = world.runtime
    for index in range(6):
        world.enrol(index)
    for _ in range(2 * cap.CAP):
        world.fire()
    lane, now = runtime.desk.broadcasts, runtime.clock.now()
    by = [f"worker {number}" for number in range(4)]
    ids = {name: claim(runtime.engine, lane, "sms", now, 6, name) for name in by}

    def work(name: str) -> int:
        return len(submit(runtime.engine, lane, ids[name], "+855380000001", now, name))

    with ThreadPoolExecutor(len(by)) as workers:
        assert sum(workers.map(work, by)) == 6 * cap.CAP
    tried = world.one(
        "SELECT max(n) FROM (SELECT count(*) AS n FROM delivery WHERE attempts > 0"
        " GROUP BY contact_id) AS counted"
    )
    assert tried == cap.CAP


def test_a_used_up_budget_pauses_the_campaign_and_tells_a_person(world: World) -> None:
    runtime = world.runtime
    for index in range(5):
        world.enrol(index, language="en")
    world.fire()
    budget(world, 3 * parts(world))
    world.send()
    assert len(world.gateway.sms) == 3
    assert outcome(world).count(("pending", "budget")) == 2
    assert [s.scope for s in switches.list_on(runtime.engine)] == ["campaign:1"]
    (notice,) = notices.listed(runtime.engine)
    assert (notice.kind, notice.scope) == ("budget", "campaign:1")
    budget(world, 5 * parts(world))
    steering.resume(runtime.engine, runtime.clock, SLUG, **WHY)
    world.send()
    assert len(world.gateway.sms) == 5


def test_a_budget_in_another_currency_than_the_prices_lets_nothing_out(world: World) -> None:
    world.enrol(1)
    world.fire()
    budget(world, 1_000, "EUR")
    world.send()
    assert world.gateway.sms == []
    assert "EUR" in notices.listed(world.runtime.engine)[0].detail


def test_what_costs_nothing_gives_its_share_of_the_budget_back(
    world: World, clock: FixedClock
) -> None:
    world.enrol(1, language="en")
    world.enrol(2, language="en")
    world.fire()
    budget(world, parts(world))
    world.gateway.script(Rejected("21211", ErrorClass.NEVER))
    world.send()
    assert world.all(BUDGETS)[0].held_micro == 0
    steering.resume(world.runtime.engine, clock, SLUG, **WHY)
    world.send()
    assert world.all(BUDGETS)[0].held_micro == parts(world) * PART
    assert len(world.all(ATTEMPTS)) == 2


def test_two_workers_racing_do_not_spend_the_same_money(world: World) -> None:
    runtime = world.runtime
    for index in range(12):
        world.enrol(index, language="en")
    world.fire()
    budget(world, 5 * parts(world))
    lane, now = runtime.desk.broadcasts, runtime.clock.now()
    by = [f"worker {number}" for number in range(4)]
    ids = {name: claim(runtime.engine, lane, "sms", now, 3, name) for name in by}

    def work(name: str) -> int:
        return len(submit(runtime.engine, lane, ids[name], "+855380000001", now, name))

    with ThreadPoolExecutor(len(by)) as workers:
        assert sum(workers.map(work, by)) == 5
    assert world.all(BUDGETS)[0].held_micro == 5 * parts(world) * PART


def test_s12a_an_answer_passes_consent_cap_hours_corridor_and_budget(
    world: World, clock: FixedClock
) -> None:
    who = world.enrol(1, language="en", destination="TH")
    heard_from_us(world, cap.CAP)
    budget(world, 0)
    corridors.turn(world.runtime.engine, clock, "KH", "TH", is_open=False, **WHY)
    clock.advance(timedelta(days=6, hours=13))  # the evening of a holiday, at 22:00
    safe(world, channel="voice", hours="12:00-13:00")
    before = len(world.got(who))
    world.text(who, "STOP")
    world.text(who, "1")
    world.send()
    assert len(world.got(who)) == before + 2


def test_a_price_is_the_newest_of_the_country_that_holds_already(tmp_path) -> None:
    from datetime import date

    path = tmp_path / "prices.csv"
    path.write_text(
        "channel,country,amount,currency,since,source\n"
        "sms,,0.05,USD,2026-01-01,x\nvoice,,0.06,USD,2026-01-01,x\n"
        "sms,KH,0.03,USD,2026-06-01,x\nsms,KH,0.04,USD,2026-01-01,x\n"
    )
    prices = load_prices(path)
    assert [
        str(prices.of("sms", country, day).amount)
        for country, day in [
            ("KH", date(2026, 5, 31)),
            ("KH", date(2026, 6, 1)),
            ("TH", date(2026, 6, 1)),
            ("KH", date(2025, 1, 1)),
        ]
    ] == ["0.04", "0.03", "0.05", "0.04"]
    path.write_text("channel,country,amount,currency,since,source\nsms,,much,USD,2026-01-01,x\n")
    with pytest.raises(BadInput, match=r"prices.csv:2: This is no price"):
        load_prices(path)
