"""Spares a process that runs for long most of Python's search for garbage in cycles.

The search looks through all that lives again and again, and a sender with a thousand requests in
flight lets a great deal live: it took two fifths of the time (`scripts/bench send`).
"""

from __future__ import annotations

import gc

# New objects between two searches, and the searches of the young between two of the older.
_OFTEN = (20_000, 50, 50)


def settle() -> None:
    """What was loaded so far stays for good and is not looked at again; the rest is more rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_OFTEN)
