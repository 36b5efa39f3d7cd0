"""The page on what may be sent says what the code's tables say."""

from __future__ import annotations

from pathlib import Path

from outreach.delivery.rules import alarm
from outreach.delivery.rules.consequences import after
from outreach.gateways.ports import ErrorClass
from outreach.planning.rules.admission import RULES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sending-rules.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    lines = PAGE.split(f"## {heading}\n")[1].splitlines()
    last = next((i for i, line in enumerate(lines) if line.startswith("## ")), len(lines))
    table = [line for line in lines[:last] if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def test_every_rule_of_the_moment_of_sending_is_there_in_its_order() -> None:
    told = [[reason, rule.number, rule.state, rule.meaning] for reason, rule in RULES.items()]
    assert rows("Asked again at the moment of sending") == told


def test_every_class_of_error_is_there_with_its_consequence() -> None:
    def yes(value: bool) -> str:
        return "yes" if value else "no"

    told = []
    for klass in ErrorClass:
        found = after(klass)
        flags = [yes(found.told), yes(found.alarming)]
        told.append([klass.value, found.again.value, yes(found.counts), found.stops.value, *flags])
    assert rows("What an error leads to") == told


def test_the_failure_rate_is_the_one_in_the_code() -> None:
    minutes = int(alarm.WINDOW.total_seconds() // 60)
    assert (
        f"over half of at least {alarm.LEAST} attempts of a campaign in {minutes} minutes" in PAGE
    )
    assert alarm.SHARE == 0.5
