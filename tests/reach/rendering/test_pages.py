"""No title stands alone at the foot of a printed page, wherever on it a section begins."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from importlib import resources
from itertools import pairwise
from pathlib import Path

import pytest
import typst

from outreach.kernel.i18n import LANGUAGES
from outreach.reach import rendering
from outreach.reach.rendering.letters import folder
from outreach.reach.rendering.view import View, view
from tests.reach.reports import report_document

MARCH = report_document()
# Asked of the layout itself: what begins on which page, in order.
BEGINNINGS = """
#context [#metadata(
  query(selector(heading.where(level: 2)).or(table).or(figure))
    .map(found => (repr(found.func()), found.location().page()))
) <beginnings>]
"""


def beginnings(shown: View, place: Path) -> list[tuple[str, int]]:
    layout = (resources.files(rendering) / "report.typ").read_text()
    (place / "report.typ").write_text(layout + BEGINNINGS)
    found = typst.query(
        str(place / "report.typ"),
        "<beginnings>",
        field="value",
        one=True,
        font_paths=[str(folder())],
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(asdict(shown), ensure_ascii=False)},
    )
    return [(kind, page) for kind, page in json.loads(found)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_title_stands_on_the_page_of_what_it_is_about(language: str, tmp_path: Path) -> None:
    printed = view(MARCH, language)
    for lines in range(0, 24, 3):
        pushed = replace(printed, notices=(*printed.notices, *["…"] * lines))
        found = beginnings(pushed, tmp_path)
        assert any(kind == "heading" for kind, _ in found)
        for (kind, page), (following, its_page) in pairwise(found):
            assert kind != "heading" or following == "heading" or page == its_page
