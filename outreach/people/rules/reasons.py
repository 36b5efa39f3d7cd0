"""Why a row of a contact file can't be used, in Khmer and English: all words in one table.

The Khmer awaits native review; it is read by staff, never by people in danger.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """One reason; `en` and `km` say it to the person who mends the file."""

    EMPTY = "empty"
    LETTERS = "letters"
    SCIENTIFIC = "scientific"
    TWO_NUMBERS = "two_numbers"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    INVALID = "invalid"
    DECIMAL = "decimal"
    A_DATE = "a_date"
    COUNTRY = "country"
    NO_PLACE = "no_place"
    AMBIGUOUS_PLACE = "ambiguous_place"
    OTHER_PROVINCE = "other_province"
    NO_COMMUNITY = "no_community"
    AMBIGUOUS_COMMUNITY = "ambiguous_community"
    VALUE = "value"
    BIRTH_DATE = "birth_date"
    EVIDENCE = "evidence"
    DATE = "date"
    FUTURE = "future"
    LENGTH = "length"
    CELLS = "cells"

    @property
    def en(self) -> str:
        """In English."""
        return _WORDS[self][0]

    @property
    def km(self) -> str:
        """In Khmer."""
        return _WORDS[self][1]


_WORDS: dict[Reason, tuple[str, str]] = {
    Reason.EMPTY: ("There is no phone number.", "គ្មានលេខទូរស័ព្ទ។"),
    Reason.LETTERS: ("A phone number has no letters or other signs.", "លេខទូរស័ព្ទមិនត្រឹមត្រូវ មានអក្សរ។"),
    Reason.SCIENTIFIC: (
        "The spreadsheet shortened the number; format the column as text.",
        "លេខទូរស័ព្ទមិនពេញ។",
    ),
    Reason.TWO_NUMBERS: ("There are two numbers in one cell.", "មានលេខទូរស័ព្ទពីរ។"),
    Reason.TOO_SHORT: ("The phone number is too short.", "លេខទូរស័ព្ទខ្លីពេក។"),
    Reason.TOO_LONG: ("The phone number is too long.", "លេខទូរស័ព្ទវែងពេក។"),
    Reason.INVALID: ("No such phone number can exist.", "លេខទូរស័ព្ទមិនត្រឹមត្រូវ។"),
    Reason.DECIMAL: (
        "This is a decimal number; format the column as text.",
        "នេះជាលេខទសភាគ មិនមែនលេខទូរស័ព្ទ។",
    ),
    Reason.A_DATE: ("This is a date, not a phone number.", "នេះជាថ្ងៃខែ មិនមែនលេខទូរស័ព្ទ។"),
    Reason.COUNTRY: (
        "No such country; write two letters, such as TH.",
        "ប្រទេសមិនត្រឹមត្រូវ។",
    ),
    Reason.NO_PLACE: ("No such place in the gazetteer.", "រកមិនឃើញទីកន្លែង។"),
    Reason.AMBIGUOUS_PLACE: (
        "Several places have this name; write its code.",
        "មានទីកន្លែងច្រើនឈ្មោះនេះ សូមសរសេរលេខកូដ។",
    ),
    Reason.OTHER_PROVINCE: ("The commune lies in another province.", "ឃុំនៅខេត្តផ្សេង។"),
    Reason.NO_COMMUNITY: (
        "No such community is registered; write its join code.",
        "រកមិនឃើញសហគមន៍ សូមសរសេរលេខកូដ។",
    ),
    Reason.AMBIGUOUS_COMMUNITY: (
        "Several communities have this name; write its join code.",
        "មានសហគមន៍ច្រើនឈ្មោះនេះ សូមសរសេរលេខកូដ។",
    ),
    Reason.VALUE: ("This value is not among the known ones.", "តម្លៃមិនត្រឹមត្រូវ។"),
    Reason.BIRTH_DATE: (
        "Birth dates are not kept; write an age band, such as 18-24.",
        "សូមសរសេរក្រុមអាយុ ដូចជា 18-24។",
    ),
    Reason.EVIDENCE: (
        "Consent needs how, when and which wording, or none of them.",
        "ខ្វះព័ត៌មានអំពីការយល់ព្រម។",
    ),
    Reason.DATE: ("This is no date; write 2026-02-14.", "ថ្ងៃខែមិនត្រឹមត្រូវ។"),
    Reason.FUTURE: ("This day has not come yet.", "ថ្ងៃនេះមិនទាន់មកដល់។"),
    Reason.LENGTH: ("This text is too long; shorten it.", "អត្ថបទនេះវែងពេក។"),
    Reason.CELLS: ("The row has more cells than the header.", "ជួរនេះមានក្រឡាច្រើនពេក។"),
}
