"""Audiences know every kind of community that the register knows, and no other."""

from __future__ import annotations

from outreach.content.audience.terms import COMMUNITY_KINDS
from outreach.people.rules.community import KINDS


def test_audiences_and_the_register_have_the_same_kinds_of_communities() -> None:
    assert COMMUNITY_KINDS == KINDS
