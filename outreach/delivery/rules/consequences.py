"""What each class of error leads to: one table, for answers, receipts and polls alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from outreach.gateways.ports import ErrorClass


class Again(StrEnum):
    """Whether a message that met an error may be sent again by itself."""

    AS_POLICY = "as_policy"  # as often as the campaign says
    A_LITTLE = "a_little"  # once more at most, whatever the campaign says
    KEEPS_ITS_TURN = "keeps_its_turn"  # it was no try; it goes when the stop is lifted
    NEVER = "never"


class Stops(StrEnum):
    """What is stopped until a person lets it go on."""

    NOTHING = "nothing"
    CHANNEL = "channel"
    EVERYTHING = "everything"


@dataclass(frozen=True)
class Consequence:
    """What follows. `opts_out`: the person said stop to the provider. `told`: a notice for the
    operator. `alarming`: it counts towards the failure rate that pauses a campaign."""

    again: Again
    stops: Stops = Stops.NOTHING
    opts_out: bool = False
    told: bool = False
    alarming: bool = True

    @property
    def counts(self) -> bool:
        """Whether it was a try."""
        return self.again is not Again.KEEPS_ITS_TURN


_AFTER: dict[ErrorClass, Consequence] = {
    ErrorClass.RETRY_LATER: Consequence(Again.AS_POLICY),
    ErrorClass.RETRY_LITTLE: Consequence(Again.A_LITTLE),
    ErrorClass.MAY_DUPLICATE: Consequence(Again.NEVER),
    ErrorClass.NEVER: Consequence(Again.NEVER),
    ErrorClass.OPTED_OUT: Consequence(Again.NEVER, opts_out=True, alarming=False),
    ErrorClass.BLOCKED: Consequence(Again.NEVER),
    ErrorClass.CONFIGURATION: Consequence(
        Again.KEEPS_ITS_TURN, Stops.CHANNEL, told=True, alarming=False
    ),
    ErrorClass.SUSPENDED: Consequence(
        Again.KEEPS_ITS_TURN, Stops.EVERYTHING, told=True, alarming=False
    ),
    # A code that we have no row for: careful, and somebody adds the row.
    ErrorClass.UNKNOWN: Consequence(Again.A_LITTLE, told=True),
}
# No error at all: busy, nobody answered, or a failure of which the provider gives no reason.
_PLAIN = Consequence(Again.AS_POLICY)


def after(klass: ErrorClass | str | None) -> Consequence:
    """What an error of `klass` leads to; defined for every class, and for none ("" or None)."""
    return _AFTER[ErrorClass(klass)] if klass else _PLAIN


ALARMING = frozenset(klass for klass in ErrorClass if after(klass).alarming)
