"""Text that any stream can take."""

from __future__ import annotations


def writable(text: str) -> str:
    """`text` with every half of a surrogate pair, as JSON may bring it, replaced by U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
