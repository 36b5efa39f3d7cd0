"""The dimensions by which people are counted, and the values of what they did not say."""

from __future__ import annotations

NOT_ASKED = "not_asked"
PREFER_NOT = "prefer_not_to_say"
# A fact snapshots these of its person when it happens.
PERSONAL = ("province", "sex", "age_band", "audience", "destination", "language")

_UNSAID = (NOT_ASKED, PREFER_NOT)
_YES_NO = ("yes", "no", NOT_ASKED)
# Every value of what has a fixed list of them; countries and places have lists of their own.
VALUES: dict[str, tuple[str, ...]] = {
    "language": ("km", "en", "th", "vi"),
    "channel": ("sms", "voice", NOT_ASKED),
    "reads": _YES_NO,
    "shows_khmer": _YES_NO,
    "phone_is": ("own", "shared", NOT_ASKED),
    "sex": ("female", "male", "other", *_UNSAID),
    "age_band": ("under 18", "18-24", "25-34", "35-49", "50+", *_UNSAID),
    "audience": ("aspirant", "current", "returnee", "family", "authority", *_UNSAID),
    "sector": (
        "domestic", "construction", "fishing", "agriculture", "factory", "services", "other",
        *_UNSAID,
    ),
}  # fmt: skip
