"""An export is of a community or of a saved audience that there is."""

from __future__ import annotations

import pytest

from outreach.kernel.errors import BadInput, NotFound
from outreach.people.audit import Asking
from outreach.planning import exports
from tests.world import World

ASKED = Asking("sok", "The provincial team calls them")


@pytest.mark.parametrize(("community", "audience"), [("", ""), ("123456", "mothers")])
def test_an_export_is_of_one_thing(world: World, community: str, audience: str) -> None:
    with pytest.raises(BadInput):
        exports.request(world.runtime.engine, world.runtime.clock, community, audience, ASKED)


@pytest.mark.parametrize(
    ("community", "audience", "said"),
    [("123456", "", "no such community"), ("", "mothers", "no such saved audience")],
)
def test_what_there_is_not_is_told(world: World, community: str, audience: str, said: str) -> None:
    with pytest.raises(NotFound, match=said):
        exports.request(world.runtime.engine, world.runtime.clock, community, audience, ASKED)
