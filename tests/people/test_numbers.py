"""Every way in which people write one number gives the same one; what is none says why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.language.digits import khmer_digits
from outreach.people.rules.numbers import Number, parse_number
from outreach.people.rules.reasons import Reason

E164 = "+855381234567"
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
WAYS = (
    "+855381234567",
    "+855 38 123 4567",
    "00855381234567",
    "855381234567",
    "+855 0 38 123 4567",
    "0381234567",
    "038 123 4567",
    "038-123-4567",
    "(038) 123.4567",
    "381234567",
    "'0381234567",
    "0381234567\u200b",
    "០៣៨១២៣៤៥៦៧",
    "០៣៨ ១២៣ ៤៥៦៧",
    "๐๓๘๑๒๓๔๕๖๗",
    "\u202a+855 38 123 4567\u202c",
    '="0381234567"',
    "381234567.0",
    "+855381234567.00",
    "\uff0b855 38 123 4567",
)


@pytest.mark.parametrize("written", WAYS)
def test_every_way_of_writing_a_number_is_the_same_number(written: str) -> None:
    found = parse_number(written)
    assert isinstance(found, Number)
    assert found.e164 == E164


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", Reason.EMPTY),
        (" \u200b ", Reason.EMPTY),
        ("8.5512E+10", Reason.SCIENTIFIC),
        ("no phone", Reason.LETTERS),
        ("038 123 45a7", Reason.LETTERS),
        ("038", Reason.TOO_SHORT),
        ("+85538", Reason.TOO_SHORT),
        ("+85538123456789012", Reason.TOO_LONG),
        ("0381234567 / 0381234568", Reason.TWO_NUMBERS),
        ("2026-02-14", Reason.A_DATE),
        ("14/02/2026", Reason.A_DATE),
        ("02-Mar-26", Reason.A_DATE),
        ("14.02.2026", Reason.A_DATE),
        ("14-02-2026", Reason.A_DATE),
        ("2026/02/14", Reason.A_DATE),
        ("2026-02-14 00:00:00", Reason.A_DATE),
        ("14-02-2569", Reason.A_DATE),
        ("3812345.67", Reason.DECIMAL),
        ("38123456,7", Reason.DECIMAL),
        ("3.81234567E8", Reason.SCIENTIFIC),
        ("0381234567\n0381234568", Reason.TWO_NUMBERS),
        ("0381234567 +855381234568", Reason.TWO_NUMBERS),
        ("0381234567 ឬ 0381234568", Reason.TWO_NUMBERS),
        ("0381234567 និង 0381234568", Reason.TWO_NUMBERS),
        ("038+1234567", Reason.LETTERS),
        ("-", Reason.EMPTY),
        ("+999381234567", Reason.INVALID),
    ],
)
def test_what_is_no_number_says_why(written: str, reason: Reason) -> None:
    assert parse_number(written) is reason


def test_a_country_that_is_none_is_told() -> None:
    assert parse_number("0381234567", "Cambodia") is Reason.COUNTRY


def test_a_national_number_is_read_in_its_own_country() -> None:
    abroad = parse_number("02 123 4567", "TH")
    assert isinstance(abroad, Number)
    assert (abroad.e164[:3], abroad.zone) == ("+66", "Asia/Bangkok")


def test_s18_a_number_is_not_in_its_own_repr() -> None:
    assert "381234567" not in repr(parse_number(E164))


@st.composite
def ways_of_writing(draw: st.DrawFn, national: str) -> str:
    """A national number as somebody might write it: prefix, gaps, script, what Excel adds."""
    prefix = draw(
        st.sampled_from(["0", "", "+855", "00855", "855", "+855 ", "+855 (0)", "00 855 "])
    )
    gaps = [draw(st.sampled_from(["", " ", "-", ".", "\u00a0", "\u200b", "\u2013"])) for _ in "12"]
    text = f"{prefix}{national[:2]}{gaps[0]}{national[2:5]}{gaps[1]}{national[5:]}"
    if draw(st.booleans()):
        text = f"({prefix}{national[:2]}) {national[2:5]}{gaps[1]}{national[5:]}"
    script = draw(st.sampled_from([str, khmer_digits, lambda t: t.translate(THAI)]))
    before, after = draw(st.sampled_from([("", ""), (" ", "\t"), ("'", ""), ("\ufeff", "\u200b")]))
    return f"{before}{script(text)}{after}"


@given(st.data(), st.from_regex(r"[0-9]{7}", fullmatch=True))
def test_every_notation_of_one_number_gives_the_same_e164(data: st.DataObject, rest: str) -> None:
    written = data.draw(ways_of_writing(f"38{rest}"))
    found = parse_number(written)
    assert isinstance(found, Number)
    assert found.e164 == f"+85538{rest}"


@given(st.from_regex(r"38[0-9]{7}", fullmatch=True), st.from_regex(r"[0-9]{1,2}", fullmatch=True))
def test_a_decimal_cell_is_the_whole_number_or_none(whole: str, decimals: str) -> None:
    found = parse_number(f"{whole}.{decimals}")
    assert found is Reason.DECIMAL or (
        isinstance(found, Number) and found.e164 == f"+855{whole}" and set(decimals) == {"0"}
    )


@given(st.from_regex(r"[0-9]{7}", fullmatch=True), st.sampled_from(["", " ", "-", "."]))
def test_spacing_and_script_never_change_a_number(digits: str, gap: str) -> None:
    written = f"038{gap}{digits[:3]}{gap}{digits[3:]}"
    latin, khmer = parse_number(written), parse_number(khmer_digits(written))
    assert latin == khmer
    assert isinstance(latin, Number)
    assert latin.e164 == f"+85538{digits}"


@given(st.text(max_size=40))
def test_no_cell_breaks_the_reader(text: str) -> None:
    assert isinstance(parse_number(text), Number | Reason)
