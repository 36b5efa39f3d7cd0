"""Finds keyword forms in unspaced Khmer: at orthographic-cluster boundaries, one sign off at most.

A window of clusters is looked up by where in the mouth its consonants are made; a form with the
same ones counts when the window equals it, or differs by one sign and is no other word
(`lookalikes.csv`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from outreach.language.keywords import Form
from outreach.language.matchkey import match_key

_CLUSTER = re.compile("[\u1780-\u17b3](?:\u17d2[\u1780-\u17b3]|[\u17b6-\u17d2\u17dd])*")
_SUBSCRIPT = re.compile("\u17d2([\u1780-\u17b3])")
_SIGNS = re.compile("[^\u1780-\u17b3]+")
# Consonants that sound alike and are confused in writing.
_ALIKE = str.maketrans("ណឡឌ", "នលដ")
# Consonants of one place: of a longer word, one may stand for another (បំនុល, ឆ្បាប់, ពេត្យ).
_PLACE = str.maketrans("ខគឃឆជឈឋឌឍតថទធណផពភឡឝឞ", "កកកចចចដដដដដដដនបបបលសស")
_SILENT = "រ"  # written and not spoken at a word's end: often left out
_SHORT = 3
_DROPS = 4  # consonants up to which a form may lack none but រ: ទារលុយ is not រកលុយ
# An independent vowel may be written out (ឯកសារ, អែកសារ), and ឱ្យ is អោយ.
_WRITTEN_OUT = {
    "ឱ្យ": "អោយ",
    "ឥ": "អិ",
    "ឦ": "អី",
    "ឧ": "អុ",
    "ឩ": "អូ",
    "ឪ": "អៅ",
    "ឳ": "អៅ",
    "ឯ": "អែ",
    "ឱ": "អោ",
}
_INDEPENDENT = re.compile("|".join(_WRITTEN_OUT))
# One sign may stand for another of its class: លុយមិនឱ្យទេ is not មិនឱ្យទៅ. Subscripts are no signs.
_SOUNDS = _PLACE | str.maketrans("ីឹឺូួែៃៈ័៏៍", "ិិិុុេេះ៌៌៌", "្")


@dataclass(frozen=True, slots=True)
class Hit:
    """A form found over clusters `start` to `end` (exclusive); `form` None marks a look-alike."""

    form: Form | None
    start: int
    end: int
    exact: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    form: Form | None
    text: str  # the form's match key without spaces
    compact: str  # a subscript is one character
    letters: str  # its consonants, those that sound alike as one


class KhmerIndex:
    """Khmer forms and look-alikes, ready to be searched."""

    def __init__(self, forms: Iterable[Form], lookalikes: Iterable[str]) -> None:
        self._entries: dict[str, list[_Entry]] = defaultdict(list)
        self._words = {_solid(word) for word in lookalikes}
        self._longest = 1
        for form in forms:
            self._add(form, _solid(form.text))
        for word in self._words:
            self._add(None, word)

    def _add(self, form: Form | None, text: str) -> None:
        entry = _Entry(form, text, _compact(text), _letters(text))
        places = _places(text)
        keys = {places}
        if form is not None and len(places) > _SHORT:
            keys |= {
                places[:i] + places[i + 1 :]
                for i in range(1, len(places))
                if len(places) > _DROPS or places[i] == _SILENT
            }
        elif form is not None and text[-1] == _SILENT and len(places) == _SHORT:
            keys.add(places[:-1])
        for key in keys:
            if not any(_same(entry, known) for known in self._entries[key]):
                self._entries[key].append(entry)
        self._longest = max(self._longest, len(places))

    def find(self, clusters: list[str]) -> list[Hit]:
        """Every form in `clusters`; an empty cluster is a wall that no form crosses."""
        hits: list[Hit] = []
        places = [_places(cluster) for cluster in clusters]
        for start in range(len(clusters)):
            key = ""
            for end in range(start, len(clusters)):
                key += places[end]
                if not clusters[end] or len(key) > self._longest:
                    break
                if key in self._entries:
                    hits.extend(self._weigh(clusters, start, end + 1, key))
        return _undisputed(hits)

    def _weigh(self, clusters: list[str], start: int, end: int, key: str) -> list[Hit]:
        window = "".join(clusters[start:end])
        entries = self._entries[key]
        exact = [Hit(entry.form, start, end, True) for entry in entries if entry.text == window]
        if exact or window in self._words:
            return exact
        return [
            Hit(entry.form, start, end, False)
            for entry in entries
            if entry.form is not None and _one_off(entry, window)
        ]


def _same(entry: _Entry, known: _Entry) -> bool:
    """Whether two entries are one: ឱ្យ and អោយ where they mean the same."""
    if entry.text != known.text or entry.form is None or known.form is None:
        return entry == known
    return replace(entry.form, text="", review="") == replace(known.form, text="", review="")


def split(key: str) -> list[str]:
    """The Khmer clusters of a match key; other letters become one empty cluster, spaces none."""
    found: list[str] = []
    last = 0
    key = _written_out(key)
    for cluster in _CLUSTER.finditer(key):
        if key[last : cluster.start()].strip():
            found.append("")
        found.append(cluster.group())
        last = cluster.end()
    if key[last:].strip() and found:
        found.append("")
    return found


def _undisputed(hits: list[Hit]) -> list[Hit]:
    """Hits that no longer exact hit covers; a near hit also yields to any exact one it touches,
    other than a look-alike within it, and danger to a look-alike that its last word begins."""
    exact = [hit for hit in hits if hit.exact]
    kept = [
        hit
        for hit in hits
        if not any(
            other is not hit
            and (
                _within(hit, other) or _begins(other, hit)
                if hit.exact
                else (other.start < hit.end and hit.start < other.end)
                and not (other.form is None and _within(other, hit))
            )
            for other in exact
        )
    ]
    return [hit for hit in kept if hit.form is not None]


def _within(hit: Hit, other: Hit) -> bool:
    return other.start <= hit.start and hit.end <= other.end and _size(hit) < _size(other)


def _begins(lookalike: Hit, hit: Hit) -> bool:
    danger = hit.form is not None and hit.form.danger
    return (
        danger and lookalike.form is None and hit.start <= lookalike.start < hit.end < lookalike.end
    )


def _size(hit: Hit) -> int:
    return hit.end - hit.start


def _one_off(entry: _Entry, window: str) -> bool:
    """Whether `window` is the form with one sign dropped, added, changed or changing places."""
    compact = _compact(window)
    if OSA.distance(entry.compact, compact, score_cutoff=1) > 1:
        return False
    size = len(entry.compact)
    swapped = sorted(entry.compact) == sorted(compact)
    if size == len(compact) and not swapped and not _sounds_alike(entry.text, window):
        return False
    # Of a short word, the letters must all be there, and something besides them.
    return size > _SHORT or (len(window) > 1 and _letters(window) == entry.letters)


def _sounds_alike(known: str, written: str) -> bool:
    return known.translate(_SOUNDS) == written.translate(_SOUNDS)


def _solid(text: str) -> str:
    return _written_out(match_key(text).replace(" ", ""))


def _written_out(key: str) -> str:
    return _INDEPENDENT.sub(lambda vowel: _WRITTEN_OUT[vowel.group()], key)


def _compact(text: str) -> str:
    return _SUBSCRIPT.sub(lambda found: chr(0xE000 + ord(found[1]) - 0x1780), text)


def _letters(text: str) -> str:
    return _SIGNS.sub("", text).translate(_ALIKE)


def _places(text: str) -> str:
    return _SIGNS.sub("", text).translate(_PLACE)
