"""The dimensions by which people are counted, and the value of what nobody asked them."""

from __future__ import annotations

NOT_ASKED = "not_asked"
# A fact snapshots these of its person when it happens.
PERSONAL = ("province", "sex", "age_band", "audience", "destination", "language")
