"""A document in one language, every number already written: what a page or a printer shows."""

from __future__ import annotations

from dataclasses import dataclass

from outreach.kernel.i18n import mark as _
from outreach.reach.document.model import Cell, Chart, Document, Drawing, Kind, Section, Words
from outreach.reach.document.notation import cell_text
from outreach.reach.document.words import said
from outreach.reach.provinces import provinces

SHADES = 4
_NUMBERS = frozenset({Kind.COUNT, Kind.SHARE, Kind.MONEY, Kind.POINTS})


@dataclass(frozen=True)
class CellView:
    """A cell as it is read; `kind` decides where it stands and how it looks."""

    text: str
    kind: str


@dataclass(frozen=True)
class RowView:
    """A row with its name."""

    key: str
    name: str
    cells: tuple[CellView, ...]


@dataclass(frozen=True)
class Bar:
    """A bar: `share` of the longest one, 0 where there is no number."""

    name: str
    text: str
    share: float


@dataclass(frozen=True)
class Tile:
    """A province: `shade` from 0 (nobody, or hidden) to SHADES."""

    name: str
    text: str
    shade: int
    column: int
    row: int


@dataclass(frozen=True)
class SectionView:
    """A table with its picture: bars or tiles, or neither."""

    key: str
    title: str
    about: str
    head: str
    columns: tuple[str, ...]
    rows: tuple[RowView, ...]
    notes: tuple[str, ...]
    alternative: str
    bars: tuple[Bar, ...]
    tiles: tuple[Tile, ...]

    @property
    def wide(self) -> bool:
        """Whether its columns don't fit beside each other on a phone."""
        words = sum(cell.kind == Kind.WORDS for cell in self.rows[0].cells) if self.rows else 0
        return len(self.columns) > 3 or words > 1


@dataclass(frozen=True)
class View:
    """The whole document; `facts` are lines about it: period, day, rules."""

    language: str
    title: str
    period: str
    facts: tuple[str, ...]
    campaigns: str
    notices: tuple[str, ...]
    sections: tuple[SectionView, ...]
    notes: tuple[str, ...]
    empty: str

    def section(self, key: str) -> SectionView:
        """A section by its key."""
        return next(section for section in self.sections if section.key == key)


def view(document: Document, language: str) -> View:
    """`document` as it is read in `language`."""
    return View(
        language=language,
        title=document.title[language],
        period=document.period[language],
        facts=tuple(words[language] for words in facts(document)),
        campaigns=", ".join(names[language] for names in document.campaigns),
        notices=tuple(notice[language] for notice in document.notices),
        sections=tuple(_section(section, language) for section in document.sections),
        notes=tuple(note[language] for note in document.notes),
        empty=said(_("Nothing yet."))[language],
    )


def facts(document: Document) -> list[Words]:
    """What has to stand beside every figure: when it was reckoned, by which rules, up to when."""
    told = [
        said(_("As of {moment}"), moment=document.as_of),
        said(_("Rules {rules}"), rules=document.rules),
    ]
    if document.last is not None:
        told.append(said(_("Newest day known: {day}"), day=document.last))
    if document.draft:
        told.append(said(_("Draft")))
    return told


def _section(section: Section, language: str) -> SectionView:
    chart = section.chart
    return SectionView(
        key=section.key,
        title=section.title[language],
        about=said(_("Counted: {unit}. Among: {base}."), unit=section.unit, base=section.base)[
            language
        ],
        head=section.head[language],
        columns=tuple(column.title[language] for column in section.columns),
        rows=tuple(
            RowView(row.key, row.name[language], tuple(_cell(c, language) for c in row.cells))
            for row in section.rows
        ),
        notes=tuple(note[language] for note in section.notes),
        alternative=chart.alternative[language] if chart else "",
        bars=_bars(section, chart, language),
        tiles=_tiles(section, chart, language),
    )


def _cell(cell: Cell, language: str) -> CellView:
    return CellView("–" if cell.kind is Kind.NO_BASE else cell_text(cell, language), cell.kind)


def _bars(section: Section, chart: Chart | None, language: str) -> tuple[Bar, ...]:
    if chart is None or chart.drawing is not Drawing.BARS:
        return ()
    most = _most(section, chart)
    return tuple(
        Bar(row.name[language], _cell(cell, language).text, _size(cell) / most)
        for row, cell in section.column(chart.column)
    )


def _tiles(section: Section, chart: Chart | None, language: str) -> tuple[Tile, ...]:
    if section.key != "province":
        return ()
    places = {province.code: province for province in provinces()}
    column = chart.column if chart else "reached"
    most = _most(section, chart)
    return tuple(
        Tile(
            places[row.key].names[language],
            "–" if cell.kind is Kind.HIDDEN else _cell(cell, language).text,
            -int(-_size(cell) * SHADES // most),
            places[row.key].column,
            places[row.key].row,
        )
        for row, cell in section.column(column)
        if row.key in places
    )


def _most(section: Section, chart: Chart | None) -> float:
    return (
        max((_size(cell) for _row, cell in section.column(chart.column)), default=0) if chart else 1
    )


def _size(cell: Cell) -> float:
    return float(cell.number or 0) if cell.kind in _NUMBERS else 0.0
