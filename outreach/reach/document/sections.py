"""The sections with figures of people and messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from outreach.kernel.i18n import mark as _
from outreach.reach.document import cells
from outreach.reach.document.charts import bars, tiles
from outreach.reach.document.material import Material
from outreach.reach.document.model import Cell, Chart, Column, Row, Section
from outreach.reach.document.words import (
    DIMENSION_LABELS,
    NOTHING,
    figure,
    month_said,
    said,
    value_name,
)
from outreach.reach.helping import HelpMonth
from outreach.reach.provinces import provinces
from outreach.reach.rules.definitions import DEFINITIONS

# The months' columns, and where each stands in a report of its own.
TREND = ("reached", "listened", "submitted", "delivered")
_HEADLINE = ("reached", "registered", "answered", "listened")
_SMS = ("submitted", "delivered", "unknown", "failed")
# A step, and the step that it is a part of: only then has it a share.
_STEPS = (
    ("registered", ""),
    ("submitted", ""),
    ("delivered", "submitted"),
    ("reached", ""),
    ("called", ""),
    ("answered", "called"),
    ("passed", "answered"),
    ("listened", "answered"),
    ("engaged", ""),
)
_OTHERS = ("sex", "age_band", "audience", "channel", "language", "destination")
# Not who is registered: two months' tables of them would tell who came and who left.
_PEOPLE = ("reached", "answered", "listened")
_REFERRALS = (
    ("offered", _("referrals offered")),
    ("accepted", _("referrals accepted")),
    ("acknowledged", _("referrals that the service took up")),
)
_ALL = _("all campaigns in the period")


def headline(made_of: Material) -> Section:
    """The figures that everybody asks for first."""
    found = made_of.report
    values = {name: cells.count(found.people[name]) for name in _HEADLINE}
    values |= {name: cells.count(found.messages[name]) for name in _SMS}
    values["delivered_rate"] = cells.rate(found.delivered_rate)
    return Section(
        key="headline",
        title=said(_("At a glance")),
        unit=said(_("as each row says")),
        base=said(_ALL),
        head=said(_("Figure")),
        columns=(
            Column("number", said(_("Number"))),
            Column("unit", said(_("Unit"))),
            Column("meaning", said(_("Meaning"))),
        ),
        rows=tuple(
            Row(
                name,
                figure(name),
                (
                    value,
                    # The report's messages are SMS alone.
                    cells.text(said(_("SMS") if name in _SMS else DEFINITIONS[name].unit)),
                    cells.text(said(DEFINITIONS[name].says)),
                ),
            )
            for name, value in values.items()
        ),
        notes=(said(_("Unknown: no report came; never counted as delivered.")),),
    )


def funnel(made_of: Material) -> Section:
    """From the register to who took part."""
    numbers = {**made_of.report.people, **made_of.report.messages}
    rows = [
        Row(
            name,
            figure(name),
            (
                cells.count(numbers[name]),
                cells.share(numbers[name], numbers[whole]) if whole else cells.NO_BASE,
                cells.text(figure(whole) if whole else NOTHING),
            ),
        )
        for name, whole in _STEPS
    ]
    return Section(
        key="funnel",
        title=said(_("From the register to listening")),
        unit=said(_("messages are SMS; the other rows are people")),
        base=said(_ALL),
        head=said(_("Step")),
        columns=(
            Column("number", said(_("Number"))),
            Column("share", said(_("Share"))),
            Column("of", said(_("Of"))),
        ),
        rows=tuple(rows),
        chart=bars("number", said(_("Number")), rows, 0),
    )


def months(made_of: Material) -> Section:
    """Month by month, as each was published; a report of one month ends with it."""
    found = [(known.month, known.cells) for known in made_of.months]
    if made_of.report.since is not None:
        found.append((made_of.report.since, _trend(made_of)))
    rows = [
        Row(f"{month:%Y-%m}", month_said(month), tuple(known[name] for name in TREND))
        for month, known in found
    ]
    return Section(
        key="months",
        title=said(_("By month")),
        unit=said(_("people; messages are SMS")),
        base=said(_("each month by itself")),
        head=said(_("Month")),
        columns=tuple(Column(name, figure(name)) for name in TREND),
        rows=tuple(rows),
        notes=(
            said(
                _(
                    "Months stand as they were published. They can't be added up: whoever was "
                    "reached in two months counts in both."
                )
            ),
            *(
                said(
                    _("{month}: published anew on {day}; earlier reports say other figures."),
                    month=month_said(known.month),
                    day=known.anew.date(),
                )
                for known in made_of.months
                if known.anew is not None
            ),
        ),
        chart=bars("reached", figure("reached"), rows, 0),
    )


def _trend(made_of: Material) -> Mapping[str, Cell]:
    numbers = {**made_of.report.people, **made_of.report.messages}
    return {name: cells.count(numbers[name]) for name in TREND}


def by_province(made_of: Material) -> Section:
    """All 25 provinces, as a map and as a table; one of which nothing is known has nobody."""
    known = {row.value: row.numbers for row in made_of.report.by["province"]}
    codes = [province.code for province in provinces()]
    nobody = dict.fromkeys(_PEOPLE, 0)
    values = (*codes, *(value for value in known if value not in codes))
    rows = [_row("province", value, known.get(value, nobody)) for value in values]
    return _section("province", rows, tiles("reached", figure("reached"), rows, 0))


def by_value(made_of: Material) -> Iterator[Section]:
    """A table for each other dimension that people have."""
    for dimension in _OTHERS:
        found = made_of.report.by[dimension]
        rows = [_row(dimension, row.value, row.numbers) for row in found]
        yield _section(dimension, rows, bars("reached", figure("reached"), rows, 0))


def _row(dimension: str, value: str, numbers: Mapping[str, int | None]) -> Row:
    found = tuple(cells.count(numbers[name]) for name in _PEOPLE)
    return Row(value, value_name(dimension, value), found)


def _section(dimension: str, rows: list[Row], chart: Chart | None) -> Section:
    return Section(
        key=dimension,
        title=said(DIMENSION_LABELS[dimension]),
        unit=said(_("people; linked SIMs once")),
        base=said(_ALL),
        head=said(_("Value")),
        columns=tuple(Column(name, figure(name)) for name in _PEOPLE),
        rows=tuple(rows),
        notes=(said(_("A person in two rows counts in both; the total counts each once.")),),
        chart=chart,
    )


def campaigns(made_of: Material) -> Section:
    """The campaigns side by side."""
    names = ("reached", "answered", "listened", "submitted", "delivered")
    rows = []
    for campaign in made_of.campaigns:
        numbers = campaign.numbers
        delivered = cells.share(numbers["delivered"], numbers["submitted"])
        found = (*(cells.count(numbers[name]) for name in names), delivered)
        rows.append(Row(campaign.slug, campaign.names, found))
    return Section(
        key="campaigns",
        title=said(_("Campaigns compared")),
        unit=said(_("people; messages are SMS")),
        base=said(_("each campaign in the period")),
        head=said(_("Campaign")),
        columns=tuple(Column(name, figure(name)) for name in (*names, "delivered_rate")),
        rows=tuple(rows),
        notes=(
            said(_("Whoever two campaigns reached counts in both; the total counts each once.")),
            said(_("Campaigns spoke to different people: a difference is not an effect.")),
        ),
        chart=bars("reached", figure("reached"), rows, 0),
    )


def conversations(made_of: Material) -> Section:
    """Help conversations by month: texts that came in and call-backs asked for (S19, S27, S28)."""
    return Section(
        key="help",
        title=said(_("Help conversations")),
        unit=said(_("texts that came in, and requests for a call")),
        base=said(_("whole months, over for 30 days or more; no place, no person")),
        head=said(_("Month")),
        columns=(
            Column("conversations", said(_("texts that came in"))),
            Column("callbacks", said(_("call-backs asked for"))),
            *(Column(stage, said(title)) for stage, title in _REFERRALS),
            Column("median_minutes", said(_("minutes until a person looks, half of the time"))),
        ),
        rows=tuple(_help_row(found) for found in made_of.report.help),
        notes=(said(_("Who wrote is not known here, and why they wrote is not concluded.")),),
    )


def _help_row(found: HelpMonth) -> Row:
    looked = cells.NO_BASE if found.looked == 0 else cells.count(found.median_minutes)
    numbers = (
        cells.count(found.conversations),
        cells.count(found.callbacks),
        *(cells.count(found.referrals.get(stage, 0)) for stage, _title in _REFERRALS),
        looked,
    )
    return Row(f"{found.month:%Y-%m}", month_said(found.month), numbers)
