"""Whom a rule means: the SQL against a naive evaluation, saved audiences, counts, campaigns."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.sql import visitors

from outreach.content.audience.rule import EVERYBODY, AllOf, AnyOf, Condition, Not, Rule
from outreach.content.audience.terms import TERMS
from outreach.delivery.tables import Attempt, Delivery
from outreach.kernel.clock import FixedClock
from outreach.kernel.dimensions import VALUES
from outreach.kernel.errors import BadInput, Conflict, NotFound
from outreach.kernel.i18n import LANGUAGES
from outreach.people.places import load_places
from outreach.people.rules import values as people_values
from outreach.people.tables import Community, Contact, Membership
from outreach.planning import audiences, counting
from outreach.planning.audience.matching.queries import matches
from outreach.planning.audience.queries import meant
from outreach.planning.audience.words import sentence
from outreach.planning.tables import Campaign
from outreach.store.engine import reading, transaction
from tests.world import SLUG, World

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
CONTACTS = Contact.__table__
# One or two values of every term.
ASKED: dict[str, tuple[str, ...]] = {
    **VALUES,
    "destination": ("TH", "KR", "not_asked"),
    "present": ("KH", "not_asked"),
    "place": ("01", "0102", "010201", "02"),
    "community": ("cm_0", "cm_1"),
    "community_kind": ("factory", "village"),
    "reached_within": ("3", "30", "400"),
    "not_reached_for": ("3", "30", "400"),
    "received": ("c0", "c1", "nothing"),
    "listened_to": ("c0", "c1", "nothing"),
    "joined_within": ("3", "30", "400"),
    "joined_since": ("2026-03-02", "2026-02-01", "2020-01-01"),
}


def conditions() -> st.SearchStrategy[Rule]:
    def one(kind: str) -> st.SearchStrategy[Rule]:
        most = 1 if TERMS[kind].single else 2
        values = st.lists(st.sampled_from(ASKED[kind]), min_size=1, max_size=most)
        return values.map(lambda found: Condition(kind, tuple(found)))

    return st.sampled_from(sorted(ASKED)).flatmap(one)


RULES = st.recursive(
    conditions(),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
    ),
    max_leaves=5,
)


class Register:
    """A small random register with a history, in the database and in memory."""

    def __init__(self, engine: Engine, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        self.people = [self._person(number) for number in range(1, 41)]
        self.members: list[dict[str, Any]] = []
        self.deliveries: list[dict[str, Any]] = []
        self.attempts: list[dict[str, Any]] = []
        for person in self.people:
            self._history(person["id"])
        with transaction(engine) as connection:
            for number in range(3):
                connection.execute(Campaign.__table__.insert().values(campaign(number)))
                connection.execute(Community.__table__.insert().values(community(number)))
            connection.execute(CONTACTS.insert(), self.people)
            connection.execute(Membership.__table__.insert(), self.members)
            connection.execute(Delivery.__table__.insert(), self.deliveries)
            connection.execute(Attempt.__table__.insert(), self.attempts)

    def _person(self, number: int) -> dict[str, Any]:
        pick = self.chance.choice
        commune = pick(["010201", "010305", "020101", "not_asked"])
        known = commune[:2] if commune != "not_asked" else pick(["01", "02", "not_asked"])
        return {
            **{name: pick(values) for name, values in VALUES.items()},
            "channel": pick(["", "sms", "voice"]),
            "destination": pick(["TH", "KR", "not_asked"]),
            "present": pick(["KH", "not_asked"]),
            "id": number,
            "public_id": f"co_{number}",
            "number_key": bytes([number]),
            "number_sealed": b"x",
            "consent": pick(["consented", "listed"]),
            "person_id": pick([None, None, None, 1, 2, 3]),
            "province": known,
            "commune": commune,
            "own_words": [],
            "created_at": NOW - timedelta(days=pick([1, 20, 300])),
            "updated_at": NOW,
        }

    def _history(self, person: int) -> None:
        pick = self.chance.choice
        for number in self.chance.sample(range(3), pick([0, 1, 2])):
            left = pick([None, None, NOW])
            self.members.append(
                {"community_id": number + 1, "contact_id": person, "how": "list", "at": NOW}
                | {"left_at": left}
            )
        for number in self.chance.sample(range(3), pick([0, 1, 2])):
            self._delivery(person, number, NOW - timedelta(days=pick([1, 20, 300])))

    def _delivery(self, person: int, number: int, at: datetime) -> None:
        pick, here = self.chance.choice, len(self.deliveries) + 1
        self.deliveries.append(
            {"id": here, "broadcast_id": number + 1, "campaign_id": number + 1, "channel": "sms"}
            | {"contact_id": person, "language": "km", "due_at": at, "expires_at": at}
            | {"first_tried_at": pick([at, at, None]), "updated_at": at}
        )
        for _ in range(pick([0, 1, 2])):
            state, heard = pick([("delivered", None), ("failed", None), ("completed", 5)]), None
            if state[0] == "completed":
                heard = pick([None, 5, 12, 20])
            self.attempts.append(
                {"public_id": f"at_{len(self.attempts)}", "delivery_id": here, "channel": "sms"}
                | {"state": state[0], "sender": "x", "submitting_at": at, "horizon_at": at}
                | {"heard_seconds": heard, "play_seconds": pick([20, None, 0]), "updated_at": at}
            )

    def meant(self, rule: Rule) -> set[int]:
        """Whom a rule means, told naively."""
        return {person["id"] for person in self.people if self._holds(rule, person)}

    def _holds(self, rule: Rule, person: dict[str, Any]) -> bool:
        match rule:
            case Not(part):
                return not self._holds(part, person)
            case AllOf(parts):
                return all(self._holds(part, person) for part in parts)
            case AnyOf(parts):
                return any(self._holds(part, person) for part in parts)
            case Condition(kind, values):
                return self._is(kind, values, person)
        raise AssertionError(rule)

    def _is(self, kind: str, values: tuple[str, ...], person: dict[str, Any]) -> bool:
        if kind == "place":
            where = (person["province"], person["commune"])
            return any(place.startswith(code) for place in where for code in values)
        if kind in ("community", "community_kind"):
            mine = self._communities(person["id"])
            return any(found[kind] in values for found in mine)
        if kind in ("reached_within", "not_reached_for"):
            since = NOW - timedelta(days=int(values[0]))
            tried = [d for d in self._reached(person["id"]) if d["first_tried_at"]]
            return any(d["first_tried_at"] >= since for d in tried) == (kind == "reached_within")
        if kind in ("received", "listened_to"):
            heard = self._reached if kind == "received" else self._listened
            return any(f"c{d['campaign_id'] - 1}" in values for d in heard(person["id"]))
        if kind == "joined_within":
            return bool(person["created_at"] >= NOW - timedelta(days=int(values[0])))
        if kind == "joined_since":
            local = person["created_at"].astimezone(ZoneInfo("Asia/Phnom_Penh"))
            return bool(local.date() >= date.fromisoformat(values[0]))
        return (person[kind] or "not_asked") in values

    def _communities(self, person: int) -> Iterable[dict[str, str]]:
        for member in self.members:
            if member["contact_id"] == person and member["left_at"] is None:
                row = community(member["community_id"] - 1)
                yield {"community": row["public_id"], "community_kind": row["kind"]}

    def _tries(self, person: int) -> Iterable[tuple[dict[str, Any], dict[str, Any]]]:
        for delivery in self.deliveries:
            for attempt in self.attempts:
                mine = delivery["contact_id"] in self._numbers(person)
                if mine and attempt["delivery_id"] == delivery["id"]:
                    yield delivery, attempt

    def _numbers(self, contact: int) -> set[int]:
        """All numbers of the same person."""
        person = self.people[contact - 1]["person_id"]
        if person is None:
            return {contact}
        return {other["id"] for other in self.people if other["person_id"] == person}

    def _reached(self, person: int) -> list[dict[str, Any]]:
        def reached(a: dict[str, Any]) -> bool:
            heard = a["state"] == "completed" and (a["heard_seconds"] or 0) >= 10
            return a["state"] == "delivered" or heard

        return [delivery for delivery, attempt in self._tries(person) if reached(attempt)]

    def _listened(self, person: int) -> list[dict[str, Any]]:
        def whole(a: dict[str, Any]) -> bool:
            played, heard = a["play_seconds"] or 0, a["heard_seconds"]
            return a["state"] == "completed" and played > 0 and (heard or 0) >= 0.75 * played

        return [delivery for delivery, attempt in self._tries(person) if whole(attempt)]


def campaign(number: int) -> dict[str, Any]:
    blank = {"digest": "", "retry": {}, "sending": {}, "audience": {}, "loaded_at": NOW}
    names = {"slug": f"c{number}", "name_km": "x", "name_en": "x", "public_id": f"ca_{number}"}
    return names | blank


def community(number: int) -> dict[str, Any]:
    kind = ("factory", "village", "port")[number]
    names = {"public_id": f"cm_{number}", "name_km": "ក", "name_en": "A", "kind": kind}
    return names | {"join_code": f"J{number}", "created_at": NOW}


@pytest.fixture
def register(database: Engine) -> Register:
    return Register(database)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rule=RULES)
def test_the_statement_means_whom_a_naive_reading_means(
    database: Engine, register: Register, rule: Rule
) -> None:
    query = select(CONTACTS.c.id)
    with reading(database) as connection:
        held = set(connection.execute(query.where(matches(rule, NOW))).scalars())
        others = set(connection.execute(query.where(matches(Not(rule), NOW))).scalars())
    assert held == register.meant(rule)
    # Nothing is ever NULL: who is not meant is meant by the denial, and nobody by both.
    assert others == {person["id"] for person in register.people} - held


def test_every_condition_is_tried_above() -> None:
    assert set(ASKED) == set(TERMS)


@pytest.mark.parametrize("kind", sorted(TERMS))
def test_s19_no_condition_reads_the_help_store(kind: str) -> None:
    asked = meant(Not(Condition(kind, ASKED[kind][:1])), NOW)
    tables = {str(part.name) for part in visitors.iterate(asked) if part.__visit_name__ == "table"}
    assert tables <= {"contact", "community", "membership", "campaign", "delivery", "attempt"}


def test_everybody_leaves_no_trace_in_a_statement() -> None:
    assert str(meant(EVERYBODY, NOW)) == str(CONTACTS.c.consent != "forgotten")


def test_every_value_of_a_list_can_be_asked() -> None:
    for name, words in people_values._WORDS.items():
        assert set(words.values()) <= set(VALUES[name])
    bands = {*people_values._BANDS.values(), *(band for _, band in people_values._BAND_FROM)}
    assert bands <= set(VALUES["age_band"])


@pytest.mark.parametrize("language", LANGUAGES)
@given(rule=RULES)
def test_every_rule_can_be_read_back(language: str, rule: Rule) -> None:
    said = sentence(rule, language, {})
    assert said.endswith("។" if language == "km" else ".")
    assert "{" not in said
    assert said.count("(") == said.count(")")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (EVERYBODY, "Everybody in the register."),
        (
            AllOf(
                (
                    Condition("not_reached_for", ("30",)),
                    Condition("place", ("01", "02")),
                    Condition("sex", ("female",)),
                    Condition("age_band", ("18-24",)),
                )
            ),
            "Women, 18-24, from 01 or 02, not reached for 30 days.",
        ),
        (
            Not(Condition("age_band", ("under 18",))),
            "Not under 18 (people who were not asked are included).",
        ),
        (Condition("sex", ("female", "not_asked")), "Sex: women or not asked."),
        (Condition("destination", ("TH", "KR")), "Destination: Thailand or South Korea."),
        (Not(AnyOf((Condition("sex", ("male",)), Condition("reads", ("no",))))),
         "Not (men; or can read: no)."),
    ],
)  # fmt: skip
def test_a_rule_reads_as_a_sentence(rule: Rule, said: str) -> None:
    assert sentence(rule, "en", {}) == said


def written(folder: Path, rule: str, name: str = "young-women.yaml") -> Path:
    path = folder / name
    path.write_text(f"name: {{km: ក, en: A}}\naudience: {rule}\n", encoding="utf-8")
    return path


def test_an_audience_is_saved_read_back_changed_and_deleted(
    world: World, tmp_path: Path, clock: FixedClock
) -> None:
    engine = world.runtime.engine
    load_places(engine)
    path = written(tmp_path, "{place: [បាត់ដំបង, 01], not_reached_for: 30 days}")
    saved = audiences.save(engine, clock, path, by="A")
    assert saved.said["en"] == "From Banteay Meanchey or Battambang, not reached for 30 days."
    assert "បាត់ដំបង" in saved.said["km"]
    assert audiences.save(engine, clock, path, by="B") == saved
    changed = audiences.save(engine, clock, written(tmp_path, "{sex: male}"), by="B")
    assert (changed.version, changed.updated_by) == (2, "B")
    assert [found.slug for found in audiences.everything(engine)] == ["young-women"]
    audiences.delete(engine, "young-women")
    with pytest.raises(NotFound, match="no saved audience"):
        audiences.show(engine, "young-women")


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("{place: Batambang}", "Did you mean Battambang (02)"),
        ("{place: Samraong}", "there are 2 places called 'Samraong'"),
        ('{place: "01020304"}', "nobody's village is kept (S17). Name its commune, 010203"),
        ("{place: Atlantis}", "there is no place 'Atlantis'"),
        ("{community: nowhere}", "there is no community 'nowhere'"),
        ("{listened_to: safe-migraton}", "Did you mean safe-migration?"),
        ("young-men", "There is no saved audience 'young-men'."),
    ],
)
def test_a_name_that_means_nothing_or_too_much_is_told(
    world: World, tmp_path: Path, rule: str, told: str
) -> None:
    load_places(world.runtime.engine)
    world.bring_in()
    with pytest.raises(BadInput) as refused:
        audiences.save(world.runtime.engine, world.runtime.clock, written(tmp_path, rule), by="A")
    assert told in str(refused.value)
    assert "young-women.yaml:2:" in str(refused.value)


def test_without_the_gazetteer_a_place_says_how_to_load_it(world: World, tmp_path: Path) -> None:
    path = written(tmp_path, '{place: "01"}')
    with pytest.raises(BadInput, match="outreach places load"):
        audiences.save(world.runtime.engine, world.runtime.clock, path, by="A")


def test_a_campaign_goes_to_its_audience_only(world: World) -> None:
    women = [world.enrol(index, sex="female") for index in range(3)]
    world.enrol(9, sex="male")
    world.fire(audience="{sex: female}")
    world.send()
    assert sorted(sms.to for sms in world.gateway.sms) == women


def test_who_got_a_campaign_need_not_get_it_again(world: World, clock: FixedClock) -> None:
    world.enrol(1)
    rule = f"{{not: {{received: {SLUG}}}}}"
    world.fire(audience=rule)
    world.send()
    with transaction(world.runtime.engine) as connection:
        connection.execute(Attempt.__table__.update().values(state="delivered"))
    clock.advance(timedelta(days=1))
    world.enrol(2)
    world.fire(audience=rule)
    assert [row.contact_id for row in world.all(Delivery.__table__)] == [1, 2]


def test_s31_a_saved_audience_that_changes_changes_no_campaign_until_it_is_loaded_again(
    world: World, tmp_path: Path
) -> None:
    engine, clock = world.runtime.engine, world.runtime.clock
    audiences.save(engine, clock, written(tmp_path, "{sex: female}"), by="A")
    first = world.bring_in(audience="young-women")
    audiences.save(engine, clock, written(tmp_path, "{sex: male}"), by="A")
    assert world.one("SELECT audience FROM campaign") in ({"sex": "female"}, '{"sex": "female"}')
    saved = audiences.show(engine, "young-women")
    assert (saved.used_by, saved.outdated) == ((SLUG,), (SLUG,))
    with pytest.raises(Conflict, match="Campaigns name this audience"):
        audiences.delete(engine, "young-women")
    assert world.bring_in(audience="young-women") != first
    assert audiences.show(engine, "young-women").outdated == ()


def test_a_count_says_who_may_be_sent_to_and_what_holds_the_others_back(
    world: World, clock: FixedClock, tmp_path: Path
) -> None:
    engine = world.runtime.engine
    for index in range(4):
        world.enrol(index)
    for _ in range(2):
        world.fire()
        world.send()
        clock.advance(timedelta(days=1))
    world.enrol(5, consent="listed")
    world.enrol(6, consent="opted_out")
    world.enrol(7, sex="male", language="vi", channel="voice")
    path = str(written(tmp_path, "everybody"))
    found = counting.count(
        engine, clock, path, campaign=SLUG, by=[counting.Dimension.SEX, counting.Dimension.CHANNEL]
    )
    assert (found.people, found.may) == (7, 1)
    assert found.held == {"cap": 4, "no_consent": 1, "opted_out": 1}
    assert found.by_consent == {"consented": 5, "listed": 1, "opted_out": 1}
    assert found.breakdown == {"sex": {"male": 1}, "channel": {"voice": 1}}
