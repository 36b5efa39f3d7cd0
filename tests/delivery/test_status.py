"""How sending stands, on both databases: for people, as JSON, and for Prometheus."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from outreach.bootstrap import metrics_of, standing_of
from outreach.cli.tables import tables
from outreach.delivery import switches
from outreach.delivery.claiming import claim
from outreach.planning.lane import NAME
from outreach.store.processes import Identity, report


@pytest.fixture
def busy(runtime, world):
    """Five wait, two of them leased; somebody asked for help; a switch is on."""
    for index in range(5):
        world.enrol(index)
    world.fire()
    lane = next(lane for lane in runtime.lanes if lane.name == NAME)
    claim(runtime.engine, lane, "sms", runtime.clock.now(), 2, "worker-1")
    world.text(world.enrol(9), "ជួយខ្ញុំផង")
    switches.stop(runtime.engine, runtime.clock, "channel:voice", reason="test", by="tester")
    report(runtime.engine, Identity("scheduler-1", "scheduler", "here", 1), candidate=True)
    runtime.clock.advance(timedelta(minutes=3))
    return runtime


def stand(runtime):
    return standing_of(runtime.settings, runtime.engine, runtime.clock)


def samples(runtime) -> dict[str, dict[tuple[str, ...], float]]:
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(metrics_of(runtime).text().decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_what_waits_is_leased_and_since_when(busy):
    now = stand(busy)
    queue = {(w.lane, w.channel, w.state): (w.number, w.oldest_seconds) for w in now.waiting}
    assert queue["broadcasts", "sms", "pending"] == (3, 180)
    assert queue["broadcasts", "sms", "leased"][0] == 2
    assert [(held.process, held.number) for held in now.leases] == [("worker-1", 2)]
    assert [stop.scope for stop in now.stops] == ["channel:voice"]
    assert [(found.id, found.leads) for found in now.processes] == [("scheduler-1", True)]


def test_errors_of_the_last_hour_are_counted_by_class_and_code(runtime, world):
    world.enrol(1)
    world.fire()
    world.send()
    (attempt,) = (row for row in world.all(runtime.desk.broadcasts.attempts))
    world.report(attempt.public_id, "failed", error_code="30005")
    assert [(t.state, t.code, t.number) for t in stand(runtime).troubles] == [
        ("errored", "30005", 1)
    ]
    runtime.clock.advance(timedelta(hours=2))
    assert stand(runtime).troubles == ()


def test_prometheus_reads_depth_age_pace_and_who_leads(busy):
    found = samples(busy)
    assert 3 in found["outreach_queue_depth"].values()
    assert 180 in found["outreach_queue_oldest_seconds"].values()
    assert found["outreach_pace_limit"] == {("sms",): 10_000, ("voice",): 1_000}
    assert found["outreach_leaders"] == {(): 1}
    assert found["outreach_stopped"] == {("channel:voice",): 1}


def test_s27_of_answers_only_how_many_wait_and_how_long_is_shown(busy):
    for name, values in samples(busy).items():
        for labels in values:
            if "answers" in labels:
                assert name in ("outreach_queue_depth", "outreach_queue_oldest_seconds")
                assert set(labels) <= {"answers", "sms", "pending", ""}
    assert not [t for t in stand(busy).troubles if t.lane == "answers"]


def test_s18_no_number_stands_in_a_metric(busy):
    assert "85538" not in metrics_of(busy).text().decode()


def test_people_get_tables_of_what_there_is(busy):
    titles = [str(table.title) for table in tables(stand(busy), {})]
    assert [title.split()[0] for title in titles] == ["Pace", "Queue", "Processes"]


def test_it_can_be_had_as_json(busy, monkeypatch, capsys):
    from outreach.cli import delivery

    monkeypatch.setattr(delivery, "load_settings", lambda: busy.settings)
    monkeypatch.setattr(delivery, "open_engine", lambda _settings: busy.engine)
    delivery.status(as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["stops"][0]["scope"] == "channel:voice"
    assert {"waiting", "paces", "troubles", "leases", "processes", "notices"} <= set(told)
