"""Chooses the next step of a campaign call (S7): 1 or 9 call me back, 0 stop, * hang up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from outreach.content.queries import Recording, recording_of
from outreach.delivery.rules.listening import heard
from outreach.delivery.stopping import suppress_contact
from outreach.hotline import queries
from outreach.hotline.callback import ask
from outreach.hotline.desk import Desk
from outreach.hotline.inbox import opening
from outreach.kernel.errors import Unavailable
from outreach.kernel.flow import Flow, Gather, Hangup, Play
from outreach.people import contacts, optout
from outreach.store.engine import transaction

_CALL_ME = ("1", "9")
_STOP = "0"
_HANG_UP: Flow = (Hangup(),)


def first_step(desk: Desk, attempt: str, base_url: str) -> Flow:
    """What is played when the person answers: the campaign's recording, then one key."""
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        call = queries.call(connection, attempt)
        recording = call and recording_of(connection, call.campaign_id, call.language)
        if call is None or recording is None:
            return _HANG_UP
        queries.set_played(connection, call.id, now, recording.seconds)
    return (
        Gather(
            play=(Play(_address(base_url, recording)),),
            action=f"{base_url}/hooks/twilio/voice?attempt={attempt}&step=key",
        ),
        Hangup(),
    )


def key_step(desk: Desk, attempt: str, digits: str) -> Flow:
    """What follows a key, or none. Says nothing back: whoever listens learns nothing."""
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        call = queries.call(connection, attempt)
        if call is None:
            return _HANG_UP
        seconds = heard(call.played_at, call.play_seconds, now)
        if seconds is not None:
            queries.set_heard(connection, call.id, seconds)
        if digits in _CALL_ME or digits == _STOP:
            _obey(connection, desk, call, attempt, digits, now)
    return _HANG_UP


def _obey(
    connection: Connection,
    desk: Desk,
    call: Row[Any],
    attempt: str,
    digits: str,
    now: datetime,
) -> None:
    if digits == _STOP:
        # Deliveries before contacts, as the senders lock them: no two wait for each other.
        suppress_contact(connection, desk.broadcasts, call.contact_id, "opted_out", now)
        optout.opt_out_contact(connection, call.contact_id, at=now, source="voice")
        _leave(connection, desk, call.contact_id, now)
        return
    number = contacts.number_of(connection, desk.vault, call.contact_id)
    if number is not None:
        ask(connection, desk, number, source="call_key", source_id=attempt, now=now)


def _leave(connection: Connection, desk: Desk, contact_id: int, now: datetime) -> None:
    """0 stops workers too, as a STOP by text does (S7)."""
    try:
        number = contacts.number_of(connection, desk.vault, contact_id)
    except Unavailable:  # its key is missing: the STOP holds all the same
        return
    if number is not None:
        opening.leave(connection, desk.help_vault, number, now, now)


def _address(base_url: str, recording: Recording) -> str:
    return f"{base_url}/recordings/{recording.public_id}.wav"
