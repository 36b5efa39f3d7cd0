"""Decides how a request of an authority for data stands (S26): two people decide, what is given
follows their decision, and the person is told where that is safe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What somebody does with a request."""

    DECIDE = "decide"  # says what should be done; it is decided where two people say the same
    GIVE = "give"  # gave what was decided
    TELL = "tell"  # told the person, or not, and why


class Decision(StrEnum):
    """What is done with it."""

    REFUSE = "refuse"  # nothing is given
    NARROW = "narrow"  # less than was asked for
    COMPLY = "comply"  # what was asked for


class Told(StrEnum):
    """Whether the person knows."""

    YES = "yes"
    NOT_SAFE = "not_safe"  # telling would put them at risk, or give them away
    FORBIDDEN = "forbidden"  # the paper forbids it
    NOBODY = "nobody"  # no person is concerned


ANSWERS: Mapping[Kind, tuple[str, ...]] = {
    Kind.DECIDE: tuple(Decision),
    Kind.GIVE: ("given",),
    Kind.TELL: tuple(Told),
}


@dataclass(frozen=True)
class Step:
    """One thing that `by` did."""

    kind: str
    what: str
    by: str


@dataclass(frozen=True)
class Standing:
    """What was decided (None: not yet), whether anything was given, whether the person was told
    (None: nobody has said)."""

    decision: Decision | None
    given: bool
    told: Told | None

    @property
    def ended(self) -> bool:
        """Whether nothing is left to do."""
        due = self.decision in (Decision.NARROW, Decision.COMPLY) and not self.given
        return self.decision is not None and self.told is not None and not due


def standing(steps: Iterable[Step]) -> Standing:
    """How a request stands after `steps`, oldest first. Whoever changes their mind counts with what
    they said last; once it is decided, it stays so."""
    opinions: dict[str, Decision] = {}
    decision: Decision | None = None
    given, told = False, None
    for step in steps:
        if step.kind == Kind.DECIDE and decision is None:
            said = Decision(step.what)
            opinions[step.by.casefold()] = said
            decision = said if list(opinions.values()).count(said) > 1 else None
        elif step.kind == Kind.GIVE:
            given = True
        elif step.kind == Kind.TELL:
            told = Told(step.what)
    return Standing(decision, given, told)


def refusal(kind: Kind, now: Standing) -> str:
    """Why `kind` is not possible where a request stands so; "" where it is."""
    if kind is Kind.DECIDE and now.decision is not None:
        return f"It is decided: {now.decision}."
    if kind is Kind.GIVE and now.decision is None:
        return "Two people have not decided yet; nothing is given before."
    if kind is Kind.GIVE and now.decision is Decision.REFUSE:
        return "It was refused; nothing is given."
    return ""
