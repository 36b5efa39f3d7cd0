"""Where the sender is killed: named points of the pipeline, and any line of its modules."""

from __future__ import annotations

import importlib
import random
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType
from typing import Any

from outreach.kernel.errors import BadInput


@dataclass(frozen=True)
class Point:
    """Dies at the `nth` time that `function` of `module` is called, comes back with something
    (`return`) or with whatever (`end`), or goes on (in `line`).

    `under` names the caller where the same function serves several purposes. `after` are seconds
    that it lives on. `leaves` says in what state a death here must leave something, sooner or
    later: a point that never does is not where its name says. See `verdict.caught`.
    """

    name: str
    module: str
    function: str
    when: str = "return"
    under: str = ""
    leaves: str = ""
    after: float = 0.0
    nth: int = 1
    line: int = 0

    @property
    def hooks(self) -> bool:
        """Whether what the network tells us passes here."""
        return self.module == "outreach.delivery.receipts" or self.under == "_record_in"


NAMED = (
    Point("after-claim", "outreach.delivery.claiming", "claim", leaves="leased"),
    Point("mid-submitting", "outreach.delivery.moves.queries", "add_attempts", leaves="leased"),
    Point("after-submitting", "outreach.delivery.claiming", "advance", leaves="submitting"),
    # The body is the client's, and the wire takes it a moment later; the network thinks for longer.
    Point("after-post-left", "aiohttp.client_reqrep", "ClientRequest.write_bytes", "end",
          leaves="unrecorded", after=0.01),
    Point("after-answer-came", "outreach.gateways.twilio.answers", "outcome", leaves="unrecorded"),
    Point("mid-write-back", "outreach.delivery.moves.queries", "accept", leaves="unrecorded"),
    Point("mid-refusal", "outreach.delivery.progress", "apply", under="take_answers",
          leaves="submitting"),
    Point("mid-receipt", "outreach.delivery.progress", "apply", under="_record_in"),
    Point("after-receipt", "outreach.delivery.receipts", "record"),
    Point("mid-plan", "outreach.planning.audience.queries", "plan_chunk", leaves="unplanned"),
    Point("after-plan", "outreach.planning.broadcasts", "plan", leaves="unplanned"),
    Point("mid-fold", "outreach.reach.fold", "_fold", "end"),
    Point("mid-look-up", "outreach.delivery.progress", "apply", under="_settle_lost",
          leaves="submitting"),
    Point("mid-poll", "outreach.delivery.progress", "apply", under="_settle_quiet"),
    Point("mid-inbound", "outreach.hotline.inbound", "_Intake.__init__", "end"),
)  # fmt: skip
# A random line of these is as good a place to die as any.
_ANYWHERE = (
    "outreach.delivery.claiming",
    "outreach.delivery.dispatch",
    "outreach.delivery.gate",
    "outreach.delivery.moves.queries",
    "outreach.delivery.progress",
    "outreach.delivery.queries",
    "outreach.delivery.receipts",
    "outreach.delivery.settle",
    "outreach.gateways.twilio.gateway",
    "outreach.gateways.twilio.transport",
    "outreach.hotline.catching_up",
    "outreach.hotline.inbound",
    "outreach.kernel.batch",
    "outreach.planning.broadcasts",
    "outreach.planning.lane",
    "outreach.reach.fold",
)


def named(name: str) -> Point:
    """The point of that name; raises BadInput."""
    for point in NAMED:
        if point.name == name:
            return point
    raise BadInput(
        f"There is no point {name!r}.", remedy=f"Choose of {', '.join(p.name for p in NAMED)}."
    )


def any_line(rng: random.Random) -> Point:
    """Some line of some function of the pipeline."""
    module = rng.choice(_ANYWHERE)
    functions = sorted(_functions(importlib.import_module(module)).items())
    name, code = rng.choice([item for item in functions if _lines(item[1])])
    line = rng.choice(_lines(code))
    short = module.removeprefix("outreach.")
    return Point(
        f"{short}:{line}", module, name, "line", nth=rng.choice((1, 1, 2, 5, 20)), line=line
    )


def function_of(point: Point) -> FunctionType:
    """The point's function; raises BadInput where it was renamed."""
    found: Any = importlib.import_module(point.module)
    for part in point.function.split("."):
        found = getattr(found, part, None)
    if found is None:
        raise BadInput(
            f"The point {point.name} names {point.module}.{point.function}, which is not there.",
            where="scripts/crashes/points.py",
            remedy="Name the function that does this now.",
        )
    function: FunctionType = found
    return function


def _functions(module: ModuleType) -> dict[str, CodeType]:
    """Every function and method that `module` defines, by its dotted name."""
    found: dict[str, CodeType] = {}
    for name, value in vars(module).items():
        members = vars(value).items() if isinstance(value, type) else ()
        for key, function in ((name, value), *((f"{name}.{k}", v) for k, v in members)):
            code = getattr(function, "__code__", None)
            if code is not None and code.co_filename == module.__file__:
                found[key] = code
    return found


def _lines(code: CodeType) -> list[int]:
    return sorted({line for *_, line in code.co_lines() if line and line > code.co_firstlineno})
