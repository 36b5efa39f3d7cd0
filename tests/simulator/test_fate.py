"""Outcomes depend on seed, number and count alone, and follow the operators' table."""

from collections import Counter

import pytest

from outreach.simulator.chance import Chance
from outreach.simulator.fate import call_fate, press, sms_fate
from outreach.simulator.operators import OPERATORS, OTHER, Operator, country_of, operator_of


def _number(index: int) -> str:
    return f"+85538{1_000_000 + index}"


def test_the_same_seed_gives_the_same_fates_in_any_order() -> None:
    keys = [(index, nth) for index in range(200) for nth in range(3)]

    def fates(order: list[tuple[int, int]]) -> dict[tuple[int, int], object]:
        chance = Chance(7)
        return {
            (i, n): (
                sms_fate(chance, OTHER, _number(i), n),
                call_fate(chance, OTHER, _number(i), n),
                press(chance, _number(i), n, 0),
            )
            for i, n in order
        }

    assert fates(keys) == fates(keys[::-1])


def test_another_seed_gives_other_fates() -> None:
    one, other = (
        [sms_fate(Chance(seed), OTHER, _number(i), 0) for i in range(50)] for seed in (1, 2)
    )
    assert one != other


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_each_operator_delivers_and_answers_as_its_row_says(operator: Operator) -> None:
    chance, tries = Chance(3), 4000
    texts = [sms_fate(chance, operator, _number(i), 0) for i in range(tries)]
    calls = [call_fate(chance, operator, _number(i), 0) for i in range(tries)]
    reachable = 1 - operator.absent - operator.landlines
    delivered = sum(fate.end == "delivered" for fate in texts) / tries
    answered = sum(fate.end == "answered" for fate in calls) / tries
    assert delivered == pytest.approx(operator.delivered * reachable, abs=0.02)
    assert answered == pytest.approx(operator.answered * (1 - operator.absent), abs=0.03)


def test_a_handset_got_what_is_delivered_and_nothing_that_failed() -> None:
    fates = [sms_fate(Chance(5), OTHER, _number(i), 0) for i in range(4000)]
    assert all(f.got for f in fates if f.end == "delivered")
    assert not any(f.got for f in fates if f.error_code is not None)
    silent = Counter(f.got for f in fates if f.end == "sent")
    assert silent[True] > 20
    assert silent[False] > 20


def test_every_error_code_has_its_status() -> None:
    fates = [sms_fate(Chance(5), OTHER, _number(i), 0) for i in range(4000)]
    found = {(f.error_code, f.end) for f in fates if f.error_code}
    assert found == {(30003, "undelivered"), (30005, "undelivered"), (30006, "failed")}


def test_a_number_that_does_not_exist_never_does() -> None:
    chance = Chance(5)
    absent = [
        n for n in map(_number, range(2000)) if sms_fate(chance, OTHER, n, 0).error_code == 30005
    ]
    assert absent
    assert {sms_fate(chance, OTHER, n, nth).error_code for n in absent for nth in range(4)} == {
        30005
    }
    assert {call_fate(chance, OTHER, n, 0).end for n in absent} == {"failed"}


def test_prefixes_tell_the_operators_apart() -> None:
    prefixes = [prefix for operator in OPERATORS for prefix in operator.prefixes]
    assert len(prefixes) == len(set(prefixes))
    # Never dialled: only the first two digits are looked at.
    names = {p: operator_of(f"+855{p}").name for p in ("12", "10", "97", "18", "38")}
    assert names == {
        "12": "Cellcard",
        "10": "Smart",
        "97": "Metfone",
        "18": "Seatel",
        "38": "Other",
    }
    assert (country_of(_number(1)), country_of("+66"), country_of("+1")) == ("KH", "TH", "")
