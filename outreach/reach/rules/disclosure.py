"""Says which figures of a publication may stand together, so that no small group follows (S27).

Three kinds of subtraction count groups of people, and each is as safe as a cell that is printed:
a whole less its part (called, and did not answer), the total less a cell (who is not in it), and
the cells of a table less their total (who is in more than one). Months don't nest in each other,
so only a stock, which lasts from month to month, needs `held_back`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set

from outreach.reach.rules.suppression import SMALLEST, Shown, covered, grown, small

# Whoever is in the first was in each of the others. A part is never shown where its whole is not.
PART_OF: Mapping[str, tuple[str, ...]] = {
    "answered": ("called",),
    "passed": ("called", "answered"),
    "heard": ("called", "answered", "reached"),
    "listened": ("called", "answered", "reached"),
}
# Columns that are hidden in the same cells, wholes before their parts. Who passed the menu and took
# no part asked for help, mostly: so these two go together (REACH.md).
_TOGETHER = (
    ("reached",),
    ("called",),
    ("answered",),
    ("passed", "engaged"),
    ("listened",),
    ("heard",),
)
# Parts that are shown, though their whole is hidden for what the two would tell together.
_HIDING_THE_WHOLE = {"passed": "engaged", "heard": "listened"}
Cells = Mapping[str, int]


def shown_totals(totals: Cells) -> Shown:
    """Totals, None where they may not be shown: small, or with a small remainder of their whole."""
    found: Shown = {}
    for names in _units(totals):
        numbers = [*(totals[name] for name in names), *_rests_of(names, totals)]
        wholes = [whole for name in names for whole in _wholes(name, totals)]
        hidden = any(small(n) for n in numbers) or any(found[whole] is None for whole in wholes)
        found |= {name: None if hidden else totals[name] for name in names}
    return {name: found[name] for name in totals}


def hide(
    columns: Mapping[str, Cells], totals: Cells, also: Mapping[str, Collection[str]] | None = None
) -> dict[str, Shown]:
    """The columns of one table over the same cells, hidden ones None; `totals` are distinct people.

    `also` names further cells to hide by column. Where a total may not be shown, no cell of its
    column is.
    """
    shown = shown_totals(totals)
    hidden: dict[str, set[str]] = {}
    too_few = False
    for names in _units(columns):
        found = _hidden(names, columns, totals, hidden)
        for name in names:
            found |= set((also or {}).get(name, ())) & set(columns[name])
        if any(shown[name] is None for name in names):
            hidden |= {name: set(columns[name]) for name in names}
            continue
        group = _complete(names, columns, totals, found)
        too_few = too_few or group is None
        hidden |= {name: set(columns[name]) if group is None else group for name in names}
    if too_few:
        # Their totals are shown: beside them the table keeps one kind of whole only.
        hidden |= {name: set(cells) for name, cells in columns.items() if name != "reached"}
    return {
        name: {cell: None if cell in hidden[name] else n for cell, n in cells.items()}
        for name, cells in columns.items()
    }


def held_back(stock: Iterable[int]) -> int | None:
    """A stock as it may be shown after the last of its months' ends: it is said anew only where it
    differs by SMALLEST or more from what was said last. None where it is small.

    >>> held_back([100, 103, 105, 112]), held_back([100, 103]), held_back([4])
    (112, 100, None)
    """
    said = 0
    shown: int | None = 0
    for number in stock:
        if abs(number - said) >= SMALLEST and not small(number):
            said = number
        shown = None if small(number) else said
    return shown


def _hidden(
    names: Sequence[str],
    columns: Mapping[str, Cells],
    totals: Cells,
    known: Mapping[str, set[str]],
) -> set[str]:
    """Cells that must go: small, or telling a small group by subtraction from a total or whole; and
    those whose whole is hidden."""
    found: set[str] = set()
    for name in names:
        cells, total = columns[name], totals[name]
        found |= {c for c, n in cells.items() if small(n) or (n and small(total - n))}
        found |= {cell for whole in _wholes(name, columns) for cell in known[whole]}
    for rest in _rests(names, columns):
        found |= {cell for cell, number in rest.items() if small(number)}
    return found


def _complete(
    names: Sequence[str], columns: Mapping[str, Cells], totals: Cells, hidden: set[str]
) -> set[str] | None:
    """`hidden`, and what has to go with it: subtraction then leaves more than one possibility. None
    where the whole table is too little for that."""
    rests = _rests(names, columns)
    tables = [*(columns[name] for name in names), *rests]
    wholes = [*(totals[name] for name in names), *_rests_of(names, totals)]
    few_in_two = any(
        small(sum(cells.values()) - total) for cells, total in zip(tables, wholes, strict=True)
    )

    nested = _rests_by(_nested(names, columns), columns)

    def enough(group: Set[str]) -> bool:
        # From the total can be taken one whole in some cells and another in the others.
        least = sum(min(rest[cell] for rest in nested) for cell in group) if nested else 0
        any_rest = any(rest[cell] for rest in nested for cell in group)
        mixed = least >= SMALLEST or not any_rest
        return mixed and all(covered([table[cell] for cell in group]) for table in tables)

    return grown(columns[names[0]], hidden, enough, anyway=few_in_two)


def _rests(names: Sequence[str], columns: Mapping[str, Cells]) -> list[dict[str, int]]:
    return _rests_by(_pairs(names, columns), columns)


def _rests_by(
    pairs: Sequence[tuple[str, str]], columns: Mapping[str, Cells]
) -> list[dict[str, int]]:
    """By cell, who is in a whole and not in its part; nobody where the part is larger (taking part
    by SMS)."""
    return [
        {cell: max(0, columns[whole][cell] - number) for cell, number in columns[part].items()}
        for part, whole in pairs
    ]


def _rests_of(names: Sequence[str], totals: Cells) -> list[int]:
    return [max(0, totals[whole] - totals[part]) for part, whole in _pairs(names, totals)]


def _pairs(names: Sequence[str], known: Collection[str]) -> list[tuple[str, str]]:
    parts = [(_HIDING_THE_WHOLE[name], name) for name in names if name in _HIDING_THE_WHOLE]
    return [*_nested(names, known), *((part, whole) for part, whole in parts if part in known)]


def _nested(names: Sequence[str], known: Collection[str]) -> list[tuple[str, str]]:
    return [(name, whole) for name in names for whole in _wholes(name, known)]


def _wholes(name: str, known: Collection[str]) -> list[str]:
    return [whole for whole in PART_OF.get(name, ()) if whole in known]


def _units(known: Collection[str]) -> list[tuple[str, ...]]:
    named = [tuple(name for name in names if name in known) for names in _TOGETHER]
    others = [(name,) for name in known if not any(name in names for names in _TOGETHER)]
    return [names for names in (*named, *others) if names]
