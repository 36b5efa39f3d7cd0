"""Published figures that need no database, small ones hidden, and the document of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from outreach.reach.comparing import PublishedCampaign
from outreach.reach.costs import PublishedCost
from outreach.reach.document.building import build
from outreach.reach.document.material import Material, Promised
from outreach.reach.document.model import Document
from outreach.reach.effects.measuring import HOLD_OUT
from outreach.reach.effects.publishing import PublishedEffect
from outreach.reach.grants.model import Grant
from outreach.reach.helping import HelpMonth
from outreach.reach.provinces import provinces
from outreach.reach.publish import PublishedReport, PublishedRow
from outreach.reach.rules.allocation import Population
from outreach.reach.rules.definitions import DEFINITIONS, NOTES
from outreach.reach.rules.effect import Points, Verdict
from outreach.reach.rules.milestones import DIMENSIONS, RULES

_DATA = Path(__file__).parent / "data"
AS_OF = datetime(2026, 4, 3, 2, 0, tzinfo=UTC)
_VALUES = {
    "province": {
        province.code: None if place % 4 == 0 else 40 * place
        for place, province in enumerate(provinces())
    },
    "sex": {"female": 5200, "male": 4100, "other": None, "not_asked": None},
    "age_band": {"under 18": 120, "18-24": 4000, "25-34": 3100, "not_asked": 2400},
    "audience": {"aspirant": 5000, "returnee": 900, "family": 3300, "not_asked": 420},
    "destination": {"TH": 4300, "MY": None, "KR": 900, "not_asked": None},
    "language": {"km": 9500, "vi": None, "en": None},
    "channel": {"sms": 8800, "voice": 2100},
}
# A real campaign of a ministry is called like this: nothing of it may be cut off.
LONG = "យុទ្ធនាការផ្សព្វផ្សាយព័ត៌មានស្តីពីការធ្វើចំណាកស្រុកប្រកបដោយសុវត្ថិភាពសម្រាប់ពលករនិងក្រុមគ្រួសារនៅតាមខេត្តជាប់ព្រំដែន"

# The first province's reached people are hidden; in the third were more than there are.
_POPULATIONS = (("01", "aspirant", 9000), ("02", "aspirant", 500), ("02", "family", 700),
                ("03", "aspirant", 60))  # fmt: skip
GRANT = Grant.model_validate(YAML(typ="safe").load((_DATA / "grant.yaml").read_text()))
QUARTER = GRANT.indicators[0].targets[0]


def published(**changes: Any) -> PublishedReport:
    """March 2026, of 9,620 people."""
    people = {
        "registered": 12000,
        "reached": 9620,
        "called": 3100,
        "answered": 2200,
        "passed": 900,
        "engaged": 610,
        "listened": 1405,
        "opted_out": None,
    }
    found = PublishedReport(
        rules=RULES,
        since=date(2026, 3, 1),
        until=date(2026, 3, 31),
        people=people,
        messages={"submitted": 11000, "delivered": 9900, "unknown": 700, "failed": 400},
        delivered_rate=0.9,
        cost=Decimal("412.5"),
        currency="USD",
        by={name: _rows(name) for name in DIMENSIONS},
        help=(HelpMonth(date(2026, 1, 1), 31, None, {"JOB": 20, "LEGAL": None}),),
        definitions=DEFINITIONS,
        notes=NOTES,
    )
    return replace(found, **changes)


def _rows(dimension: str) -> tuple[PublishedRow, ...]:
    return tuple(
        PublishedRow(
            value,
            {
                "registered": None if number is None else number + 90,
                "reached": number,
                "called": None,
                "answered": None if number is None or number < 80 else number // 5,
                "listened": None if number is None or number < 80 else number // 7,
            },
        )
        for value, number in _VALUES[dimension].items()
    )


def material(**changes: Any) -> Material:
    """What the report of March is made of."""
    found = Material(
        report=published(),
        campaigns=(
            _campaign("factory", "ព័ត៌មានសម្រាប់កម្មករ", "News for factory workers", 420),
            _campaign("safe-migration", LONG, "=Safe migration", 7000),
            _campaign("small", "តូច", "Small", None),
        ),
        months=(),
        as_of=AS_OF,
        last=date(2026, 4, 2),
        draft=False,
        costs=(PublishedCost("USD", Decimal("412.5")), PublishedCost("MYR", None)),
        populations=tuple(
            Population(code, audience, people, "an example, not a survey", date(2025, 6, 30))
            for code, audience, people in _POPULATIONS
        ),
        effects=(
            _effect("story", HOLD_OUT, Points(12, 3, 21), Verdict.HIGHER),
            _effect("plain", HOLD_OUT, None, Verdict.NO_DIFFERENCE_SHOWN),
            _effect("", "", Points(-8, -12, -3), Verdict.LOWER, backfire=True),
        ),
        grants=(Promised(GRANT, 1, AS_OF, {("reached", QUARTER.since, QUARTER.until): 88}),),
    )
    return replace(found, **changes)


def _effect(
    arm: str, reference: str, points: Points | None, verdict: Verdict, *, backfire: bool = False
) -> PublishedEffect:
    names = {"km": LONG, "en": "Safe migration"}
    return PublishedEffect("safe-migration", names, arm, reference, points, verdict, backfire)


def _campaign(slug: str, km: str, en: str, number: int | None) -> PublishedCampaign:
    names = ("reached", "called", "answered", "listened", "submitted", "delivered")
    part = None if number is None else number // 3
    numbers = dict.fromkeys(names, part) | {"reached": number, "submitted": number}
    return PublishedCampaign(slug, {"km": km, "en": en}, numbers)


def report_document(**changes: Any) -> Document:
    """The document of March 2026."""
    return build(material(**changes))


def empty_document() -> Document:
    """The document before anything was sent."""
    nothing = published(
        since=None,
        until=None,
        people=dict.fromkeys(published().people, 0),
        messages=dict.fromkeys(published().messages, 0),
        delivered_rate=None,
        by=dict.fromkeys(DIMENSIONS, ()),
        help=(),
    )
    sparse: dict[str, Any] = dict.fromkeys(("costs", "populations", "effects", "grants"), ())
    return report_document(report=nothing, campaigns=(), last=None, draft=True, **sparse)
