"""Sets Python up for a process that runs for long, with an event loop and threads beside it.

The search for garbage in cycles looks through all that lives again and again, and a sender with a
thousand requests in flight lets a great deal live: it took two fifths of the time. And a thread
that comes back from the database waits for Python's lock until a busy loop gives it up, some
hundred times a batch; with Python's own patience the loop, in turn, waited for the database
(`scripts/bench send`).
"""

from __future__ import annotations

import gc
import sys

# New objects between two searches, and the searches of the young between two of the older. What is
# young is all that is in flight, some 60,000 objects of a thousand requests, and hardly any is
# garbage: a search takes 25 ms, so they come a second and not a tenth of it apart.
_OFTEN = (100_000, 10, 50)
# How long a thread asks for the lock before it must be given up: a fifth of Python's own.
_PATIENCE_SECONDS = 0.001


def settle() -> None:
    """What was loaded so far stays for good and is not looked at again; the rest is more rarely.
    Threads change more often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_OFTEN)
    sys.setswitchinterval(_PATIENCE_SECONDS)
