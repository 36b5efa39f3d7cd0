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
    LAPSED = "lapsed"  # the number changed hands, or was not reached for 90 days (S16)
    FORGOTTEN = "forgotten"  # asked to be forgotten; an empty row stays, so that counts do


class Event(StrEnum):
    """What happens to it."""

    LIST = "list"  # a list names them, without evidence
    EVIDENCE = "evidence"  # a list names them with how, when and which wording
    INVITE = "invite"  # the one invitation went out
    ACCEPT = "accept"  # they said yes to it
    DECLINE = "decline"  # they said no to it
    STOP = "stop"  # they said STOP, in any language or by digit
    JOIN = "join"  # they joined a community themselves: all but a STOP gives way
    START = "start"  # they said START themselves, or staff recorded why
    LAPSE = "lapse"  # "not me", or nobody was reached there for 90 days (S16)
    FORGET = "forget"  # they asked to be forgotten (S24)


C, E = Consent, Event

_ANY: tuple[Consent | None, ...] = (None, *C)
_SAME: dict[Consent | None, Consent] = {state: state for state in C}
_STOPPED: dict[Consent | None, Consent] = {C.OPTED_OUT: C.OPTED_OUT}


def _always(state: Consent) -> dict[Consent | None, Consent]:
    return dict.fromkeys(_ANY, state) | {C.FORGOTTEN: C.FORGOTTEN}


# From None (not known yet) and from every state, what each event leads to.
_AFTER: dict[Event, dict[Consent | None, Consent]] = {
    E.LIST: {**_SAME, None: C.LISTED},
    E.EVIDENCE: {**_SAME, **dict.fromkeys((None, C.LISTED, C.INVITED), C.CONSENTED)},
    E.INVITE: {**_SAME, **dict.fromkeys((None, C.LISTED), C.INVITED)},
    E.ACCEPT: {**_SAME, **dict.fromkeys((None, C.LISTED, C.INVITED), C.CONSENTED)},
    E.DECLINE: _always(C.DECLINED) | _STOPPED,
    E.STOP: _always(C.OPTED_OUT),
    E.JOIN: _always(C.CONSENTED) | _STOPPED,
    E.START: _always(C.CONSENTED),
    E.LAPSE: _always(C.LAPSED) | _STOPPED,
    E.FORGET: _always(C.FORGOTTEN),
}


def after(now: Consent | None, event: Event) -> Consent:
    """The state after `event`; defined for every pair."""
    return _AFTER[event][now]
