"""Printed shares: any two of three restore, one alone says nothing, a slip is found by its line."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.kernel.errors import BadInput
from outreach.kernel.shares import Share, _inverse, _times, combine, read_shares, split

SECRET = b"what must come back" * 9


def typed(share: Share) -> list[str]:
    return str(share).splitlines()


def back(*texts: str) -> bytes:
    return combine(read_shares("\n".join(texts), "typed"))


@given(st.binary(max_size=200))
def test_s18_any_two_of_three_shares_restore(secret: bytes) -> None:
    shares = split(secret)
    for pair in combinations(shares, 2):
        assert back(*map(str, pair)) == secret
        assert back(*map(str, reversed(pair))) == secret
    assert back(*map(str, shares)) == secret


@given(st.binary(min_size=1, max_size=40), st.binary(min_size=40, max_size=40))
def test_s18_one_share_fits_every_secret_alike(secret: bytes, guess: bytes) -> None:
    (mine, *_) = split(secret)
    # For whatever secret is guessed there is exactly one chance that gives this very share.
    whole = guess[: len(mine.data)].ljust(len(mine.data), b"x")
    scale = _inverse(mine.number)
    chance = bytes(_times(scale, a ^ b) for a, b in zip(mine.data, whole, strict=True))
    again = bytes(a ^ _times(mine.number, b) for a, b in zip(whole, chance, strict=True))
    assert again == mine.data


def test_s18_the_bytes_of_a_share_are_evenly_spread_whatever_the_secret() -> None:
    seen: Counter[int] = Counter()
    for _ in range(400):
        for share in split(b"\x00" * 56):
            seen.update(share.data[8:])
    expected = seen.total() / 256
    # Chi-squared with 255 degrees of freedom: 400 would be a chance of one in a hundred million.
    assert sum((seen[byte] - expected) ** 2 / expected for byte in range(256)) < 400


def test_the_field_has_an_inverse_of_everything_but_nothing() -> None:
    assert all(_times(a, _inverse(a)) == 1 for a in range(1, 256))
    assert _times(0x57, 0x83) == 0xC1  # the example of FIPS 197


def test_people_may_type_lower_case_khmer_digits_and_letters_that_look_alike() -> None:
    one, two, _ = split(SECRET)
    khmer = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")
    lookalike = [line[:3] + line[3:].replace("0", "o").replace("1", "l") for line in typed(two)[1:]]
    text = "\n".join([typed(two)[0], *reversed(lookalike)])
    assert back(str(one).lower().translate(khmer).replace(" ", "  "), text) == SECRET


@given(st.data())
def test_a_slip_is_found_by_its_line(data: st.DataObject) -> None:
    one, two, _ = split(SECRET)
    lines = typed(one)
    at = data.draw(st.integers(1, len(lines) - 1))
    spot = data.draw(st.sampled_from([i for i in range(3, len(lines[at])) if lines[at][i] != " "]))
    wrong = data.draw(st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
    changed = lines[at][:spot] + wrong + lines[at][spot + 1 :]
    lines[at] = changed
    if changed == typed(one)[at]:
        assert back("\n".join(lines), str(two)) == SECRET
        return
    with pytest.raises(BadInput, match=rf"typed, line {at + 1}: Line {at} of share 1 is not"):
        back("\n".join(lines), str(two))


ONE, TWO, THREE = split(SECRET)
OTHER = split(SECRET)[1]


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([], "One share alone"),
        ([str(ONE)], "One share alone says nothing"),
        ([str(ONE), str(ONE)], "This is one share twice"),
        ([str(ONE), str(OTHER)], "of different sets"),
        (["\n".join(typed(ONE)[:-1]), str(TWO)], "Share 1 has no line 18"),
        (["\n".join([typed(ONE)[0], *typed(ONE)[2:]]), str(TWO)], "Share 1 has no line 01|line 1"),
        (["\n".join([*typed(ONE)[:5], typed(TWO)[5], *typed(ONE)[6:]])], "Line 5 of share 1 is"),
        ([typed(ONE)[0].replace("SET", "SE")], "not the first line of a share"),
        ([typed(ONE)[0] + "\n07 ABC!"], "This line can't be read"),
        ([typed(ONE)[0] + "\n1 ABCD"], "This line can't be read"),
        (["hello"], "One share alone"),
    ],
)
def test_what_is_wrong_with_shares_is_said_clearly(texts: list[str], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        back(*texts)


def test_forged_shares_of_one_set_give_no_keys() -> None:
    forged = Share(2, ONE.set_id, bytes(len(ONE.data)))
    with pytest.raises(BadInput, match="These shares give no keys"):
        combine([ONE, forged])


def test_a_share_does_not_show_itself_in_a_repr() -> None:
    assert ONE.data.hex()[:8] not in repr(ONE)
    assert repr(ONE.data)[2:10] not in repr(ONE)
