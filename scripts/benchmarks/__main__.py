"""`scripts/bench NAME`: one JSON object a line, or a table for people."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator

from outreach.kernel.errors import OutreachError
from scripts.benchmarks import (
    audience,
    donor,
    help,
    inbound,
    people,
    plan,
    reach,
    receipts,
    rotate,
    scale,
    send,
)
from scripts.benchmarks.measure import Result

BENCHMARKS: dict[str, Callable[[float], Iterator[Result]]] = {
    "audience": audience.run,
    "donor": donor.run,
    "help": help.run,
    "inbound": inbound.run,
    "people": people.run,
    "plan": plan.run,
    "reach": reach.run,
    "receipts": receipts.run,
    "rotate": rotate.run,
    "scale": scale.run,
    "send": send.run,
}


def main() -> int:
    """Runs one benchmark; exit code 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("name", choices=sorted(BENCHMARKS))
    parser.add_argument("--scale", type=float, default=1.0, help="times the usual size")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args()
    good = True
    try:
        for result in BENCHMARKS[options.name](options.scale):
            good = good and result.ok
            if options.json:
                print(json.dumps(result.as_dict()), flush=True)
            else:
                _tell(result)
    except OutreachError as error:
        print(f"scripts/bench: {error}", file=sys.stderr)
        return error.exit_code
    return 0 if good else 1


def _tell(result: Result) -> None:
    verdict = "ok" if result.ok else "MISSED"
    print(
        f"{result.name} on {result.database}: {result.ours} {result.unit}, baseline "
        f"{result.baseline}, ratio {result.ratio} (target {result.target}: {verdict}), "
        f"peak {result.peak_mb} MB"
    )


if __name__ == "__main__":
    sys.exit(main())
