"""Reads how a campaign is sent: its hours, whether on holidays, its budget."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap

from outreach.content.source import Problem, line_of, unknown_keys
from outreach.kernel.hours import USUAL


def hours_of(path: Path, head: CommentedMap, problems: list[Problem]) -> dict[str, list[int]]:
    """The local hours by channel, narrower than everybody's; none for a channel means those."""
    given = _mapping(path, head, "hours", tuple(USUAL), problems)
    found = {}
    for channel, span in given.items():
        first, last = USUAL.get(channel, (0, 0))
        if not _is_span(span) or not first <= span[0] < span[1] <= last:
            todo = f"Give two hours from {first} to {last}, such as [{first}, {last}]."
            line = line_of(given, channel)
            problems.append(Problem(path, line, f"The hours of {channel} are {span!r}.", todo))
        else:
            found[str(channel)] = [span[0], span[1]]
    return found


def budget_of(
    path: Path, head: CommentedMap, problems: list[Problem]
) -> tuple[Decimal, str] | None:
    """The most that the campaign may cost in all, and its currency."""
    given = _mapping(path, head, "budget", ("amount", "currency"), problems)
    if not given:
        return None
    amount, currency = _amount(given.get("amount")), given.get("currency")
    if amount is None or not _is_currency(currency):
        todo = 'Write amount: "250.00" and currency: USD (three letters).'
        problems.append(Problem(path, line_of(head, "budget"), "This is no budget.", todo))
        return None
    return amount, str(currency)


def flag(path: Path, head: CommentedMap, key: str, default: bool, problems: list[Problem]) -> bool:
    """Whether `key` is true."""
    value = head.get(key, default)
    if not isinstance(value, bool):
        line = line_of(head, key)
        problems.append(Problem(path, line, f"{key} is {value!r}.", "Give true or false."))
        return default
    return value


def _mapping(
    path: Path, head: CommentedMap, key: str, known: tuple[str, ...], problems: list[Problem]
) -> CommentedMap:
    given = head.get(key) or CommentedMap()
    if not isinstance(given, CommentedMap):
        todo = f"Write {', '.join(known)} under it."
        problems.append(Problem(path, line_of(head, key), f"{key} is no mapping.", todo))
        return CommentedMap()
    problems += unknown_keys(path, given, known)
    return given


def _is_span(span: Any) -> bool:
    return isinstance(span, list) and len(span) == 2 and all(type(hour) is int for hour in span)


def _is_currency(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 3 and value.isascii() and value.isupper()


def _amount(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 < amount < 10**9 else None
