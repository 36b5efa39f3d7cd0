"""What a role may do, how long a session lives, when trying again must wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.staff.rules.limits import session_end, wait_after, wait_at, weak
from outreach.staff.rules.roles import HELP, May, Role, allowed, needs_second_factor

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_s22_only_hotline_roles_read_help() -> None:
    readers = {role for role in Role if not HELP.isdisjoint(allowed([role]))}
    assert readers == {Role.HOTLINE_WORKER, Role.HOTLINE_SUPERVISOR}


def test_s22_who_writes_a_campaign_does_not_approve_it() -> None:
    assert May.APPROVE not in allowed([Role.CAMPAIGN_MANAGER])
    assert May.RUN_CAMPAIGNS not in allowed([Role.APPROVER])


@given(st.sets(st.sampled_from(Role)), st.sets(st.sampled_from(Role)))
def test_several_roles_may_what_each_may(one: set[Role], other: set[Role]) -> None:
    assert allowed(one | other) == allowed(one) | allowed(other)


@pytest.mark.parametrize("role", Role)
def test_s22_all_but_donors_need_a_second_factor(role: Role) -> None:
    assert needs_second_factor([role]) == (role is not Role.DONOR)
    assert needs_second_factor([Role.DONOR, Role.AUDITOR])


def test_s23_a_session_that_reads_help_is_short() -> None:
    idle = session_end(allowed([Role.CAMPAIGN_MANAGER]), NOON, NOON)
    assert session_end(allowed([Role.HOTLINE_WORKER]), NOON, NOON) < idle


def test_no_session_outlives_a_day_of_work() -> None:
    late = NOON + timedelta(hours=11, minutes=50)
    assert session_end(allowed([Role.DONOR]), NOON, late) == NOON + timedelta(hours=12)


@given(st.integers(0, 10_000))
def test_a_wait_never_shrinks_and_always_ends(failures: int) -> None:
    assert timedelta(0) <= wait_after(failures) <= wait_after(failures + 1)
    assert wait_after(failures) <= timedelta(minutes=15)


def test_an_address_may_slip_more_often_than_a_name_because_many_share_it() -> None:
    assert [bool(wait_at(n)) for n in (0, 1, 19, 20)] == [False, False, False, True]
    assert wait_at(10_000) == wait_after(10_000)


def test_five_slips_cost_nothing() -> None:
    assert [bool(wait_after(n)) for n in (0, 1, 4, 5, 6)] == [False, False, False, True, True]


@pytest.mark.parametrize(
    "password", ["short", "aaaaaaaaaaaaaaaa", "i am dara and long", "x" * 300, ""]
)
def test_a_weak_password_is_told(password: str) -> None:
    assert weak(password, "dara")
    assert not weak("four wet green hats", "dara")
