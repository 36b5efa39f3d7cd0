"""What a quiz showed, as it may leave the organisation (S27): of the answers of one period, by
campaign; differences alone and in whole points, never how many are behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from outreach.kernel.i18n import LANGUAGES
from outreach.planning.queries import campaigns as campaign_rows
from outreach.reach import queries
from outreach.reach.chunk import begin_of, end_of
from outreach.reach.effects.measuring import Effect, effect
from outreach.reach.rules.effect import Points, Share, Verdict, in_points
from outreach.store.engine import reading


@dataclass(frozen=True)
class PublishedEffect:
    """Who knows it in `arm` less who does in `reference`; both "": the same people after the
    messages less before. `points` is None where it may not be told in numbers; `backfire` flags
    any fall."""

    slug: str
    names: Mapping[str, str]
    arm: str
    reference: str
    points: Points | None
    verdict: Verdict
    backfire: bool


def published_effects(
    engine: Engine, since: date | None, until: date | None
) -> tuple[PublishedEffect, ...]:
    """Of every campaign whose quiz anybody answered in the period, by slug."""
    with reading(engine) as connection:
        ids = set(queries.quizzed(connection, begin_of(since), end_of(until)))
        known = [row for row in campaign_rows(connection) if row.id in ids]
    found = []
    for row in sorted(known, key=lambda row: row.slug):
        names = {language: getattr(row, f"name_{language}") for language in LANGUAGES}
        shown = effect(engine, row.id, since=since, until=until)
        found += [*_arms(row.slug, names, shown), *_before_and_after(row.slug, names, shown)]
    return tuple(found)


def _arms(slug: str, names: Mapping[str, str], found: Effect) -> Iterator[PublishedEffect]:
    shares = {arm.arm: arm.shares["knows"] for arm in found.arms}
    for arm in found.arms:
        if "knows" not in arm.versus or not arm.shares["knows"].base:
            continue
        contrast, sides = arm.versus["knows"], (shares[arm.arm], shares[found.reference])
        groups = [number for side in sides for number in _groups(side)]
        shown = in_points(contrast, groups, [side.base for side in sides])
        fallen = bool(contrast.difference is not None and contrast.difference < 0)
        yield PublishedEffect(
            slug, names, arm.arm, found.reference, shown, contrast.verdict, backfire=fallen
        )


def _before_and_after(
    slug: str, names: Mapping[str, str], found: Effect
) -> Iterator[PublishedEffect]:
    quiz = found.quiz
    if not quiz.both:
        return
    groups = [quiz.gained, quiz.lost]
    for knew in (quiz.knew_before, quiz.knew_after):
        groups += [knew, quiz.both - knew]
    shown = in_points(quiz.contrast, groups, [quiz.both])
    # Of few people a fall is not told: it would be of fewer still.
    told = quiz.contrast.verdict is not Verdict.TOO_FEW and quiz.backfire
    yield PublishedEffect(slug, names, "", "", shown, quiz.contrast.verdict, backfire=told)


def _groups(side: Share) -> tuple[int, int]:
    return side.part, side.base - side.part
