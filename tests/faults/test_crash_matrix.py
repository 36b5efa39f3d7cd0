"""A real sender, killed at every point of the pipeline: nobody twice, nobody left out, all true.

`scripts/faults --runs 300 --database postgresql` does the same hundreds of times.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.crashes.points import NAMED, function_of

ROOT = Path(__file__).resolve().parents[2]


def faults(*arguments: str, postgres_url: str = "") -> dict[str, Any]:
    """What scripts/faults found. A process of its own, because it forks."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.crashes", "--json", *arguments],
        cwd=ROOT,
        env={**os.environ, "TEST_DATABASE_URL": postgres_url},
        capture_output=True,
        text=True,
        timeout=540,
        check=False,
    )
    assert done.stdout, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    assert not found["problems"], done.stderr[-3000:]
    # Of several workers another one may be at a point first: no fault of the point.
    assert "--split" in arguments or not found["missed"], done.stderr[-3000:]
    return found


@pytest.mark.parametrize("point", NAMED, ids=lambda point: point.name)
def test_every_point_names_a_function_that_is_there(point: Any) -> None:
    assert function_of(point).__code__.co_firstlineno > 0


def test_killed_at_every_point_on_sqlite_nobody_is_skipped_or_gets_it_twice() -> None:
    found = faults("--runs", "25")
    assert found["points"].keys() == {point.name for point in NAMED}


def test_killed_at_every_point_on_postgresql_nobody_is_skipped_or_gets_it_twice(
    postgres_url: str,
) -> None:
    runs = str(len(NAMED))
    found = faults("--runs", runs, "--database", "postgresql", postgres_url=postgres_url)
    assert found["points"].keys() == {point.name for point in NAMED}


def test_of_several_workers_one_is_killed_and_nobody_is_skipped_or_gets_it_twice(
    postgres_url: str,
) -> None:
    arguments = ("--split", "--runs", "4", "--jobs", "2", "--database", "postgresql")
    found = faults(*arguments, postgres_url=postgres_url)
    assert found["deaths_at_their_point"] > 0


def test_under_one_in_a_hundred_is_unknown_where_one_in_twenty_times_out_after_acceptance() -> None:
    found = faults("--runs", "1", "--deaths", "0", "--people", "300")
    assert sum(found["deliveries"].values()) == 300
    assert found["unknown_share"] < 0.01


def test_processes_apart_are_refused_on_sqlite() -> None:
    command = [sys.executable, "-m", "scripts.crashes", "--split", "--runs", "1"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "--database postgresql" in done.stderr
