"""Reads an activity that was published: what a later one changes, and which results stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from outreach.reach.iati.activity import CHANGES, NOT_OVER

# A result by indicator and period, as in a report's table of grants.
Key = str


@dataclass(frozen=True)
class Said:
    """What was said of a period that was over: the total, None where hidden, and the cells shown by
    dimension and value."""

    total: int | None
    cells: Mapping[tuple[str, str], int]


def results_in(xml: str) -> dict[Key, Said]:
    """All results of periods that were over."""
    return {
        f"{key}:{_day(period, 'period-start')[:7]}:{_day(period, 'period-end')[:7]}": _said(period)
        for key, _, period in _periods(_activity(xml))
        if period.findtext("target/comment/narrative") != NOT_OVER
    }


def version_note(xml: str) -> str:
    """Which version it is and what was new in it, as it says itself."""
    found = _activity(xml).findtext(f"description[@type='{CHANGES}']/narrative")
    return found or ""


def changes(before: str, after: str) -> tuple[str, ...]:
    """What is not in the later one as it was in the earlier, a sentence each; when they were made
    is no change."""
    old, new = _told(before), _told(after)
    found = [
        f"{name}: {value}, was {old[name]}" if name in old else f"{name}: {value}, new"
        for name, value in new.items()
        if old.get(name) != value
    ]
    return (*found, *(f"{name}: gone, was {old[name]}" for name in old if name not in new))


def _told(xml: str) -> dict[str, str]:
    """Everything that an activity says, by what it is called."""
    times: Counter[str] = Counter()
    found: dict[str, str] = {}
    for name, value in _sayings(_activity(xml)):
        times[name] += 1
        found[name if times[name] == 1 else f"{name} ({times[name]})"] = value
    return found


def _sayings(top: Xml.Element) -> Iterator[tuple[str, str]]:
    for element in top:
        if element.tag == "transaction":
            about = element.findtext("description/narrative")
            yield f"transaction of {_day(element, 'transaction-date')}, {about}", _value(element)
        elif element.tag == "budget":
            days = f"{_day(element, 'period-start')} to {_day(element, 'period-end')}"
            yield f"budget of {days}", _value(element)
        elif element.tag != "result" and element.get("type") != CHANGES:
            which = element.get("ref") or element.get("type") or element.get("vocabulary") or ""
            code = element.get("code") if element.tag == "sector" else ""
            yield f"{element.tag} {which} {code}".strip(), _text(element)
    for indicator in top.iterfind("result/indicator"):
        title = indicator.findtext("title/narrative")
        yield f"definition of {title}", indicator.findtext("description/narrative") or ""
        for baseline in indicator.iterfind("baseline"):
            yield f"baseline of {title}", f"{baseline.get('value')}, {_text(baseline)}"
    for _, title, period in _periods(top):
        which = f"{title}, {_day(period, 'period-start')} to {_day(period, 'period-end')}"
        yield f"target of {which}", _attribute(period, "target", "value")
        for (name, value), number in _actuals(period):
            yield f"{which}, {name} {value}" if name else which, str(number)


def _periods(top: Xml.Element) -> Iterator[tuple[str, str, Xml.Element]]:
    for indicator in top.iterfind("result/indicator"):
        key = _attribute(indicator, "reference", "code")
        for period in indicator.iterfind("period"):
            yield key, indicator.findtext("title/narrative") or "", period


def _said(period: Xml.Element) -> Said:
    cells = dict(_actuals(period))
    return Said(cells.pop(("", ""), None), cells)


def _actuals(period: Xml.Element) -> Iterator[tuple[tuple[str, str], int]]:
    for actual in period.iterfind("actual"):
        cell = actual.find("dimension")
        name = ("", "") if cell is None else (cell.get("name", ""), cell.get("value", ""))
        yield name, int(actual.get("value", ""))


def _activity(xml: str) -> Xml.Element:
    # Only what we wrote ourselves is read here.
    found = Xml.fromstring(xml.encode()).find("iati-activity")  # noqa: S314
    if found is None:
        raise ValueError("this is no activity of ours")
    return found


def _day(element: Xml.Element, tag: str) -> str:
    return _attribute(element, tag, "iso-date")


def _attribute(element: Xml.Element, tag: str, name: str) -> str:
    found = element.find(tag)
    return "" if found is None else found.get(name, "")


def _value(element: Xml.Element) -> str:
    found = element.find("value")
    return "" if found is None else f"{found.text} {found.get('currency')}"


def _text(element: Xml.Element) -> str:
    """An element's words, or else its attributes."""
    words = " ".join(text.strip() for text in element.itertext() if text.strip())
    return words or " ".join(value for name, value in element.items() if name != "type")
