"""The frequency cap: how often one person hears from us, over all campaigns (S36)."""

from __future__ import annotations

from datetime import timedelta

CAP = 2
WINDOW = timedelta(days=7)


def exceeded(tried_before: int) -> bool:
    """Whether a person who was sent `tried_before` other broadcasts in WINDOW gets no more."""
    return tried_before >= CAP
