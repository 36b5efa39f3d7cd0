"""The bucket: never more than the limit allows, slower after "too many", and back again."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery.rules import pace

LIMIT = 40.0
steps = st.lists(
    st.tuples(st.floats(0, 2), st.integers(1, 30), st.booleans()), min_size=1, max_size=60
)


@given(steps)
def test_no_stretch_of_time_gets_more_than_its_pace_and_one_burst(given_steps):
    now, bucket, ends = 0.0, pace.fresh(LIMIT, 0.0), []
    for wait, units, slow in given_steps:
        now += wait
        if slow:
            bucket = pace.slowed(bucket, LIMIT, now)
        bucket, grant = pace.reserve(bucket, units, LIMIT, now)
        starts = now + grant.starts_in
        ends.append((starts, starts + units / grant.rate, units))
        assert LIMIT * 0.05 <= grant.rate <= LIMIT
        assert grant.starts_in >= -pace.BURST
    for (_, end, _), (start, _, _) in pairwise(ends):
        assert start >= end - 1e-6  # slots never overlap


def test_too_many_halves_the_pace_once_per_event_and_it_recovers_steadily():
    bucket = pace.fresh(LIMIT, 0.0)
    for moment in (0.0, 0.3, 0.9):
        bucket = pace.slowed(bucket, LIMIT, moment)
    assert pace.allowed(bucket, LIMIT, 0.9) < 0.55 * LIMIT
    assert pace.allowed(bucket, LIMIT, 10) == LIMIT / 2 + 10 * LIMIT * 0.02
    assert pace.allowed(bucket, LIMIT, 60) == LIMIT


def test_however_often_it_is_too_many_a_little_still_leaves():
    bucket = pace.fresh(LIMIT, 0.0)
    for moment in range(1, 40, 2):
        bucket = pace.slowed(bucket, LIMIT, float(moment))
    assert pace.allowed(bucket, LIMIT, 39.0) >= LIMIT * 0.05


def test_the_live_pace_is_of_the_last_seconds_and_ends_in_nothing():
    bucket = pace.fresh(LIMIT, 0.0)
    for tenth in range(80):
        bucket, _ = pace.reserve(bucket, 2, LIMIT, tenth / 10)
    assert 15 <= pace.live(bucket, 8.0) <= 25
    assert pace.live(bucket, 60.0) == 0
