"""Prices of a part of an SMS and of a call: dated data, per channel and country."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path

from outreach.content.source import Problem, read_text, refuse

_COLUMNS = ("channel", "country", "amount", "currency", "since", "source")
_CHANNELS = ("sms", "voice")


@dataclass(frozen=True)
class Price:
    """Price of one SMS part or one call, as of a date. `country` is "" for everywhere else."""

    channel: str
    country: str
    amount: Decimal
    currency: str
    as_of: date

    @cached_property
    def micro(self) -> int:
        """In millionths of the currency's unit."""
        return int(self.amount * 1_000_000)


@dataclass(frozen=True)
class Prices:
    """A price table, the newest date last."""

    rows: tuple[Price, ...]

    def of(self, channel: str, country: str, on: date) -> Price:
        """The newest price of `channel` in `country` that holds `on` that day, else the one for
        everywhere else; the first ever where none holds yet."""
        for place in (country, ""):
            known = [p for p in self.rows if (p.channel, p.country) == (channel, place)]
            if known:
                return next((p for p in reversed(known) if p.as_of <= on), known[0])
        raise LookupError(channel)

    @property
    def by_country(self) -> bool:
        """Whether any price depends on the country."""
        return any(price.country for price in self.rows)


def load_prices(path: Path) -> Prices:
    """The price table in a CSV file; raises BadInput that lists every problem."""
    problems: list[Problem] = []
    found: list[Price] = []
    for line, row in enumerate(csv.DictReader(read_text(path).splitlines()), start=2):
        if set(row) != set(_COLUMNS) or None in row.values():
            problems.append(Problem(path, line, "Columns differ.", f"Use {', '.join(_COLUMNS)}."))
            continue
        price = _price(row)
        if price is None:
            todo = "Write e.g. sms,KH,0.0350,USD,2026-01-01,contract; country empty for elsewhere."
            problems.append(Problem(path, line, "This is no price.", todo))
        else:
            found.append(price)
    for channel in _CHANNELS:
        if not any((p.channel, p.country) == (channel, "") for p in found):
            todo = "Add a line with an empty country."
            problems.append(Problem(path, 0, f"No price of {channel} everywhere else.", todo))
    refuse(problems)
    return Prices(tuple(sorted(found, key=lambda price: price.as_of)))


def _price(row: Mapping[str, str]) -> Price | None:
    try:
        amount, since = Decimal(row["amount"]), date.fromisoformat(row["since"])
    except (InvalidOperation, ValueError):
        return None
    country, currency = row["country"], row["currency"]
    known = row["channel"] in _CHANNELS and len(country) in (0, 2) and len(currency) == 3
    good = known and amount.is_finite() and amount >= 0
    return Price(row["channel"], country, amount, currency, since) if good else None
