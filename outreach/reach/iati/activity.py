"""Writes a grant as one IATI 2.03 activity with its results (iatistandard.org, schema 2.03).

A figure that may not be shown is absent, and a comment says so (S27). What a donor adds up over
activities would count people twice: so results are not for aggregation. `history.py` reads what is
written here: what changed, and which results stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from xml.etree import ElementTree as Xml

from outreach.reach.grants.keeping import KeptGrant
from outreach.reach.grants.model import RESULT_TYPES, Grant, Indicator, Organisation, Target
from outreach.reach.grants.results import IndicatorResult, PeriodResult
from outreach.reach.rules.definitions import DEFINITIONS
from outreach.reach.rules.milestones import RULES

VERSION = "2.03"
# IATI's codes: https://iatistandard.org/en/iati-standard/203/codelists/
_FUNDING, _IMPLEMENTING = "1", "4"
_PLANNED, _RUNNING, _OVER = "1", "2", "4"
_PLANNED_START, _ACTUAL_START, _PLANNED_END, _ACTUAL_END = "1", "2", "3", "4"
_DAC = "1"
_EXPENDITURE = "4"
_UNIT = "1"
_OURS = "99"  # the vocabulary of the reporting organisation's own codes
CHANGES = "4"  # among descriptions: other
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_HIDDEN = "Not shown: fewer than 11 people, or a smaller group could be worked out from it."
_HIDDEN_CELLS = "Some breakdowns are left out: fewer than 11 people, or they would tell of fewer."
NOT_OVER = "Not known before the period is over."
_OUTPUT = (
    "These are outputs: how many SIMs the messages reached, not what changed for anybody, and not "
    "people trained."
)


def activity(
    kept: KeptGrant,
    found: Iterable[IndicatorResult],
    provinces: dict[str, str],
    now: datetime,
    changes: str = "",
) -> bytes:
    """The XML file. `provinces` are the names of provinces by code; `now` is when it is made, and
    `changes` says which version it is and what is new in it."""
    grant = kept.grant
    root = Xml.Element(
        "iati-activities", {"version": VERSION, "generated-datetime": now.isoformat()}
    )
    top = Xml.SubElement(
        root,
        "iati-activity",
        {
            "default-currency": grant.budget.currency,
            "last-updated-datetime": now.isoformat(),
            _LANGUAGE: "en",
        },
    )
    _about(top, grant, now.date(), changes)
    _places(top, grant, provinces)
    for code, percent in grant.sectors.items():
        values = {"vocabulary": _DAC, "code": code, "percentage": str(percent)}
        Xml.SubElement(top, "sector", values)
    _money(top, grant)
    for each in found:
        _result(top, grant, each)
    Xml.indent(root)
    text: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _about(top: Xml.Element, grant: Grant, today: date, changes: str) -> None:
    Xml.SubElement(top, "iati-identifier").text = grant.activity
    _organisation(top, "reporting-org", grant.reporter)
    _words(top, "title", grant.title)
    _words(top, "description", grant.description)
    if changes:
        _words(top, "description", changes)
        top[-1].set("type", CHANGES)
    _organisation(top, "participating-org", grant.donor, role=_FUNDING)
    _organisation(top, "participating-org", grant.reporter, role=_IMPLEMENTING)
    status = _PLANNED if today < grant.since else _OVER if today > grant.until else _RUNNING
    Xml.SubElement(top, "activity-status", {"code": status})
    days = [(_PLANNED_START, grant.since), (_PLANNED_END, grant.until)]
    days += [(_ACTUAL_START, grant.since)] if status != _PLANNED else []
    days += [(_ACTUAL_END, grant.until)] if status == _OVER else []
    for kind, day in sorted(days):
        Xml.SubElement(top, "activity-date", {"type": kind, "iso-date": day.isoformat()})
    Xml.SubElement(top, "recipient-country", {"code": "KH", "percentage": "100"})


def _places(top: Xml.Element, grant: Grant, provinces: dict[str, str]) -> None:
    if not any("province" in indicator.by for indicator in grant.indicators):
        return
    for code, name in provinces.items():
        place = Xml.SubElement(top, "location", {"ref": _place(code)})
        Xml.SubElement(place, "location-reach", {"code": "2"})  # where the people are
        _words(place, "name", name)


def _money(top: Xml.Element, grant: Grant) -> None:
    budget = Xml.SubElement(top, "budget", {"type": "1", "status": "2"})
    Xml.SubElement(budget, "period-start", {"iso-date": grant.since.isoformat()})
    Xml.SubElement(budget, "period-end", {"iso-date": grant.until.isoformat()})
    _value(budget, grant.budget.amount, grant.budget.currency, grant.since)
    for cost in grant.costs:
        spent = Xml.SubElement(top, "transaction")
        Xml.SubElement(spent, "transaction-type", {"code": _EXPENDITURE})
        Xml.SubElement(spent, "transaction-date", {"iso-date": cost.on.isoformat()})
        _value(spent, cost.amount, cost.currency, cost.on)
        _words(spent, "description", f"{cost.kind}: {cost.note}")


def _result(top: Xml.Element, grant: Grant, found: IndicatorResult) -> None:
    mine = found.indicator
    kind = {"type": RESULT_TYPES[mine.result], "aggregation-status": "false"}
    result = Xml.SubElement(top, "result", kind)
    _words(result, "title", mine.title)
    _words(result, "description", _OUTPUT)
    values = {"measure": _UNIT, "ascending": "true", "aggregation-status": "false"}
    indicator = Xml.SubElement(result, "indicator", values)
    _words(indicator, "title", mine.title)
    meaning = DEFINITIONS[mine.measure]
    said = f"{mine.definition} Counted: {meaning.says}. Unit: {meaning.unit}. Rules {RULES}."
    _words(indicator, "description", said)
    Xml.SubElement(indicator, "reference", {"vocabulary": _OURS, "code": mine.key(grant.slug)})
    on = mine.baseline.on
    baseline = Xml.SubElement(
        indicator,
        "baseline",
        {"iso-date": on.isoformat(), "year": str(on.year), "value": str(mine.baseline.value)},
    )
    _words(baseline, "comment", mine.baseline.source)
    for period in found.periods:
        _period(indicator, mine, period)


def _period(top: Xml.Element, indicator: Indicator, found: PeriodResult) -> None:
    target: Target = found.target
    period = Xml.SubElement(top, "period")
    Xml.SubElement(period, "period-start", {"iso-date": target.since.isoformat()})
    Xml.SubElement(period, "period-end", {"iso-date": target.until.isoformat()})
    Xml.SubElement(period, "target", {"value": str(target.value)})
    if not found.over or found.total is None:
        # Without a value there is no actual; what is missing is said beside the target.
        _words(period[-1], "comment", _HIDDEN if found.over else NOT_OVER)
        return
    actual = Xml.SubElement(period, "actual", {"value": str(found.total)})
    if None in found.cells.values():
        _words(actual, "comment", _HIDDEN_CELLS)
    for (dimension, value), number in found.cells.items():
        if number is not None:
            _cell(period, dimension, value, number)


def _cell(period: Xml.Element, dimension: str, value: str, number: int) -> None:
    actual = Xml.SubElement(period, "actual", {"value": str(number)})
    if dimension == "province" and value.isdigit():
        Xml.SubElement(actual, "location", {"ref": _place(value)})
    Xml.SubElement(actual, "dimension", {"name": dimension, "value": value})


def _organisation(top: Xml.Element, tag: str, who: Organisation, role: str = "") -> None:
    values = {"ref": who.ref, "type": who.type} | ({"role": role} if role else {})
    Xml.SubElement(Xml.SubElement(top, tag, values), "narrative").text = who.name


def _words(top: Xml.Element, tag: str, text: str) -> None:
    Xml.SubElement(Xml.SubElement(top, tag), "narrative").text = text


def _value(top: Xml.Element, amount: Decimal, currency: str, on: date) -> None:
    values = {"currency": currency, "value-date": on.isoformat()}
    Xml.SubElement(top, "value", values).text = str(amount)


def _place(code: str) -> str:
    return f"KH-province-{code}"
