"""The section about what a quiz showed: arms compared, and before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from outreach.kernel.i18n import mark as _
from outreach.reach.document import cells
from outreach.reach.document.material import Material
from outreach.reach.document.model import Column, Row, Section, Words
from outreach.reach.document.words import said
from outreach.reach.effects.measuring import HOLD_OUT
from outreach.reach.effects.publishing import PublishedEffect
from outreach.reach.rules.effect import LEAST_PUBLISHED, Verdict

_SAYS: Mapping[Verdict, str] = {
    Verdict.NOT_COMPARABLE: _("Not comparable: nobody was assigned to groups."),
    Verdict.TOO_FEW: _("Too few people answered to tell any difference."),
    Verdict.NO_DIFFERENCE_SHOWN: _(
        "No difference is shown: the interval holds zero. That is not proof that there is none."
    ),
    Verdict.HIGHER: _("Higher among those who answered."),
    Verdict.LOWER: _("Lower among those who answered."),
}
_FELL = _("Fewer know it: look at the message before it is sent again.")


def effect(made_of: Material) -> Section | None:
    """Differences in who knows it; None where nobody answered a quiz."""
    if not made_of.effects:
        return None
    return Section(
        key="effect",
        title=said(_("What people know: groups compared")),
        unit=said(_("percentage points, with the 95 % interval")),
        base=said(_("SIMs whose quiz answers came in the period; knows: both answers right")),
        head=said(_("Campaign")),
        columns=(
            Column("compared", said(_("Compared"))),
            Column("difference", said(_("Difference"))),
            Column("low", said(_("at least"))),
            Column("high", said(_("at most"))),
            Column("says", said(_("What may be said"))),
        ),
        rows=tuple(_row(found) for found in made_of.effects),
        notes=(
            said(_("A group is compared as it was assigned, whether messages arrived or not.")),
            said(_("Who answers may differ between groups; that is not corrected for.")),
            said(
                _("Before and after alone is no proof: what else happened meanwhile changed too.")
            ),
            said(
                _("In numbers only where {least} or more answered on each side, in whole points."),
                least=LEAST_PUBLISHED,
            ),
        ),
    )


def alarms(made_of: Material) -> Iterator[Words]:
    """What has to be looked at, before any figure."""
    fallen = {found.slug: found.names for found in made_of.effects if found.backfire}
    for names in fallen.values():
        yield said(_("{campaign}: in a comparison of the quiz fewer know it."), campaign=names)


def _row(found: PublishedEffect) -> Row:
    shown = found.points
    if shown is not None:
        numbers = [cells.points(n) for n in (shown.difference, shown.low, shown.high)]
    else:
        numbers = [cells.HIDDEN] * 3
    words = [said(_SAYS[found.verdict]), *([said(_FELL)] if found.backfire else [])]
    says = {language: " ".join(part[language] for part in words) for language in words[0]}
    compared = cells.text(_compared(found))
    return Row(
        f"{found.slug}:{found.arm or 'before-after'}",
        found.names,
        (compared, *numbers, cells.text(says)),
    )


def _compared(found: PublishedEffect) -> Words:
    if not found.arm:
        return said(_("the same people: after the messages less before"))
    if found.reference == HOLD_OUT:
        return said(_("group {arm} less those to whom nothing was sent"), arm=found.arm)
    return said(_("group {arm} less group {reference}"), arm=found.arm, reference=found.reference)
