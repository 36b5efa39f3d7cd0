"""Pages that hold the keys: two bring the settings back, and a page names nothing but keys."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from outreach.kernel.errors import BadInput
from outreach.kernel.paper import SETTINGS, pages, settings_from
from outreach.kernel.sealing import new_key, new_keys

BOTH = {SETTINGS[0]: f"{new_key('seal')},{new_keys()}", SETTINGS[1]: new_keys()}
PAGES = pages(BOTH, date(2026, 3, 2))


def test_s18_any_two_pages_bring_both_settings_back() -> None:
    for pair in combinations(PAGES, 2):
        assert settings_from("\n".join(pair), "typed") == BOTH


def test_a_page_shows_no_key_and_fits_on_paper() -> None:
    for page in PAGES:
        lines = page.splitlines()
        assert len(lines) < 60
        assert max(map(len, lines)) < 100
        for entry in ",".join(BOTH.values()).split(","):
            name, _, value = entry.partition("=")
            assert name in page
            assert value[:6] not in page


def test_a_damaged_page_is_refused_by_its_line() -> None:
    line = next(line for line in PAGES[0].splitlines() if line.startswith("09 "))
    swapped = line[:3] + line[8:13] + line[3:8] + line[13:]
    with pytest.raises(BadInput, match=r"typed, line \d+: Line 9 of share 1 is not as it was"):
        settings_from("\n".join([PAGES[0].replace(line, swapped), PAGES[1]]), "typed")


def test_pages_of_two_days_are_not_mixed() -> None:
    with pytest.raises(BadInput, match="different sets"):
        settings_from("\n".join([PAGES[0], pages(BOTH, date(2026, 3, 3))[1]]), "typed")
