"""The section about money: what was paid, for how many; currencies are never added."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from outreach.kernel.i18n import LANGUAGES
from outreach.kernel.i18n import mark as _
from outreach.reach.document import cells
from outreach.reach.document.material import Material, Promised
from outreach.reach.document.model import Cell, Column, Row, Section
from outreach.reach.document.words import said
from outreach.reach.grants.model import Cost

# Whom money is divided by, and a grant's indicator may be.
_MEASURES = ("reached", "listened")
_AIRTIME = _("airtime, at planning prices")
_PAID_AIRTIME = _("airtime, as it was paid")
_ALL_IN = _("all-in: airtime with staff, production and other")


def cost(made_of: Material) -> Section | None:
    """What the period cost, and each grant's periods until its end; None where nothing was paid."""
    rows = [*_airtime(made_of), *(row for grant in made_of.grants for row in _grant(grant))]
    if not rows:
        return None
    return Section(
        key="cost",
        title=said(_("Cost")),
        unit=said(_("money, in the currency that each row names")),
        base=said(_("all campaigns in the period; a grant's rows: its campaigns and its period")),
        head=said(_("For what")),
        columns=(
            Column("amount", said(_("Amount"))),
            Column("currency", said(_("Currency"))),
            Column("kind", said(_("What is in it"))),
            Column("reached", said(_("per person reached"))),
            Column("listened", said(_("per person who listened"))),
            Column("acknowledged", said(_("per referral that the service took up"))),
        ),
        rows=tuple(rows),
        notes=(
            said(_("Currencies are not added up: each is a part of what was paid.")),
            said(_("Planning prices are not an invoice. Airtime alone is not the whole cost.")),
        ),
    )


def _airtime(made_of: Material) -> Iterator[Row]:
    people, months = made_of.report.people, made_of.report.help
    taken = [month.referrals.get("acknowledged", 0) for month in months]
    shown = [number for number in taken if number is not None]
    acknowledged = sum(shown) if len(shown) == len(taken) else None
    for paid in made_of.costs:
        found = (
            cells.money(paid.amount),
            cells.text(dict.fromkeys(LANGUAGES, paid.currency)),
            cells.text(said(_AIRTIME)),
            cells.each(paid.amount, people["reached"]),
            cells.each(paid.amount, people["listened"]),
            cells.each(paid.amount, acknowledged),
        )
        yield Row(paid.currency, said(_("messages of all campaigns")), found)


def _grant(promised: Promised) -> Iterator[Row]:
    grant = promised.grant
    for since, until in sorted({(since, until) for _code, since, until in promised.results}):
        costs = [cost for cost in grant.costs if since <= cost.on <= until]
        for currency in sorted({cost.currency for cost in costs}):
            paid = [cost for cost in costs if cost.currency == currency]
            amount = sum((cost.amount for cost in paid), Decimal(0))
            name = said(
                _("{grant}, {since} to {until}"), grant=grant.title, since=since, until=until
            )
            found = (
                cells.money(amount),
                cells.text(dict.fromkeys(LANGUAGES, currency)),
                cells.text(said(_kind(paid))),
                *(_each(promised, amount, measure, (since, until)) for measure in _MEASURES),
                cells.NO_BASE,
            )
            yield Row(f"{grant.slug}:{since:%Y-%m}:{until:%Y-%m}:{currency}", name, found)


def _each(promised: Promised, amount: Decimal, measure: str, days: tuple[date, date]) -> Cell:
    """For each person of the period's total, where an indicator has it."""
    for indicator in promised.grant.indicators:
        key = (indicator.code, *days)
        if indicator.measure == measure and key in promised.results:
            return cells.each(amount, promised.results[key])
    return cells.NO_BASE


def _kind(costs: list[Cost]) -> str:
    return _PAID_AIRTIME if all(cost.kind == "airtime" for cost in costs) else _ALL_IN
