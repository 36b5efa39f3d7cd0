"""The directory of services (S33): reads `campaigns/directory/`, and says in which line what is
wrong. Nothing in it is given to anybody before two people approved it as it is (S31)."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outreach.content.approval import covered, read_approvals
from outreach.content.rules.hours import Span, read_hours
from outreach.content.rules.services import AUTHORITIES, CATEGORIES, Service
from outreach.content.source import Problem, read_mapping, read_text, refuse, unknown_keys

COLUMNS = (
    "id", "country", "number", "name", "category", "scope", "languages", "hours", "zone", "cost",
    "accepts_sms", "records_calls", "authority", "reachable_from", "verified_on", "expires_on",
    "source", "as_of", "confidence", "enabled",
)  # fmt: skip
_COUNTRY = re.compile(r"[A-Z]{2}")
_NUMBER = re.compile(r"\+?\d{3,15}")
_YES_NO = ("yes", "no")
_CHOICES: dict[str, tuple[str, ...]] = {
    "category": CATEGORIES,
    "authority": AUTHORITIES,
    "accepts_sms": (*_YES_NO, "unknown"),
    "records_calls": (*_YES_NO, "unknown"),
    "enabled": _YES_NO,
}


@dataclass(frozen=True)
class Directory:
    """All services, and whether two people approved them as they are (`digest`)."""

    services: tuple[Service, ...]
    digest: str
    approved: bool


def load_directory(folder: Path) -> Directory:
    """The directory in `folder`; raises BadInput that lists every problem, or NotFound."""
    path = folder / "services.csv"
    text = read_text(path)
    problems: list[Problem] = []
    services: dict[str, Service] = {}
    for line, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        if set(row) != set(COLUMNS) or None in row.values():
            problems.append(Problem(path, line, "Columns differ.", f"Use {', '.join(COLUMNS)}."))
        elif row["id"] in services or not row["id"]:
            problems.append(Problem(path, line, "No id, or one used before.", "Give it one."))
        else:
            services[row["id"]] = _service(path, line, row, problems)
    head = read_mapping(folder / "approvals.yaml")
    problems += unknown_keys(folder / "approvals.yaml", head, ("approvals",))
    approvals = read_approvals(folder / "approvals.yaml", head, problems)
    refuse(problems)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Directory(tuple(services.values()), digest, covered(approvals, digest))


def _service(path: Path, line: int, row: Mapping[str, str], problems: list[Problem]) -> Service:
    def blame(column: str, todo: str) -> None:
        problems.append(Problem(path, line, f"{column} is {row[column]!r}.", todo))

    for column, choices in _CHOICES.items():
        if row[column] not in choices:
            blame(column, f"Use {', '.join(choices)}.")
    reachable = tuple(row["reachable_from"].split())
    for column, countries in (("country", (row["country"],)), ("reachable_from", reachable)):
        if not countries or not all(_COUNTRY.fullmatch(code) for code in countries):
            blame(column, "Use two capital letters for each country, e.g. KH TH.")
    if not _NUMBER.fullmatch(row["number"]):
        blame("number", "Use digits as they are dialled.")
    if not _zone(row["zone"]):
        blame("zone", "Use e.g. Asia/Bangkok.")
    hours = read_hours(row["hours"])
    if hours is None:
        blame("hours", "Use always, unknown, or mon-fri 08:00-17:00; sat 08:00-12:00.")
    days = {column: _day(row[column]) for column in ("verified_on", "expires_on")}
    for column, day in days.items():
        if row[column] and day is None:
            blame(column, "Use a day such as 2026-11-24.")
    verified, expires = days["verified_on"], days["expires_on"]
    if verified and expires and expires <= verified:
        blame("expires_on", "It must be later than verified_on.")
    if row["enabled"] == "yes" and not (verified and expires and hours):
        blame("enabled", "Only what its owner verified, with an end and hours, can be enabled.")
    return _made(row, reachable, hours or (), verified, expires)


def _made(
    row: Mapping[str, str],
    reachable: tuple[str, ...],
    hours: tuple[Span, ...],
    verified: date | None,
    expires: date | None,
) -> Service:
    plain = ("id", "country", "number", "name", "category", "zone", "cost", "authority")
    return Service(
        **{name: row[name] for name in plain},
        records_calls=row["records_calls"],
        languages=tuple(row["languages"].split()),
        hours=hours,
        reachable_from=reachable,
        verified_on=verified,
        expires_on=expires,
        enabled=row["enabled"] == "yes",
    )


def _zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
