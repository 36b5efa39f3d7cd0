"""Reads a yes or a no of somebody who was invited; to anybody else these words mean nothing.

The forms are few and whole messages only. Vietnamese has none: "no" and "không" are too often
something else. They await native review.
"""

from __future__ import annotations

from outreach.language.matchkey import match_key

YES, NO = "yes", "no"
_FORMS = {
    YES: ("yes", "y", "ok", "okay", "បាទ", "ចាស", "យល់ព្រម", "ព្រម", "ได้", "ตกลง"),
    NO: ("no", "no thanks", "no thank you", "ទេ", "អត់ទេ", "មិនយល់ព្រម", "ไม่", "ไม่เอา"),
}
_MEANS = {match_key(form).strip(): said for said, forms in _FORMS.items() for form in forms}


def answer(text: str) -> str | None:
    """YES, NO, or None where the text is neither.

    >>> answer("ចាស!")
    'yes'
    """
    return _MEANS.get(match_key(text).strip())
