"""The 25 provinces: their names, and their cell in the tile map (columns west to east, rows north
to south)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources


@dataclass(frozen=True)
class Province:
    """`code` is the NCDD code; `column` and `row` count from 0."""

    code: str
    names: dict[str, str]
    column: int
    row: int


@lru_cache(maxsize=1)
def provinces() -> tuple[Province, ...]:
    """All 25, by code."""
    text = (resources.files(__package__) / "data" / "provinces.csv").read_text(encoding="utf-8")
    return tuple(
        Province(
            row["code"],
            {"km": row["name_km"], "en": row["name_en"]},
            int(row["grid_col"]),
            int(row["grid_row"]),
        )
        for row in csv.DictReader(text.splitlines())
    )
