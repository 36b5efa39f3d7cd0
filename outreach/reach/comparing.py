"""The campaigns of a period side by side, as they may leave the organisation (S27).

A person whom two campaigns reached counts in both. Only whole published periods are compared, so
that a campaign's cell is no more than any other dimension's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pyroaring import BitMap
from sqlalchemy import Connection, Engine

from outreach.kernel.i18n import LANGUAGES
from outreach.planning.queries import campaigns as campaign_rows
from outreach.reach import persons, queries
from outreach.reach.chunk import NO_CAMPAIGN
from outreach.reach.rules.disclosure import hide
from outreach.reach.rules.stretches import in_months
from outreach.reach.rules.suppression import suppress
from outreach.store.engine import reading

_PEOPLE = ("reached", "called", "answered", "listened")
_Columns = dict[str, dict[str, int]]


@dataclass(frozen=True)
class PublishedCampaign:
    """One campaign by its slug: people, and its SMS; None is hidden."""

    slug: str
    names: Mapping[str, str]
    numbers: Mapping[str, int | None]


def by_campaign(
    engine: Engine, since: date | None, until: date | None
) -> tuple[PublishedCampaign, ...]:
    """Every campaign of which anything is known in the period, by slug."""
    with reading(engine) as connection:
        sums = {
            (str(row.campaign_id), row.milestone): int(row.number)
            for row in queries.sms_by_campaign(connection, since, until)
        }
        people, totals = _people(connection, since, until, {key for key, _ in sums})
        known = {str(row.id): row for row in campaign_rows(connection)}
    hidden = hide(people, totals)
    # Whoever an SMS reached is among the people: where they are hidden so are its messages.
    few = [key for key, number in hidden["reached"].items() if number is None]
    for name in ("submitted", "delivered"):
        hidden[name] = suppress({key: sums.get((key, name), 0) for key in people["reached"]}, few)
        few = [key for key, number in hidden[name].items() if number is None]
    found = [
        PublishedCampaign(
            slug=known[key].slug if key in known else key,
            names={
                code: getattr(known[key], f"name_{code}") if key in known else key
                for code in LANGUAGES
            },
            numbers={name: hidden[name][key] for name in hidden},
        )
        for key in people["reached"]
    ]
    return tuple(sorted(found, key=lambda campaign: campaign.slug))


def _people(
    connection: Connection, since: date | None, until: date | None, sent: Collection[str]
) -> tuple[_Columns, dict[str, int]]:
    """Distinct people by campaign id, those in `sent` too, and over all campaigns."""
    count = persons.read(connection, until).count
    sets = _sets(queries.bitmaps(connection, _PEOPLE, None, in_months(since, until), ("all",)))
    ids = sorted({*sent, *(campaign for campaign, _ in sets)})
    columns = {name: {i: sets.get((i, name), BitMap()) for i in ids} for name in _PEOPLE}
    totals = {name: count(BitMap.union(BitMap(), *of.values())) for name, of in columns.items()}
    # What belongs to no campaign counts in the totals, and is no row.
    rows = [i for i in ids if i != str(NO_CAMPAIGN)]
    return {name: {i: count(of[i]) for i in rows} for name, of in columns.items()}, totals


def _sets(rows: Iterable[queries.Sets]) -> Mapping[tuple[str, str], BitMap]:
    found: dict[tuple[str, str], BitMap] = defaultdict(BitMap)
    for row in rows:
        for who in row.by_value.values():
            found[str(row.key.campaign_id), row.key.milestone] |= who
    return dict(found)
