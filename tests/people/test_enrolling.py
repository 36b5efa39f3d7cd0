"""What staff record on a person's word: a yes, a no, a stop, and a stop undone with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, Conflict, NotFound
from outreach.kernel.sealing import Vault
from outreach.people import enrolling, rights
from outreach.people.audit import Asking
from outreach.people.communities import managing
from outreach.people.communities.managing import CommunityView, Details
from outreach.people.rules.row import Evidence
from tests.people.conftest import ANNA, HEADER, LISTED, Importer

ASKED = Asking("dara", "She told us at the office")
YES = Evidence("asked at the market", "2026-03-01", "v1")
BEN = "038 123 4568"


@pytest.fixture
def office(register: Engine, vault: Vault, clock: FixedClock) -> Callable[..., Any]:
    def run(act: Callable[..., Any], *rest: Any) -> Any:
        return act(register, vault, clock, *rest)

    return run


def held(office: Any, who: str = ANNA) -> rights.Held:
    return office(rights.show, who, ASKED)  # type: ignore[no-any-return]


def test_s12_a_yes_to_staff_is_kept_with_its_evidence_and_own_words(office: Any) -> None:
    office(enrolling.add, ANNA, {"sex": "f", "commune": "010201"}, YES, "dara")
    found = held(office)
    assert (found.person["consent"], found.person["province"]) == ("consented", "01")
    assert found.person["own_words"] == ["commune", "province", "sex"]
    event = found.history[0]
    assert (event["source"], event["how"]) == ("staff", "asked at the market")
    assert (event["wording"], event["given_on"]) == ("v1", "2026-03-01")
    assert found.audit[0]["action"] == "add"


def test_a_yes_of_somebody_listed_consents_and_keeps_what_a_list_said(
    importer: Importer, office: Any
) -> None:
    importer([HEADER, LISTED])
    office(enrolling.add, BEN, {"language": "vi"}, YES, "dara")
    person = held(office, BEN).person
    assert (person["consent"], person["sex"], person["language"]) == ("consented", "male", "vi")


def test_whoever_said_no_may_say_yes_later(importer: Importer, office: Any) -> None:
    importer([HEADER, LISTED])
    office(enrolling.decline, BEN, ASKED)
    assert held(office, BEN).person["consent"] == "declined"
    importer([HEADER, LISTED.replace(",,,", ",paper form,2026-02-14,v1")])
    assert held(office, BEN).person["consent"] == "declined"
    office(enrolling.add, BEN, {}, YES, "dara")
    assert held(office, BEN).person["consent"] == "consented"


def test_s14_a_yes_to_staff_does_not_undo_a_stop_and_nothing_of_it_is_kept(office: Any) -> None:
    office(enrolling.stop, ANNA, ASKED)
    with pytest.raises(Conflict, match="S14"):
        office(enrolling.add, ANNA, {"sex": "f"}, YES, "dara")
    assert (held(office).contact_id, held(office).stopped_at is not None) == (None, True)


def test_s14_staff_undo_a_stop_with_a_reason(office: Any) -> None:
    office(enrolling.add, ANNA, {}, YES, "dara")
    with pytest.raises(Conflict):
        office(enrolling.restart, ANNA, "v1", ASKED)
    office(enrolling.stop, ANNA, ASKED)
    with pytest.raises(BadInput, match="--reason"):
        office(enrolling.restart, ANNA, "v1", Asking("dara", ""))
    assert held(office).person["consent"] == "opted_out"
    office(enrolling.restart, ANNA, "v1", ASKED)
    found = held(office)
    assert (found.person["consent"], found.stopped_at) == ("consented", None)
    assert [a["action"] for a in found.audit if a["action"] != "show"] == ["add", "stop", "restart"]


@pytest.mark.parametrize(
    ("given", "evidence", "where"),
    [
        ({"sex": "purple"}, YES, "sex"),
        ({"age_band": "2001-02-03"}, YES, "age_band"),
        ({}, Evidence("", "2026-03-01", "v1"), "consent_how"),
        ({}, Evidence("asked", "2026-03-01", ""), "consent_wording"),
        ({}, Evidence("asked", "yesterday", "v1"), "consent_when"),
        ({}, Evidence("asked", "2026-03-03", "v1"), "consent_when"),
    ],
)
def test_what_is_wrong_is_told_and_nobody_is_registered(
    office: Any, given: dict[str, str], evidence: Evidence, where: str
) -> None:
    with pytest.raises(BadInput, match=where):
        office(enrolling.add, ANNA, given, evidence, "dara")
    assert held(office).contact_id is None


def test_a_stranger_who_says_no_is_not_made_a_contact(office: Any) -> None:
    with pytest.raises(NotFound):
        office(enrolling.decline, ANNA, ASKED)


@pytest.fixture
def commune(office: Any) -> CommunityView:
    return office(managing.add, Details("commune", "010201"))  # type: ignore[no-any-return]


def test_staff_make_a_person_a_member_with_their_place(office: Any, commune: CommunityView) -> None:
    office(enrolling.join, commune.join_code, ANNA, YES, "dara")
    found = held(office)
    assert (found.person["consent"], found.person["commune"]) == ("consented", "010201")
    assert [c["how"] for c in found.communities] == ["staff"]
    with pytest.raises(NotFound):
        office(enrolling.join, "123456", ANNA, YES, "dara")


def test_s14_staff_do_not_make_a_member_of_who_said_stop(
    office: Any, commune: CommunityView
) -> None:
    office(enrolling.stop, ANNA, ASKED)
    with pytest.raises(Conflict):
        office(enrolling.join, commune.join_code, ANNA, YES, "dara")
    assert office(lambda e, v, _c: managing.show(e, v, commune.public_id)).members == {}
