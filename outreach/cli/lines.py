"""JSON lines in, JSON lines out: the small surfaces that scripts and checks use."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from outreach.kernel.errors import BadInput
from outreach.kernel.text import writable


def answer_lines(answer: Callable[[str], dict[str, Any]]) -> None:
    """For each line {"text": …} on stdin one line on stdout; raises BadInput naming the line."""
    for number, raw in enumerate(sys.stdin.buffer, start=1):
        if not raw.strip():
            continue
        reply = json.dumps(answer(_text(raw, number)), ensure_ascii=False)
        sys.stdout.buffer.write(reply.encode() + b"\n")
        sys.stdout.buffer.flush()


def _text(raw: bytes, number: int) -> str:
    try:
        item = json.loads(raw)
        text = item["text"]
    except (ValueError, TypeError, KeyError):
        text = None
    if not isinstance(text, str):
        raise BadInput(
            'This is not a JSON object such as {"text": "…"}.',
            where=f"line {number}",
            remedy="Give one object a line.",
        )
    return writable(text)
