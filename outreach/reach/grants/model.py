"""A grant as its file says it, checked when it is read (pydantic); amounts are Decimal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from outreach.reach.rules.publication import is_whole_months

# What of ours an indicator may be: people, counted once over the grant's campaigns and the period.
Measure = Literal["reached", "called", "answered", "passed", "engaged", "listened"]
By = Literal["province", "sex", "age_band", "audience", "destination", "language"]
# What IATI calls results that follow from us directly, and those that were to follow from them.
RESULT_TYPES = {"output": "1", "outcome": "2"}
# DAC purposes of this work: migration, ending violence against women and girls, labour rights.
SECTORS = ("15190", "15180", "16070")
Words = Annotated[str, Field(min_length=1, max_length=2_000)]
Reference = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,80}$")]
Money = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Organisation(_Part):
    """`ref` is its IATI identifier, `type` its IATI organisation type (22: national NGO)."""

    ref: Reference
    type: Annotated[str, Field(pattern=r"^\d{2}$")]
    name: Words


class Span(_Part):
    """Whole months, both days included."""

    since: date
    until: date

    @model_validator(mode="after")
    def _months(self) -> Self:
        if not is_whole_months(self.since, self.until):
            raise ValueError("a period is whole months, such as 2026-01-01 to 2026-06-30")
        return self

    def meets(self, other: Span) -> bool:
        """Whether the two have a day in common."""
        return self.since <= other.until and other.since <= self.until


class Target(Span):
    """What is promised for a period."""

    value: Annotated[int, Field(ge=0)]


class Baseline(_Part):
    """Where the indicator stood on a day, and how that is known."""

    value: Annotated[int, Field(ge=0)]
    on: date
    source: Words


class Indicator(_Part):
    """A figure of ours that was promised to the donor."""

    code: Reference
    result: Literal["output", "outcome"] = "output"
    title: Words
    definition: Words
    measure: Measure
    by: tuple[By, ...] = ()
    baseline: Baseline
    targets: Annotated[tuple[Target, ...], Field(min_length=1)]

    def key(self, slug: str) -> str:
        """What it is called among the indicators of all grants, and what it measures."""
        return f"{slug}:{self.code}:{self.measure}"


class Budget(_Part):
    """What the donor gives."""

    amount: Money
    currency: Currency


class Cost(_Part):
    """What was spent: airtime is what the operators were paid; staff, production and other beside
    it make all-in."""

    kind: Literal["airtime", "staff", "production", "other"]
    amount: Money
    currency: Currency
    on: date
    note: Words


class Grant(_Part):
    """`activity` is the IATI identifier; `campaigns` whose people count; `sectors` are DAC purpose
    codes with their share in percent."""

    slug: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{1,58}$")]
    activity: Reference
    title: Words
    description: Words
    reporter: Organisation
    donor: Organisation
    since: date
    until: date
    budget: Budget
    sectors: dict[str, Annotated[Decimal, Field(gt=0, le=100, decimal_places=2)]]
    campaigns: Annotated[tuple[str, ...], Field(min_length=1)]
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]
    costs: tuple[Cost, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.since > self.until:
            raise ValueError("the grant ends before it begins")
        if set(self.sectors) - set(SECTORS):
            raise ValueError(f"sectors are some of {', '.join(SECTORS)}")
        if sum(self.sectors.values()) != 100:
            raise ValueError("the sectors' shares are 100 percent together")
        for names in (self.campaigns, [indicator.code for indicator in self.indicators]):
            if len(set(names)) < len(names):
                raise ValueError("a campaign or an indicator is there twice")
        if disagreeing(self.spans()):
            raise ValueError("two periods overlap: they are the same or have no day in common")
        return self

    def spans(self) -> set[tuple[date, date]]:
        """Every period of an indicator."""
        return {(t.since, t.until) for found in self.indicators for t in found.targets}


def disagreeing(spans: set[tuple[date, date]]) -> bool:
    """Whether two periods overlap without being the same: figures of the one could be subtracted
    from the other's (S27)."""
    return any(a[0] <= b[1] and b[0] <= a[1] for a, b in combinations(spans, 2))
