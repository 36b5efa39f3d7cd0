"""The sections about the figures: what nobody knows, how each was computed, what is hidden."""

from __future__ import annotations

from collections.abc import Sequence

from outreach.kernel.dimensions import NOT_ASKED, PREFER_NOT
from outreach.kernel.i18n import mark as _
from outreach.reach.document import cells
from outreach.reach.document.material import Material
from outreach.reach.document.model import Cell, Column, Row, Section, Words
from outreach.reach.document.words import DIMENSION_LABELS, FIGURE_LABELS, figure, said, value_name
from outreach.reach.rules.definitions import DEFINITIONS
from outreach.reach.rules.suppression import SMALLEST

_ASKED = ("sex", "age_band", "audience", "destination")
# What REACH.md defines and no fact tells yet.
_UNMEASURED = (
    ("knowledge", _("what people know now"), _("no questions were asked before and after")),
    (
        "outcome",
        _("what changed for people"),
        _("these are outputs; nothing here measures outcomes"),
    ),
)


def unknown(made_of: Material) -> Section:
    """What nobody knows, with its number where there is one."""
    found = made_of.report
    rows = [
        _unknown(
            "silent",
            said(_("SMS of which no report came")),
            cells.count(found.messages["unknown"]),
            said(_("counted apart, never as delivered")),
        )
    ]
    for dimension in _ASKED:
        known = {row.value: row.numbers["reached"] for row in found.by[dimension]}
        for value in (NOT_ASKED, PREFER_NOT):
            name = said(
                _("{dimension}: {value}"),
                dimension=said(DIMENSION_LABELS[dimension]),
                value=value_name(dimension, value),
            )
            rows.append(
                _unknown(
                    f"{dimension}.{value}",
                    name,
                    cells.count(known.get(value, 0)),
                    said(_("of the people reached")),
                )
            )
    rows += [
        _unknown(key, said(name), cells.NOT_MEASURED, said(why))
        for key, name, why in _UNMEASURED
        if key != "knowledge" or not made_of.effects
    ]
    return Section(
        key="unknown",
        title=said(_("What is not known")),
        unit=said(_("as each row says")),
        base=said(_("all campaigns in the period")),
        head=said(_("What")),
        columns=(Column("number", said(_("Number"))), Column("why", said(_("Remark")))),
        rows=tuple(rows),
    )


def _unknown(key: str, name: Words, number: Cell, why: Words) -> Row:
    return Row(key, name, (number, cells.text(why)))


def computed(made_of: Material) -> Section:
    """How each figure is defined; anybody with the ledger comes to the same."""
    names = [name for name in FIGURE_LABELS if name in DEFINITIONS]
    return Section(
        key="definitions",
        title=said(_("How it was computed")),
        unit=said(_("definitions")),
        base=said(_("rules {rules}"), rules=made_of.report.rules),
        head=said(_("Figure")),
        columns=(
            Column("unit", said(_("Unit"))),
            Column("base", said(_("Among"))),
            Column("meaning", said(_("Meaning"))),
        ),
        rows=tuple(
            Row(
                name,
                figure(name),
                (
                    cells.text(said(DEFINITIONS[name].unit)),
                    cells.text(_base(DEFINITIONS[name].base)),
                    cells.text(said(DEFINITIONS[name].says)),
                ),
            )
            for name in names
        ),
    )


def hidden(sections: Sequence[Section]) -> Section:
    """How many cells of each section are hidden, and why."""
    rows = [
        Row(
            section.key,
            section.title,
            (
                cells.count(section.hidden),
                cells.count(section.figures),
            ),
        )
        for section in sections
        if section.hidden
    ]
    return Section(
        key="hidden",
        title=said(_("What is hidden, and why")),
        unit=said(_("cells")),
        base=said(_("each table of this report")),
        head=said(_("Table")),
        columns=(Column("hidden", said(_("hidden"))), Column("cells", said(_("of all cells")))),
        rows=tuple(rows),
        notes=(
            said(
                _(
                    "A number of people under {smallest} is hidden, and so is enough beside it "
                    "that nobody can work it out by subtraction. Zero is shown: it is nobody's."
                ),
                smallest=SMALLEST,
            ),
            said(_("Everything else is exact.")),
        ),
    )


def _base(base: str) -> Words:
    """A base is another figure, or words."""
    return figure(base) if base in FIGURE_LABELS else said(base)
