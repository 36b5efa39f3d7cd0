"""Splits text into the grapheme clusters that Twilio's part calculator keeps whole.

Twilio's calculator uses the `grapheme-splitter` package (Unicode 10 rules): a break is allowed
after COENG or a virama, where `regex`'s current `\\X` (rule GB9c) would keep on joining.
"""

from __future__ import annotations

import regex

_CLUSTER = regex.compile(r"\X")
# A letter after a mark starts a new cluster, but Thai and Lao SARA AM count as marks.
_LETTER_AFTER_MARK = regex.compile(r"(?<=[\p{Mn}\p{Mc}\u200d])(?=[^\P{Lo}\u0e33\u0eb3])")


def clusters(text: str) -> list[str]:
    """The clusters of `text`, in order; joined they are `text`. CR LF is two.

    >>> clusters("ខ្មែរ")
    ['ខ្', 'មែ', 'រ']
    """
    found: list[str] = []
    for cluster in _CLUSTER.findall(text):
        if len(cluster) == 1:
            found.append(cluster)
        elif cluster == "\r\n":
            found.extend(cluster)
        else:
            found.extend(_LETTER_AFTER_MARK.split(cluster))
    return found
