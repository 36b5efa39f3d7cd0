from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc
import sys
from outreach.kernel import interpreter

interpreter.settle()
assert gc.isenabled() and gc.get_freeze_count() > 1_000 and gc.get_threshold()[0] > 700
assert sys.getswitchinterval() < 0.005
class Knot: ...
import weakref
knot = Knot(); knot.self = knot; gone = weakref.ref(knot); del knot
made = [[] for _ in range(150_000)]
print(gone() is None)
"""


def test_after_settling_what_was_loaded_is_not_searched_and_new_cycles_are_still_freed() -> None:
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "True"
