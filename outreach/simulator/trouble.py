"""What goes wrong in the network, as data: how its API answers, how messages end, what is lost.

Every share is of 1 and drawn by seed and name (chance.py), so that two runs agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from outreach.kernel.errors import BadInput
from outreach.simulator.chance import Chance
from outreach.simulator.errors import ERRORS

Then = Literal["refuse", "hang", "cut", "slow", "garble"]
_FORBID = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Kind:
    """How a request is mishandled: whether it is `taken` before that, and what comes `then`."""

    taken: bool
    then: Then
    code: int = 0


# Beside these, every code of errors.py is a kind: a refusal, nothing taken.
KINDS: dict[str, Kind] = {
    "5xx_before": Kind(False, "refuse", 20503),
    "5xx_after": Kind(True, "refuse", 20503),
    "timeout_before": Kind(False, "hang"),
    "timeout_after": Kind(True, "hang"),
    "reset_before": Kind(False, "cut"),
    "reset_after": Kind(True, "cut"),
    "slow_headers": Kind(True, "slow"),
    "malformed": Kind(True, "garble"),
}


@dataclass(frozen=True)
class Fault:
    """Befalls `share` of the requests `on` create, read or any; `times` says how often, if not for
    ever. `seconds` are real ones, for what is slow."""

    __pydantic_config__: ClassVar[ConfigDict] = _FORBID

    kind: str
    share: float = 1.0
    times: int | None = None
    on: Literal["create", "read", "any"] = "create"
    seconds: float = 1.0

    def __post_init__(self) -> None:
        kind_of(self.kind)


@dataclass(frozen=True)
class Ending:
    """`share` of the SMS end so, whatever their operator would do; the handset gets nothing."""

    __pydantic_config__: ClassVar[ConfigDict] = _FORBID

    status: Literal["undelivered", "failed"]
    code: int
    share: float = 1.0


@dataclass(frozen=True)
class Reports:
    """What becomes of status reports. `late` is in seconds on the clock, for all of them;
    `shuffled` ones wait up to two minutes and so overtake each other; `strange` ones are
    followed by a report of a message that nobody sent."""

    __pydantic_config__: ClassVar[ConfigDict] = _FORBID

    lost: float = 0.0
    twice: float = 0.0
    shuffled: float = 0.0
    strange: float = 0.0
    late: float = 0.0


@dataclass(frozen=True)
class Trouble:
    """All of it. `latency` are real seconds that every answer of the API takes. `silent` replaces
    the operators' share of SMS that stay *sent* for ever. `inbound_lost` is the share of texts
    and calls from handsets whose hook is never called."""

    __pydantic_config__: ClassVar[ConfigDict] = _FORBID

    latency: float = 0.0
    faults: tuple[Fault, ...] = ()
    endings: tuple[Ending, ...] = ()
    reports: Reports = field(default_factory=Reports)
    silent: float | None = None
    inbound_lost: float = 0.0


_READER: TypeAdapter[Trouble] = TypeAdapter(Trouble)


def kind_of(name: str) -> Kind:
    """The kind of that name. Raises ValueError for one that there is not."""
    if name in KINDS:
        return KINDS[name]
    if name.isascii() and name.isdigit() and int(name) in ERRORS:
        return Kind(False, "refuse", int(name))
    known = ", ".join([*KINDS, *map(str, ERRORS)])
    raise ValueError(f"{name!r} is no kind of fault; there are {known}")


def read_trouble(text: bytes) -> Trouble:
    """The trouble that a JSON object describes. Raises BadInput that lists what is wrong."""
    try:
        return _READER.validate_json(text)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
            for item in error.errors(include_input=False, include_url=False)
        ]
        raise BadInput("\n".join(problems), where="trouble") from None


def as_json(trouble: Trouble) -> Mapping[str, Any]:
    """The object that `read_trouble` would read."""
    return asdict(trouble)


class Troubles:
    """The trouble of a running network; `now` may be replaced at any time."""

    def __init__(self, trouble: Trouble, chance: Chance) -> None:
        self._chance = chance
        self._asked: Counter[str] = Counter()
        self.struck: Counter[str] = Counter()
        self.now = trouble

    @property
    def now(self) -> Trouble:
        """What goes wrong at present."""
        return self._now

    @now.setter
    def now(self, trouble: Trouble) -> None:
        self._now, self._left = trouble, [fault.times for fault in trouble.faults]

    def strike(self, on: Literal["create", "read"], name: str) -> Fault | None:
        """The fault that befalls this request, of the thing called `name`; None for none."""
        if not self._now.faults:
            return None
        nth = self._asked[name]
        self._asked[name] += 1
        luck = self._chance.draw("fault", on, name, nth)
        for position, fault in enumerate(self._now.faults):
            left = self._left[position]
            if fault.on not in (on, "any") or left == 0:
                continue
            if luck < fault.share:
                self._left[position] = None if left is None else left - 1
                self.struck[fault.kind] += 1
                return fault
            luck -= fault.share
        return None
