"""Writes the demo's contact file, as a provincial team would send it: mostly right, partly not.

THE NUMBERS. They are generated, and carry prefixes of Cambodian operators so that operators can be
told apart. They belong to nobody that we know of and must never be sent to: the demo runs against
the bundled simulator on loopback only, which outreach.bootstrap enforces (a rehearsal's clock with
any other gateway is refused). Literals in code, tests and docs use +855 38 XXX XXXX, which no
operator has.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

from outreach.language.digits import khmer_digits

# National prefixes without the trunk 0, and how many digits follow.
_PREFIXES = (("12", 6), ("10", 6), ("88", 7), ("97", 7), ("15", 6), ("71", 7), ("31", 7))
HEADER = (
    "លេខទូរស័ព្ទ",
    "phone country",
    "commune",
    "language",
    "sex",
    "age_band",
    "audience",
    "destination",
    "reads",
    "shows_khmer",
    "consent_how",
    "consent_when",
    "consent_wording",
)


@dataclass(frozen=True)
class Register:
    """The file, and what we know of it before it is read."""

    path: Path
    rows: int
    wrong: int
    duplicates: int


def write_register(path: Path, communes: list[str], contacts: int, seed: int) -> Register:
    """Writes `contacts` good rows over `communes`, with wrong ones and duplicates among them."""
    rng = random.Random(seed)
    numbers = _numbers(rng, contacts)
    rows = [_row(rng, number, rng.choice(communes)) for number in numbers]
    duplicates = max(1, contacts // 100)
    rows += [
        [_as_written(rng, rng.choice(numbers)), *_row(rng, "", communes[0])[1:]]
        for _ in range(duplicates)
    ]
    wrong = _wrong(rng, communes)
    rows += wrong
    rng.shuffle(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows)
    return Register(path, len(rows), len(wrong), duplicates)


def _numbers(rng: random.Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        prefix, digits = rng.choice(_PREFIXES)
        found[prefix + "".join(rng.choices("0123456789", k=digits))] = None
    return list(found)


def _row(rng: random.Random, number: str, commune: str) -> list[str]:
    consented = rng.random() < 0.95
    reads = "no" if rng.random() < 0.15 else "yes"
    return [
        _as_written(rng, number) if number else "",
        "KH",
        commune,
        "en" if rng.random() < 0.05 else "km",
        rng.choice(("female", "female", "male", "male", "")),
        rng.choice(("18-24", "25-34", "35-49", "50+", "")),
        rng.choice(("aspirant", "current", "returnee", "family")),
        rng.choice(("TH", "TH", "TH", "MY", "VN", "KR", "")),
        reads,
        "yes" if reads == "yes" else "no",
        rng.choice(("paper form", "village meeting, own phone")) if consented else "",
        "2026-02-14" if consented else "",
        "v1" if consented else "",
    ]


def _as_written(rng: random.Random, national: str) -> str:
    """A number as people write them."""
    spaced = f"{national[:2]} {national[2:5]} {national[5:]}"
    ways = (
        f"0{national}",
        f"+855{national}",
        f"0{spaced}",
        f"+855 {spaced}",
        f"00855{national}",
        f"0{national[:2]}-{national[2:5]}-{national[5:]}",
        khmer_digits(f"0{spaced}"),
        khmer_digits(f"0{national}"),
    )
    return rng.choice(ways)


def _wrong(rng: random.Random, communes: list[str]) -> list[list[str]]:
    """Rows that nobody can use as they are."""
    cells = ("12", "no phone", "8.5512E+10", "0999", "+85512", "", "02-Mar-26", "038 123 45a7")
    rows = []
    for cell in cells:
        row = _row(rng, "", rng.choice(communes))
        row[0] = cell
        rows.append(row)
    nowhere = _row(rng, "381234567", "999999")
    rows.append(nowhere)
    return rows
