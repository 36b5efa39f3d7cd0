"""May this go to this person now? Every rule of the moment of sending, in order, in one table.

An answer to a person's own text goes by another lane, which asks the deny-list only (S12a).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from outreach.planning.rules import cap
from outreach.planning.rules.purpose import CAMPAIGN, admits


class Facts(NamedTuple):
    """What the rules look at. `tried_before` counts other broadcasts to the person in the cap's
    time; `first_try` says that this delivery is not among those that reached for them already,
    `begun` that an attempt of it was recorded, taken or not. `no_way_back`: the text comes from a
    name and tells no number."""

    canceled: bool
    consent: str
    has_words: bool
    may_leave: bool
    corridor_closed: bool
    channel: str
    safe_channel: str
    first_try: bool
    tried_before: int
    forbidden_word: bool
    purpose: str = CAMPAIGN
    begun: bool = False
    no_way_back: bool = False


@dataclass(frozen=True)
class Rule:
    """One rule: its number in SAFETY.md, the state that it leads to, what it says, and when it
    applies (those without are asked elsewhere, see where)."""

    number: str
    state: str
    meaning: str
    applies: Callable[[Facts], bool] | None = None


# In the order in which they are asked; the first that applies is the delivery's reason.
RULES: dict[str, Rule] = {
    "too_late": Rule("", "expired", "Its time had passed before it could be sent."),
    "canceled": Rule("", "canceled", "Somebody canceled the broadcast.", lambda f: f.canceled),
    "opted_out": Rule(
        "S14", "suppressed", "The person said STOP.", lambda f: f.consent == "opted_out"
    ),
    "no_consent": Rule(
        "S13",
        "suppressed",
        "The person never agreed, declined, or asked to be forgotten; or was invited already.",
        lambda f: not admits(f.purpose, f.consent, begun=f.begun),
    ),
    "no_wording": Rule(
        "",
        "suppressed",
        "The campaign says nothing in a language of theirs.",
        lambda f: not f.has_words,
    ),
    "not_approved": Rule(
        "S31",
        "suppressed",
        "Two people have not approved it, or it has no real recording.",
        lambda f: not f.may_leave,
    ),
    "no_way_back": Rule(
        "S14",
        "suppressed",
        "It comes from a name, and tells no door by which people answer or stop us.",
        lambda f: f.no_way_back,
    ),
    "closed_corridor": Rule(
        "S34",
        "suppressed",
        "The way that the person takes is closed.",
        lambda f: f.corridor_closed,
    ),
    "safe_contact": Rule(
        "S5",
        "suppressed",
        "The person set another channel, or hours in which nothing is ever sent; else it waits.",
        lambda f: f.safe_channel not in ("", f.channel),
    ),
    "cap": Rule(
        "S36",
        "suppressed",
        f"They heard from us {cap.CAP} times in {cap.WINDOW.days} days, over all campaigns.",
        lambda f: f.first_try and cap.exceeded(f.tried_before),
    ),
    "deny_list": Rule(
        "S1", "suppressed", "A word in it gives the subject away.", lambda f: f.forbidden_word
    ),
    "holiday": Rule("S36", "pending", "A public holiday where the person is; it waits."),
    "quiet_hours": Rule("S36", "pending", "Outside the hours in their own zone; it waits."),
    "not_opened": Rule("S18", "pending", "Its key is not in this process's settings; it waits."),
    "budget": Rule("", "pending", "The campaign's budget is used up; it waits for a person."),
}


def forbidden(facts: Facts) -> str | None:
    """The first rule that forbids it for good, or None."""
    for reason, rule in RULES.items():
        if rule.applies is not None and rule.applies(facts):
            return reason
    return None
