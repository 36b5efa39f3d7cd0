"""The dimensions by which people are counted, and the values of what they did not say."""

from __future__ import annotations

NOT_ASKED = "not_asked"
PREFER_NOT = "prefer_not_to_say"
# A fact snapshots these of its person when it happens.
PERSONAL = ("province", "sex", "age_band", "audience", "destination", "language")
