"""The section about grants: what was promised, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from outreach.kernel.i18n import LANGUAGES
from outreach.kernel.i18n import mark as _
from outreach.reach.document import cells
from outreach.reach.document.material import Material, Promised
from outreach.reach.document.model import Column, Row, Section, Words
from outreach.reach.document.words import said
from outreach.reach.grants.model import Indicator, Target

KEY, RESULT = "grants", "result"


def grants(made_of: Material) -> Section | None:
    """Each indicator's periods that are over; None where there are none."""
    rows = [row for promised in made_of.grants for row in _rows(promised)]
    if not rows:
        return None
    return Section(
        key=KEY,
        title=said(_("Grants: promised and reached")),
        unit=said(_("people; linked SIMs once")),
        base=said(_("the campaigns of each grant, in each of its periods that is over")),
        head=said(_("Indicator")),
        columns=(
            Column("grant", said(_("Grant"))),
            Column("baseline", said(_("Baseline"))),
            Column("target", said(_("Target")), given=True),
            Column(RESULT, said(_("Result"))),
            Column("share", said(_("Result, of the target"))),
        ),
        rows=tuple(rows),
        notes=(
            said(_("A result stands as it was published first.")),
            *(note for promised in made_of.grants for note in _notes(promised)),
        ),
    )


def row_key(slug: str, indicator: Indicator, target: Target) -> str:
    """What an indicator's period is called among the rows."""
    return f"{indicator.key(slug)}:{target.since:%Y-%m}:{target.until:%Y-%m}"


def _rows(promised: Promised) -> Iterator[Row]:
    grant = promised.grant
    for indicator in grant.indicators:
        for target in sorted(indicator.targets, key=lambda target: target.since):
            key = (indicator.code, target.since, target.until)
            if key not in promised.results:
                continue
            name = said(
                _("{indicator}, {since} to {until}"),
                indicator=indicator.title,
                since=target.since,
                until=target.until,
            )
            result = promised.results[key]
            found = (
                cells.text(dict.fromkeys(LANGUAGES, grant.title)),
                cells.text(_baseline(indicator)),
                cells.count(target.value),
                cells.count(result),
                cells.share(result, target.value),
            )
            yield Row(row_key(grant.slug, indicator, target), name, found)


def _baseline(indicator: Indicator) -> Words:
    known = indicator.baseline
    return said(
        _("{number} on {day}: {source}"), number=known.value, day=known.on, source=known.source
    )


def _notes(promised: Promised) -> Iterator[Words]:
    grant = promised.grant
    yield said(
        _("{grant}: activity {activity}, donor {donor}; as written down on {day}, version {n}."),
        grant=grant.title,
        activity=grant.activity,
        donor=grant.donor.name,
        day=promised.loaded_at.date(),
        n=promised.version,
    )
    for indicator in grant.indicators:
        yield dict.fromkeys(LANGUAGES, f"{indicator.title}: {indicator.definition}")
