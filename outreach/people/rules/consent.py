"""Decides what becomes of consent: a list is none (S13), only START undoes STOP (S14)."""

from __future__ import annotations

from enum import StrEnum


class Consent(StrEnum):
    """How somebody stands."""

    LISTED = "listed"  # on somebody's list; one neutral invitation at most
    INVITED = "invited"  # was asked, has not answered
    CONSENTED = "consented"  # said yes; the only state that is sent to
    DECLINED = "declined"  # said no when asked
    OPTED_OUT = "opted_out"  # said STOP


class Event(StrEnum):
    """What happens to it."""

    LIST = "list"  # a list names them, without evidence
    EVIDENCE = "evidence"  # a list names them with how, when and which wording
    INVITE = "invite"  # the one invitation went out
    DECLINE = "decline"  # they said no to it
    STOP = "stop"  # they said STOP, in any language or by digit
    START = "start"  # they said START themselves, or staff recorded why


C, E = Consent, Event

# From None (not known yet) and from every state, what each event leads to.
_AFTER: dict[Event, dict[Consent | None, Consent]] = {
    E.LIST: {None: C.LISTED} | {state: state for state in C},
    E.EVIDENCE: {
        None: C.CONSENTED,
        C.LISTED: C.CONSENTED,
        C.INVITED: C.CONSENTED,
        C.CONSENTED: C.CONSENTED,
        C.DECLINED: C.DECLINED,
        C.OPTED_OUT: C.OPTED_OUT,
    },
    E.INVITE: {None: C.INVITED} | {state: state for state in C} | {C.LISTED: C.INVITED},
    E.DECLINE: {None: C.DECLINED} | dict.fromkeys(C, C.DECLINED) | {C.OPTED_OUT: C.OPTED_OUT},
    E.STOP: {None: C.OPTED_OUT} | dict.fromkeys(C, C.OPTED_OUT),
    E.START: {None: C.CONSENTED} | dict.fromkeys(C, C.CONSENTED),
}


def after(now: Consent | None, event: Event) -> Consent:
    """The state after `event`; defined for every pair."""
    return _AFTER[event][now]
