"""What is due happens in order of its due time, however the clock runs."""

from datetime import UTC, datetime, timedelta

from outreach.kernel.clock import FixedClock
from outreach.simulator.schedule import Schedule

START = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_leap_forward_runs_everything_in_order_with_its_own_time() -> None:
    clock = FixedClock(START)
    schedule, done = Schedule(clock), []
    for minutes in (50, 10, 30, 90):
        schedule.at(START + timedelta(minutes=minutes), done.append)
    schedule.run_due()
    assert done == []
    clock.advance(timedelta(hours=1))
    schedule.run_due()
    assert done == [START + timedelta(minutes=m) for m in (10, 30, 50)]
    assert len(schedule) == 1


def test_an_action_that_fails_stops_no_other() -> None:
    clock = FixedClock(START)
    schedule, done = Schedule(clock), []

    def fail(_at: datetime) -> None:
        raise ValueError("broken")

    schedule.at(START, fail)
    schedule.at(START, done.append)
    schedule.run_due()
    assert done == [START]
