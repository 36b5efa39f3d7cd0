"""The section about coverage: people reached beside those there are, the largest gap first."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from outreach.kernel.i18n import mark as _
from outreach.reach.document import cells
from outreach.reach.document.charts import bars
from outreach.reach.document.material import Material
from outreach.reach.document.model import Column, Row, Section, Words
from outreach.reach.document.words import said, value_name

_ASSUMED = (
    _("The populations were given to us; nobody checked them here."),
    _(
        "People of every group are counted as reached, and the population is of the groups named: "
        "the true share is at most this."
    ),
    _("A person lives in one province; whoever was reached in two counts in both."),
    _("Whose province nobody asked is in no row."),
    _(
        "Closing a gap is priced at the airtime per person reached so far; those who are left may "
        "cost more. Staff and production are not in it."
    ),
)


def coverage(made_of: Material) -> Section | None:
    """By province, of the cells that the provinces' table shows; None without populations."""
    people: dict[str, int] = defaultdict(int)
    for population in made_of.populations:
        people[population.province] += population.people
    if not people:
        return None
    reached = {row.value: row.numbers["reached"] for row in made_of.report.by["province"]}
    each, currency = _price(made_of)
    rows = [
        _row(province, whole, reached.get(province, 0), each)
        for province, whole in sorted(people.items(), key=lambda one: _order(one, reached))
    ]
    return Section(
        key="coverage",
        title=said(_("Coverage, the largest gap first")),
        unit=said(_("people; linked SIMs once")),
        base=said(_("the target population of each province")),
        head=said(_("Province")),
        columns=(
            Column("people", said(_("target population")), given=True),
            Column("reached", said(_("people reached"))),
            Column("share", said(_("Share"))),
            Column("gap", said(_("not reached")), given=True),
            Column("to_close", said(_("airtime to close the gap, {currency}"), currency=currency)),
        ),
        rows=tuple(rows),
        notes=(*(said(line) for line in _ASSUMED), _groups(made_of), *_sources(made_of)),
        chart=bars("gap", said(_("not reached")), rows, 3),
    )


def _order(one: tuple[str, int], reached: dict[str, int | None]) -> tuple[bool, int, str]:
    # Where a hidden number stands among the others must not tell it: those come last, by people.
    province, people = one
    known = reached.get(province, 0)
    return known is None, -(people if known is None else max(0, people - known)), province


def _row(province: str, people: int, reached: int | None, each: Decimal | None) -> Row:
    gap = None if reached is None else max(0, people - reached)
    close = cells.NO_BASE
    if each is not None:
        close = cells.money(None if gap is None else (each * gap).quantize(Decimal("0.01")))
    found = (
        cells.count(people),
        cells.count(reached),
        cells.share(reached, people),
        cells.count(gap),
        close,
    )
    return Row(province, value_name("province", province), found)


def _price(made_of: Material) -> tuple[Decimal | None, str]:
    """Airtime per person reached and its currency; nothing where there is none, or there are two
    that can't be added."""
    reached = made_of.report.people["reached"]
    if len(made_of.costs) != 1 or not reached or made_of.costs[0].amount is None:
        return None, made_of.report.currency
    (paid,) = made_of.costs
    return None if paid.amount is None else paid.amount / reached, paid.currency


def _groups(made_of: Material) -> Words:
    audiences = sorted({population.audience for population in made_of.populations})
    names = [value_name("audience", audience) for audience in audiences]
    joined = {language: ", ".join(name[language] for name in names) for language in names[0]}
    return said(_("The population is of: {groups}."), groups=joined)


def _sources(made_of: Material) -> list[Words]:
    known = sorted({(population.source, population.on) for population in made_of.populations})
    return [said(_("Source: {source}, {day}."), source=source, day=day) for source, day in known]
