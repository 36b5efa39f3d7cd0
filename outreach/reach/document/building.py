"""Builds the report document, once, from what was published."""

from __future__ import annotations

from datetime import date

from outreach.kernel.i18n import mark as _
from outreach.reach.document import allocation, learning, method, money, promises, sections
from outreach.reach.document.material import Material
from outreach.reach.document.model import FORM, Document, Words
from outreach.reach.document.words import month_said, said
from outreach.reach.rules.definitions import OUTPUTS
from outreach.reach.rules.publication import next_month


def build(made_of: Material) -> Document:
    """The document of `made_of`, in every language."""
    found = made_of.report
    found_too = (
        learning.effect(made_of),
        allocation.coverage(made_of),
        promises.grants(made_of),
        money.cost(made_of),
    )
    figures = [
        sections.headline(made_of),
        sections.funnel(made_of),
        sections.months(made_of),
        sections.by_province(made_of),
        *sections.by_value(made_of),
        sections.campaigns(made_of),
        *(section for section in found_too if section is not None),
        sections.conversations(made_of),
        method.unknown(made_of),
    ]
    return Document(
        form=FORM,
        title=said(_("Reach report")),
        period=_period(found.since, found.until, made_of.last),
        since=found.since,
        until=found.until,
        last=made_of.last,
        as_of=made_of.as_of,
        rules=found.rules,
        draft=made_of.draft,
        campaigns=tuple(campaign.names for campaign in made_of.campaigns),
        notices=tuple(_notices(made_of)),
        sections=(*figures, method.hidden(figures), method.computed(made_of)),
        notes=tuple(said(note) for note in found.notes),
    )


def _period(since: date | None, until: date | None, last: date | None) -> Words:
    if since is not None and until is not None:
        if since.day == 1 and next_month(since).toordinal() == until.toordinal() + 1:
            return month_said(since)
        return said(_("{since} to {until}"), since=since, until=until)
    if last is None:
        return said(_("nothing sent yet"))
    return said(_("from the first day to {until}"), until=until or last)


def _notices(made_of: Material) -> list[Words]:
    notices = []
    if made_of.restates is not None:
        notices.append(
            said(
                _(
                    "This takes the place of the report of {day} (rules {rules}) on the same "
                    "period: news that came later, or other rules, changed figures."
                ),
                day=made_of.restates.as_of,
                rules=made_of.restates.rules,
            )
        )
    if made_of.draft:
        notices.append(said(_("Draft: not published, and its figures may still change.")))
    notices += learning.alarms(made_of)
    notices.append(said(OUTPUTS))
    return notices
