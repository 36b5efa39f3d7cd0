"""What a person may ask of us (S24): see what is held, have it corrected, be forgotten.

Each needs a reason and leaves a line in the audit; the sealed help store is never joined (S19).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, NotFound
from outreach.kernel.mask import mask, scrub
from outreach.kernel.sealing import Vault
from outreach.people import queries
from outreach.people.enrolment import BLANK
from outreach.people.history import Step, tell
from outreach.people.places import gazetteer
from outreach.people.rules.consent import Consent, Event, after
from outreach.people.rules.numbers import Number, parse_number
from outreach.people.rules.row import Entry, read
from outreach.store.engine import transaction

# What staff may correct, by the names that the columns of a contact file have.
CORRECTABLE = tuple(sorted(BLANK))
_HOME_ZONE = ZoneInfo("Asia/Phnom_Penh")
_REASON_LEAST, _REASON_MOST, _BY_MOST = 5, 200, 60
_PLACES = frozenset(("province", "commune"))


@dataclass(frozen=True)
class Asking:
    """Who asks (a staff member), and why, in words that name nobody."""

    by: str
    reason: str


@dataclass(frozen=True)
class Held:
    """All that the register holds of a number. `contact_id` is None for a stranger, of whom only
    `stopped_at` can be known; `history` and `audit` are oldest first, without fingerprints."""

    masked: str
    contact_id: int | None
    stopped_at: datetime | None
    person: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[Mapping[str, Any], ...] = ()
    audit: tuple[Mapping[str, Any], ...] = ()


def show(engine: Engine, vault: Vault, clock: Clock, written: str, asking: Asking) -> Held:
    """What is held of the number in `written` (any notation); raises BadInput where it is none."""
    number = _number(written)
    keys = vault.lookups(number.e164)
    with transaction(engine) as connection:
        row = next(iter(queries.contacts_by_key(connection, keys)), None)
        stops = [stop.at for stop in queries.opt_outs(connection, keys) if stop.ended_at is None]
        contact = row.public_id if row else ""
        _audit(connection, clock, asking, contact, "show", ())
        shown = (*BLANK, "consent", "timezone", "operator_hint", "own_words", "created_at")
        history = ("at", "before", "after", "source", "how", "wording", "given_on", "language")
        audit = ("at", "action", "changed", "by", "reason")
        return Held(
            masked=mask(number.e164),
            contact_id=row.id if row else None,
            stopped_at=min(stops, default=None),
            person={name: getattr(row, name) for name in shown} if row else {},
            history=tuple(_only(history, item) for item in queries.events(connection, keys)),
            audit=tuple(
                _only(audit, item) for item in (queries.audits(connection, contact) if row else ())
            ),
        )


def correct(
    engine: Engine,
    vault: Vault,
    clock: Clock,
    written: str,
    given: Mapping[str, str],
    asking: Asking,
) -> tuple[str, ...]:
    """Sets what a person says of themselves, in the words that a contact file may use (an empty
    one: not asked), and returns the columns that changed. No later list changes them back.

    Raises BadInput for a value or column that is none, NotFound for a stranger. Consent is not
    among them: STOP and START are its only ways.
    """
    number = _number(written)
    values = _values(engine, clock, number, given)
    with transaction(engine) as connection:
        queries.hold(connection, alone=False)
        row = next(iter(queries.lock_by_key(connection, vault.lookups(number.e164))), None)
        if row is None:
            raise NotFound("This number is not in the register.")
        changed = tuple(sorted(name for name in values if getattr(row, name) != values[name]))
        own = {"own_words": sorted({*row.own_words, *values}), "updated_at": clock.now()}
        queries.set_contacts(connection, [{"b_id": row.id, **values, **own}])
        _audit(connection, clock, asking, row.public_id, "correct", changed)
    return changed


def forget(engine: Engine, vault: Vault, clock: Clock, written: str, asking: Asking) -> bool:
    """Forgets a number: what stays is a STOP by its fingerprint, so that no later list brings the
    person back, and an empty row, so that what was counted stays true. Says whether it was known.

    The STOP is dated by the day alone: its moment would lead to the facts of the same moment.
    """
    number = _number(written)
    key, *older = vault.lookups(number.e164)
    now = clock.now()
    day = datetime.combine(now.astimezone(_HOME_ZONE).date(), time(), _HOME_ZONE)
    with transaction(engine) as connection:
        queries.hold(connection, alone=False)
        row = next(iter(queries.lock_by_key(connection, [key, *older])), None)
        if row is not None:
            before = Consent(row.consent)
            gone = after(before, Event.FORGET)
            step = Step(row.id, key, before, gone, "staff", dict(row._mapping))
            tell(connection, [step], now)
            queries.set_contacts(connection, [_emptied(row.id, gone, now)])
        queries.delete_events(connection, [key, *older])
        queries.bury(connection, key, older, day)
        _audit(connection, clock, asking, row.public_id if row else "", "forget", ())
    return row is not None


def _emptied(contact_id: int, consent: Consent, now: datetime) -> dict[str, Any]:
    return BLANK | {
        "b_id": contact_id,
        "number_key": secrets.token_bytes(32),  # Leads to nobody, and is as unique as the others.
        "number_sealed": b"",
        "consent": consent,
        "timezone": _HOME_ZONE.key,
        "operator_hint": "",
        "own_words": [],
        "updated_at": now,
    }


def _number(written: str) -> Number:
    found = parse_number(written)
    if not isinstance(found, Number):
        raise BadInput(found.en, where="NUMBER")
    return found


def _values(
    engine: Engine, clock: Clock, number: Number, given: Mapping[str, str]
) -> dict[str, str]:
    """`given` as columns; a place sets its province and commune together."""
    unknown = sorted(given.keys() - BLANK.keys())
    if unknown or not given:
        what = f"Nothing named {unknown[0]!r} can be corrected." if unknown else "Nothing is given."
        raise BadInput(what, remedy=f"Use --set with one of: {', '.join(CORRECTABLE)}.")
    today = clock.now().astimezone(_HOME_ZONE).date()
    found = read({"phone": number.e164, **given}, today, gazetteer(engine).find)
    if not isinstance(found, Entry):
        raise BadInput(found[0].reason.en, where=found[0].field)
    names = given.keys() | _PLACES if given.keys() & _PLACES else given.keys()
    return {name: found.values.get(name, BLANK[name]) for name in names}


def _audit(
    connection: Connection,
    clock: Clock,
    asking: Asking,
    contact: str,
    action: str,
    changed: tuple[str, ...],
) -> None:
    reason = scrub(" ".join(asking.reason.split()))
    if not _REASON_LEAST <= len(reason) <= _REASON_MOST:
        raise BadInput(
            f"A reason has {_REASON_LEAST} to {_REASON_MOST} characters.", where="--reason"
        )
    queries.audit(
        connection,
        {
            "contact": contact,
            "action": action,
            "changed": list(changed),
            "reason": reason,
            "by": asking.by[:_BY_MOST],
            "at": clock.now(),
        },
    )


def _only(names: tuple[str, ...], row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
