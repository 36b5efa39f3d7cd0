"""Decides what still counts of a text that came late: a person's words count in the order in which
they were said, whatever the order in which we hear of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from outreach.hotline.rules.urgency import leaves
from outreach.language.match import Match


@dataclass(frozen=True)
class Since:
    """What a person has done after they wrote a text: they `stopped` us, they `started` us again,
    they `left` (and so nobody texts them, S4); `ended` says that the register ended with them."""

    stopped: bool = False
    started: bool = False
    left: bool = False
    ended: bool = False


def since(later: Iterable[Match], *, stopped: bool, ended: bool) -> Since:
    """What `later` texts did; `stopped` says that they said STOP by another way than a text."""
    later = tuple(later)
    return Since(
        stopped=stopped or any(said.opt_out for said in later),
        # Joining a community undoes no STOP, so it takes none back that we hear of late (S14).
        started=any(said.intent == "START" and said.code is None for said in later),
        left=stopped or any(leaves(said.intent) for said in later),
        ended=ended,
    )


def obeyed(said: Match, then: Since) -> bool:
    """Whether a text still says something to the register: START alone undoes a STOP, and a STOP
    undoes all else (S14), as the register's own end does."""
    return not (then.started if said.opt_out else then.stopped or then.ended)
