"""How a reason that somebody types is kept: one line that names nobody."""

from __future__ import annotations

from outreach.kernel.errors import BadInput
from outreach.kernel.mask import without_numbers

MOST = 200


def kept(written: str, least: int = 5) -> str:
    """`written` in one line of at most MOST characters, what could be phone numbers masked (S18)
    and days left as they are. Raises BadInput where fewer than `least` or too many are left."""
    reason = without_numbers(" ".join(written.split()))
    if not least <= len(reason) <= MOST:
        raise BadInput(f"A reason has {least} to {MOST} characters.", where="--reason")
    return reason
