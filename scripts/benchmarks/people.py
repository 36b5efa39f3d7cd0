"""`people`: import of 1,000,000 rows against a bare loop over the same file, on both databases.

Ours is the real command in a process of its own, from its start to its end. The bare loop reads the
CSV, parses and validates each row, makes its fingerprint and seals it, with the same functions, and
writes nothing; it runs before and after ours, because machines are noisy. `people.again` imports
the same file once more, which changes nothing.
"""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from statistics import mean

from outreach.kernel.errors import OutreachError
from outreach.kernel.sealing import new_keys, parse_keys
from outreach.language.digits import khmer_digits
from outreach.people.places import gazetteer, load_places
from outreach.people.rules.columns import guess
from outreach.people.rules.row import Entry, read
from outreach.store.engine import make_engine
from scripts.benchmarks.databases import each_database
from scripts.benchmarks.measure import Result
from scripts.rehearsal.register import HEADER
from scripts.rehearsal.story import communes

_ROWS, _NUMBERS = 1_000_000, 10_000_000
_TARGET, _MOST_MB = 0.5, 400
# Any number without a factor in common with _NUMBERS: each position gets a number of its own.
_STRIDE = 7_654_321


@dataclass
class _Bench:
    url: str
    keys: str
    path: Path
    rows: int

    def bare(self) -> float:
        """Rows per second of the bare loop."""
        engine, vault = make_engine(self.url), parse_keys(self.keys, "bench")
        place = lru_cache(4_096)(gazetteer(engine).find)
        today, good = date(2026, 11, 24), 0
        began = time.perf_counter()
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            at = guess(next(rows)).at
            for cells in rows:
                entry = read({name: cells[i] for name, i in at.items()}, today, place)
                if isinstance(entry, Entry):
                    vault.lookup(entry.number.e164)
                    vault.seal(entry.number.e164)
                    good += 1
        seconds = time.perf_counter() - began
        engine.dispose()
        if good != self.rows:
            raise OutreachError(f"The file should have {self.rows} good rows, not {good}.")
        return self.rows / seconds

    def imported(self, expected: str) -> tuple[float, float]:
        """Rows per second of `outreach people import`, and its peak memory in MB."""
        env = {**os.environ, "OUTREACH_DATABASE_URL": self.url, "OUTREACH_SECRET_KEYS": self.keys}
        command = [sys.executable, "-m", "outreach", "people", "import", str(self.path)]
        with tempfile.TemporaryFile("w+") as output:
            began = time.perf_counter()
            process = subprocess.Popen(command, env=env, stdout=output)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            said = output.read()
        if process.returncode or expected not in said:
            raise OutreachError(f"The import did not say {expected!r}, but: {said}")
        return self.rows / seconds, usage.ru_maxrss / 1024


def run(scale: float) -> Iterator[Result]:
    """Two measurements on each database, with 1,000,000 × `scale` rows."""
    rows = max(1_000, round(_ROWS * scale))
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as folder:
        for database, url in each_database():
            engine = make_engine(url)
            load_places(engine)
            path = Path(folder) / f"{database}.csv"
            _write(path, communes(engine), rows)
            engine.dispose()
            yield from _measure(database, _Bench(url, new_keys(), path, rows))


def _measure(database: str, bench: _Bench) -> Iterator[Result]:
    before = bench.bare()
    ours = bench.imported(f": {bench.rows:,} added")
    baseline = mean((before, bench.bare()))
    yield _result("people.import", database, ours, baseline, _TARGET)
    yield _result("people.again", database, bench.imported(": 0 added"), baseline, 0.0)


def _result(
    name: str, database: str, ours: tuple[float, float], baseline: float, target: float
) -> Result:
    rate, peak = ours
    return Result(
        name=name,
        database=database,
        ours=round(rate, 1),
        baseline=round(baseline, 1),
        ratio=round(rate / baseline, 3),
        unit="rows/s",
        peak_mb=round(peak, 1),
        target=target,
        ok=rate / baseline >= target and peak < _MOST_MB,
    )


def _write(path: Path, places: list[str], rows: int) -> None:
    """Good rows, each with a number of its own (+855 38 and seven digits) in one of the notations
    that lists have."""
    if rows > _NUMBERS:
        raise OutreachError(f"There are only {_NUMBERS} such numbers.")
    chance = random.Random(1)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for position in range(rows):
            national = f"38{position * _STRIDE % _NUMBERS:07d}"
            writer.writerow(_row(chance, national, chance.choice(places)))


def _row(chance: random.Random, national: str, commune: str) -> list[str]:
    spaced = f"0{national[:2]} {national[2:5]} {national[5:]}"
    notations = (f"0{national}", f"+855{national}", spaced, spaced.replace(" ", "-"))
    proven = chance.random() < 0.9
    return [
        khmer_digits(spaced) if chance.random() < 0.1 else chance.choice(notations),
        "KH",
        commune,
        "km",
        chance.choice(("female", "male", "ស្រី", "")),
        chance.choice(("18-24", "25-34", "41", "50+", "")),
        chance.choice(("aspirant", "current", "returnee", "family")),
        chance.choice(("TH", "Thailand", "MY", "")),
        chance.choice(("yes", "no")),
        chance.choice(("yes", "no", "")),
        chance.choice(("paper form", "village meeting, own phone")) if proven else "",
        "2026-02-14" if proven else "",
        "v1" if proven else "",
    ]
