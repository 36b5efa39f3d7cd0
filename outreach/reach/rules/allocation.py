"""Sets people reached beside the people there are, and sorts by how many are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Place = tuple[str, str]  # province, audience


@dataclass(frozen=True)
class Population:
    """So many people of an audience live in a province, says `source`, as of `on`."""

    province: str
    audience: str
    people: int
    source: str
    on: date


@dataclass(frozen=True)
class Coverage:
    """`share` is reached / people and may pass 1: SIMs are reached, persons live somewhere. `gap`
    is how many are missing, never below 0; `to_close` what reaching them costs at the mean cost
    so far, None where nothing is known of that."""

    population: Population
    reached: int
    share: float | None
    gap: int
    to_close: Decimal | None


def coverage(
    populations: Sequence[Population], reached: Mapping[Place, int], each: Decimal | None
) -> list[Coverage]:
    """The largest gap first."""
    found = [
        _covered(population, reached.get((population.province, population.audience), 0), each)
        for population in populations
    ]
    return sorted(
        found, key=lambda one: (-one.gap, one.population.province, one.population.audience)
    )


def elsewhere(populations: Sequence[Population], reached: Mapping[Place, int]) -> dict[Place, int]:
    """Cells with people reached for which no population is given: "not_asked" among them."""
    known = {(population.province, population.audience) for population in populations}
    return {place: number for place, number in reached.items() if place not in known and number}


def _covered(population: Population, reached: int, each: Decimal | None) -> Coverage:
    gap = max(0, population.people - reached)
    return Coverage(
        population=population,
        reached=reached,
        share=reached / population.people if population.people else None,
        gap=gap,
        to_close=None if each is None else (each * gap).quantize(Decimal("0.01")),
    )
