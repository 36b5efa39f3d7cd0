"""The words of the handset pages, in Khmer and English. The Khmer awaits a native reader."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Rehearsal network",
        "banner": "Rehearsal network: nothing leaves this machine.",
        "handsets": "Handsets",
        "handset": "Handset",
        "operator": "Operator",
        "number": "Number",
        "texts": "Texts",
        "calls": "Calls",
        "call": "Call",
        "last": "Last text",
        "none": "No handset yet. Send a message to the network, or pick up a handset.",
        "quiet": "No texts yet.",
        "pick_up": "Pick up a handset",
        "pick_up_hint": "A number with + and the country, such as +855 38 and seven digits.",
        "bad_number": "That is no phone number.",
        "bad_text": "A text has 1 to 1,600 characters.",
        "write": "Text message",
        "send": "Send",
        "missed_call": "Missed call",
        "back": "All handsets",
        "lost": "sent to this handset, not arrived",
        "heard": "heard",
        "seconds": "s",
        "keys": "pressed",
        "unanswered": "not answered",
        "rang_us": "Missed call from this handset",
        "earlier": "Earlier",
        "later": "Later",
        "other_language": "ភាសាខ្មែរ",
    },
    "km": {
        "title": "បណ្ដាញសាកល្បង",
        "banner": "បណ្ដាញសាកល្បង៖ គ្មានអ្វីចេញពីម៉ាស៊ីននេះទេ។",
        "handsets": "ទូរស័ព្ទ",
        "handset": "ទូរស័ព្ទ",
        "operator": "ប្រព័ន្ធ",
        "number": "លេខ",
        "texts": "សារ",
        "calls": "ការហៅ",
        "call": "ការហៅ",
        "last": "សារចុងក្រោយ",
        "none": "មិនទាន់មានទូរស័ព្ទទេ។",
        "quiet": "មិនទាន់មានសារទេ។",
        "pick_up": "យកទូរស័ព្ទ",
        "pick_up_hint": "លេខដែលមាន + និងលេខកូដប្រទេស ដូចជា +855 38 និងប្រាំពីរខ្ទង់។",
        "bad_number": "នេះមិនមែនជាលេខទូរស័ព្ទទេ។",
        "bad_text": "សារមានពី 1 ដល់ 1,600 តួអក្សរ។",
        "write": "សារ",
        "send": "ផ្ញើ",
        "missed_call": "ហៅមិនឆ្លើយ",
        "back": "ទូរស័ព្ទទាំងអស់",
        "lost": "បានផ្ញើ មិនទាន់មកដល់",
        "heard": "បានស្ដាប់",
        "seconds": "វិនាទី",
        "keys": "បានចុច",
        "unanswered": "មិនឆ្លើយ",
        "rang_us": "ទូរស័ព្ទនេះបានហៅ",
        "earlier": "មុន",
        "later": "ក្រោយ",
        "other_language": "English",
    },
}
LANGUAGES = tuple(WORDS)


def chosen(asked: str, accepted: str) -> str:
    """The page's language: the one asked for, else Khmer where the browser prefers it."""
    if asked in WORDS:
        return asked
    return "km" if accepted.lower().startswith("km") else "en"
