"""Kills the sender at every point of the pipeline, many times over, and counts what went wrong."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from itertools import count
from typing import Any

from outreach.kernel.errors import OutreachError
from scripts.crashes.databases import Prepared, prepared
from scripts.crashes.points import NAMED, Point, function_of, named
from scripts.crashes.run import Outcome, run

_PEOPLE = 24


def main() -> int:
    """Runs; the exit code says whether all went well."""
    options = _options()
    try:
        for point in NAMED:
            function_of(point)
        only = named(options.point) if options.point else None
        seeds = range(options.seed, options.seed + options.runs)
        began = time.monotonic()
        with prepared(options.database, options.people) as database:
            outcomes = _all(database, [(seed, only) for seed in seeds], options)
            # Chance has a part in where a death falls: who missed has one more try.
            missed = [named(name) for name in summary(outcomes, "", 0.0)["missed"]]
            outcomes += _all(database, [*zip(count(seeds.stop), missed)], options)
    except OutreachError as error:
        print(f"scripts/faults: {error}", file=sys.stderr)
        return error.exit_code
    found = summary(outcomes, options.database, time.monotonic() - began)
    print(json.dumps(found, ensure_ascii=False) if options.json else _told(found))
    # Of several workers the other one may be there first: no fault of the point.
    return 1 if found["problems"] or (found["missed"] and not options.split) else 0


def _all(
    database: Prepared,
    runs: Sequence[tuple[int, Point | None]],
    options: argparse.Namespace,
) -> list[Outcome]:
    outcomes = []
    # Forked, so that each job has imported everything; none has a thread that it would lose.
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(options.jobs, mp_context=context) as pool:
        jobs = [
            pool.submit(run, database, seed, only, options.deaths, split=options.split)
            for seed, only in runs
        ]
        for job in as_completed(jobs):
            outcome = job.result()
            outcomes.append(outcome)
            print(_line(outcome), file=sys.stderr, flush=True)
    return sorted(outcomes, key=lambda outcome: outcome.seed)


def summary(outcomes: list[Outcome], database: str, seconds: float) -> dict[str, Any]:
    """What all runs come to."""
    deliveries: Counter[str] = sum((Counter(o.deliveries) for o in outcomes), Counter())
    unknown: Counter[str] = sum((Counter(o.unknown) for o in outcomes), Counter())
    deaths = [death for outcome in outcomes for death in outcome.deaths]
    points = {point.name: point for point in NAMED}
    left: dict[str, Counter[str]] = {name: Counter() for name in points}
    for death in deaths:
        if death.hit and death.point in points:
            left[death.point] += Counter({"deaths": 1, **death.left})
    tried = {death.point for death in deaths} & points.keys()
    return {
        "database": database,
        "runs": len(outcomes),
        "deaths": len(deaths),
        "deaths_at_their_point": sum(death.hit for death in deaths),
        "points": {name: dict(found) for name, found in left.items() if found},
        # A point that is not where its name says kills nobody, or nobody at work: no proof.
        "missed": sorted(name for name in tried if not left[name][points[name].leaves or "deaths"]),
        "deliveries": dict(deliveries),
        "unknown": dict(unknown),
        "unknown_share": round(unknown.total() / max(1, deliveries.total()), 5),
        "problems": [asdict(outcome) for outcome in outcomes if outcome.problems],
        "seconds": round(seconds, 1),
    }


def _told(found: dict[str, Any]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in found.items())


def _line(outcome: Outcome) -> str:
    verdict = "; ".join(outcome.problems) or "good"
    deaths = ", ".join(map(str, outcome.deaths))
    return f"seed {outcome.seed} ({outcome.seconds} s) {deaths}: {verdict}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/faults", description=__doc__)
    parser.add_argument("--runs", type=int, default=40, help="how many seeds")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument(
        "--split", action="store_true", help="web, scheduler and two workers (postgresql)"
    )
    parser.add_argument("--people", type=int, default=_PEOPLE, help="contacts per run")
    parser.add_argument("--point", default="", help="die at this point only")
    parser.add_argument(
        "--deaths", type=int, default=3, help="at most; 0 measures the unknown share alone"
    )
    parser.add_argument("--jobs", type=int, default=4, help="runs at the same time")
    parser.add_argument("--json", action="store_true", help="the sum as JSON on stdout")
    options = parser.parse_args()
    if options.split and options.database != "postgresql":
        parser.error("--split runs on PostgreSQL: add --database postgresql")
    return options


if __name__ == "__main__":
    sys.exit(main())
