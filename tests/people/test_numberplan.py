"""The short way to a number says what the library says, or nothing."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.people.rules.numberplan import plan_of
from outreach.people.rules.numbers import Number, parse_number

COUNTRIES = ("KH", "TH", "VN", "MY", "LA")
digits = st.text("0123456789", min_size=4, max_size=13)


def in_full(written: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@st.composite
def _like_numbers(draw: st.DrawFn) -> tuple[str, str]:
    """A number near a right one of a country, in one of the notations of lists."""
    country = draw(st.sampled_from(COUNTRIES))
    kind = draw(st.sampled_from((0, 1, 3)))
    example = phonenumbers.example_number_for_type(country, kind)
    national = str(example.national_number) if example else draw(digits)
    kept = draw(st.integers(2, len(national)))
    end = draw(st.text("0123456789", max_size=len(national) - kept + 1))
    code = f"+{phonenumbers.country_code_for_region(country)}"
    before = draw(st.sampled_from(("", "0", code, f"{code}0")))
    return before + national[:kept] + end, country


@given(_like_numbers())
def test_whatever_it_says_the_library_says_too(case: tuple[str, str]) -> None:
    written, country = case
    plan = plan_of(country)
    assert plan is not None
    found = plan.e164(written) if not written.startswith("00") else None
    assert found in (None, in_full(written, country))


def test_ordinary_numbers_need_no_closer_look() -> None:
    plan = plan_of("KH")
    assert plan is not None
    for written in ("0381234567", "381234567", "+855381234567", "+8550381234567"):
        assert plan.e164(written) == "+855381234567"
    for written in ("+66381234567", "038123", "00381234567", "0"):
        assert plan.e164(written) is None


@pytest.mark.parametrize("country", ["US", "KR", "IT", "ZZ", "GB"])
def test_a_country_with_rules_of_its_own_is_left_to_the_library(country: str) -> None:
    assert plan_of(country) is None


@pytest.mark.parametrize("country", COUNTRIES)
def test_national_numbers_are_read_by_their_country(country: str) -> None:
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None
    found = parse_number(f"0{example.national_number}", country)
    assert isinstance(found, Number)
    assert found.e164 == phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
