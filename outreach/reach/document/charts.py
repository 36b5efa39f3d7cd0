"""Chooses the picture of a section, and says in words what it shows."""

from __future__ import annotations

from collections.abc import Sequence

from outreach.kernel.i18n import mark as _
from outreach.reach.document.model import Chart, Drawing, Kind, Row, Words
from outreach.reach.document.words import said


def bars(column: str, measure: Words, rows: Sequence[Row], at: int) -> Chart | None:
    """Bars of `column`, which is each row's cell `at`; none where there is nothing to draw."""
    return _chart(Drawing.BARS, column, measure, rows, at)


def tiles(column: str, measure: Words, rows: Sequence[Row], at: int) -> Chart | None:
    """A map of the provinces in tiles, darker where `column` is larger."""
    return _chart(Drawing.TILES, column, measure, rows, at)


def _chart(
    drawing: Drawing, column: str, measure: Words, rows: Sequence[Row], at: int
) -> Chart | None:
    drawn = [(row.cells[at].number or 0, row.name) for row in rows]
    number, name = max(drawn, key=lambda pair: pair[0], default=(0, None))
    if not number or name is None:
        return None
    begins = (
        _("Map of the provinces in tiles, darker where there are more: {measure}.")
        if drawing is Drawing.TILES
        else _("Bars: {measure}.")
    )
    hidden = sum(row.cells[at].kind is Kind.HIDDEN for row in rows)
    parts = [
        said(begins, measure=measure),
        said(_("The largest: {name}, {number}."), name=name, number=number),
        said(_("Hidden: {hidden}."), hidden=hidden),
        said(_("The table beside it has every number.")),
    ]
    said_ = {language: " ".join(part[language] for part in parts) for language in parts[0]}
    return Chart(drawing, column, said_)
