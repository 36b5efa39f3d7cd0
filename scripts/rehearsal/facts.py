"""Compares what the system claims with what the simulated handsets really got, and sums it up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from scripts.rehearsal.look import Attempted

_ARRIVED = frozenset({"delivered", "completed", "answered"})
_DID_NOT = frozenset({"failed", "errored", "busy", "no_answer", "canceled"})


def mismatches(attempts: Sequence[Attempted], truth: Mapping[str, bool]) -> int:
    """Claims (delivered, failed) that the handset contradicts. *Unknown* claims nothing.

    `truth` says of every message and call of the network, by SID, whether the handset got it.
    """
    wrong = 0
    for attempt in attempts:
        if attempt.sid is None:
            continue
        got = truth.get(attempt.sid, False)
        wrong += (attempt.state in _ARRIVED and not got) or (attempt.state in _DID_NOT and got)
    return wrong


def double_sends(attempts: Sequence[Attempted], truth: Mapping[str, bool]) -> int:
    """More than one accepted message per attempt, or a second try with no failed one before it."""
    known = {attempt.sid for attempt in attempts}
    # Whatever the network took that no attempt of ours owns was taken twice.
    doubles = sum(sid not in known for sid in truth)
    last: dict[int, Attempted] = {}
    for attempt in attempts:
        earlier = last.get(attempt.delivery_id)
        doubles += earlier is not None and earlier.state not in _DID_NOT
        last[attempt.delivery_id] = attempt
    return doubles


def by_sid(truth: Mapping[str, Any]) -> dict[str, bool]:
    """Of every message and call that the network took from us: did the handset get it?"""
    found: dict[str, bool] = {}
    for handset in truth["handsets"]:
        found |= {item["sid"]: bool(item["got"]) for item in handset["messages"]}
        found |= {item["sid"]: bool(item["answered"]) for item in handset["calls"]}
    return found


def operators(truth: Mapping[str, Any]) -> Counter[str]:
    """Handsets that got something, by operator."""
    return Counter(
        handset["operator"]
        for handset in truth["handsets"]
        if any(item["got"] for item in handset["messages"])
        or any(item["answered"] for item in handset["calls"])
    )
