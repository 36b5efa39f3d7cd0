"""What is told of each span says who has to be followed from one to the next."""

from __future__ import annotations

from datetime import date

from pyroaring import BitMap

from outreach.reach.crowds import AWAY, NOBODY, Crowd, unions
from outreach.reach.queries import PeopleKey
from outreach.reach.spans import strangers, suspects

JANUARY, FEBRUARY = (PeopleKey("month", date(2026, month, 1), 1, "reached") for month in (1, 2))
BY = ("province", "sex")
# Of 1 both changed at once; 2 moved first; 3 was in two provinces, 4 in the second one for some
# days, each with one sex all the time.
SPANS: dict[PeopleKey, Crowd] = {
    JANUARY: {
        "province": {AWAY: BitMap([1, 2, 3]), "02": BitMap([1, 2, 3, 4])},
        "sex": {AWAY: BitMap([1]), "female": BitMap([1])},
    },
    FEBRUARY: {
        "province": {AWAY: BitMap([2, 3]), "02": BitMap([2]), "03": BitMap([3])},
        "sex": {AWAY: BitMap([2]), "female": BitMap([2])},
    },
}


def test_strangers_were_away_by_any_dimension_and_mixed_is_who_was_at_home_by_one() -> None:
    away, mixed = strangers(SPANS, BY)
    assert away == {JANUARY: BitMap([1, 2, 3]), FEBRUARY: BitMap([2, 3])}
    assert mixed == {"province": BitMap([4]), "sex": BitMap([2, 3])}


def test_only_who_may_have_changed_in_two_dimensions_and_not_at_once_is_followed() -> None:
    _, mixed = strangers(SPANS, BY)
    assert suspects(unions(SPANS.values()), BY, mixed) == BitMap([2])
    assert suspects(unions(SPANS.values()), BY[:1], {"province": mixed["province"]}) == NOBODY


def test_a_dimension_in_which_none_of_them_changed_has_nobody_followed() -> None:
    spans: dict[PeopleKey, Crowd] = {
        JANUARY: {**SPANS[JANUARY], "age_band": {AWAY: BitMap([9]), "18-24": BitMap([9])}}
    }
    by = (*BY, "age_band")
    _, mixed = strangers(spans, by)
    assert mixed["age_band"] == BitMap([1, 2, 3])
    assert suspects(unions(spans.values()), by, mixed) == NOBODY


def test_a_channel_has_no_home_so_who_was_called_and_texted_is_followed_if_they_moved() -> None:
    channels: dict[PeopleKey, Crowd] = {
        JANUARY: {"channel": {"sms": BitMap([1, 4, 9]), "voice": BitMap([1, 9])}}
    }
    whole = unions((*SPANS.values(), *channels.values()))
    _, mixed = strangers(SPANS, ("province",))
    assert suspects(whole, ("province", "channel"), mixed) == BitMap([1])
