"""What a person may ask of us (S24): see what is held, have it corrected, be forgotten.

Each needs a reason and leaves a line in the audit; the sealed help store is never joined (S19).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection, Engine, Row

from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, NotFound
from outreach.kernel.mask import mask
from outreach.kernel.sealing import Vault
from outreach.people import audit, queries
from outreach.people.audit import Asking
from outreach.people.communities import focal
from outreach.people.communities import queries as communities
from outreach.people.enrolment import BLANK
from outreach.people.history import Step, tell
from outreach.people.persons import queries as persons
from outreach.people.persons.linking import part
from outreach.people.places import gazetteer
from outreach.people.rules.consent import Consent, Event, after
from outreach.people.rules.days import HOME_ZONE, local_day
from outreach.people.rules.numbers import number_in
from outreach.people.rules.row import Entry, read, refusal
from outreach.store.engine import transaction

# What staff may correct, by the names that the columns of a contact file have.
CORRECTABLE = tuple(sorted(BLANK))
_PLACES = frozenset(("province", "commune"))
_SHOWN = ("consent", "timezone", "operator_hint", "own_words", "created_at")
_HISTORY = ("at", "before", "after", "source", "how", "wording", "given_on", "language")
_SAFE = ("channel", "hours", "days", "language", "stop_reply", "set_at", "ask_again_at")
_MEMBER = ("name_km", "name_en", "kind", "how", "at", "left_at")
_AUDIT = ("at", "action", "changed", "by", "reason")


@dataclass(frozen=True)
class Held:
    """All that the register holds of a number. `contact_id` is None for a stranger, of whom only
    `stopped_at` can be known; `history`, `communities` and `audit` are oldest first, without
    fingerprints. `safe` is how they may be reached, `linked` their other numbers, masked, and
    `focal_of` the join codes of communities that are asked through this number."""

    masked: str
    contact_id: int | None
    stopped_at: datetime | None
    person: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[Mapping[str, Any], ...] = ()
    safe: Mapping[str, Any] = field(default_factory=dict)
    communities: tuple[Mapping[str, Any], ...] = ()
    linked: tuple[str, ...] = ()
    focal_of: tuple[str, ...] = ()
    audit: tuple[Mapping[str, Any], ...] = ()


def show(engine: Engine, vault: Vault, clock: Clock, written: str, asking: Asking) -> Held:
    """What is held of the number in `written` (any notation); raises BadInput where it is none."""
    number = number_in(written)
    keys = vault.lookups(number)
    with transaction(engine) as connection:
        row = next(iter(queries.contacts_by_key(connection, keys)), None)
        stops = [stop.at for stop in queries.opt_outs(connection, keys) if stop.ended_at is None]
        audit.note(connection, asking, "show", row.public_id if row else "", clock.now())
        held = Held(
            masked=mask(number),
            contact_id=row.id if row else None,
            stopped_at=min(stops, default=None),
            history=tuple(_only(_HISTORY, item) for item in queries.events(connection, keys)),
            focal_of=tuple(focal.codes_of(connection, vault, number)),
        )
        return _known(connection, vault, held, row) if row else held


def _known(connection: Connection, vault: Vault, held: Held, row: Row[Any]) -> Held:
    safe = persons.safe_contact(connection, row.id)
    linked = persons.person(connection, row.person_id) if row.person_id else ()
    told = _only(_SAFE, safe) if safe else {}
    if safe and safe.cover_sealed:
        told["cover"] = vault.unseal(safe.cover_sealed)
    return replace(
        held,
        person=_only((*BLANK, *_SHOWN), row),
        safe=told,
        communities=tuple(
            _only(_MEMBER, item) for item in communities.memberships(connection, row.id)
        ),
        linked=tuple(mask(vault.unseal(x.number_sealed)) for x in linked if x.id != row.id),
        audit=tuple(_only(_AUDIT, item) for item in queries.audits(connection, row.public_id)),
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
    number = number_in(written)
    values = _values(engine, clock, number, given)
    with transaction(engine) as connection:
        queries.hold(connection, alone=False)
        row = next(iter(queries.lock_by_key(connection, vault.lookups(number))), None)
        if row is None:
            raise NotFound("This number is not in the register.")
        changed = tuple(sorted(name for name in values if getattr(row, name) != values[name]))
        own = {"own_words": sorted({*row.own_words, *values}), "updated_at": clock.now()}
        queries.set_contacts(connection, [{"b_id": row.id, **values, **own}])
        audit.note(connection, asking, "correct", row.public_id, clock.now(), changed)
    return changed


def forget(engine: Engine, vault: Vault, clock: Clock, written: str, asking: Asking) -> bool:
    """Forgets a number: what stays is a STOP by its fingerprint, so that no later list brings the
    person back, and an empty row, so that what was counted stays true. Says whether it was known.

    The STOP is dated by the day alone: its moment would lead to the facts of the same moment.
    """
    number = number_in(written)
    key, *older = vault.lookups(number)
    now = clock.now()
    day = datetime.combine(local_day(now), time(), HOME_ZONE)
    with transaction(engine) as connection:
        queries.hold(connection, alone=False)
        row = next(iter(queries.lock_by_key(connection, [key, *older])), None)
        if row is not None:
            before = Consent(row.consent)
            gone = after(before, Event.FORGET)
            step = Step(row.id, key, before, gone, "staff", dict(row._mapping))
            tell(connection, [step], now)
            part(connection, row, now)
            persons.delete_safe(connection, row.id)
            communities.delete_memberships(connection, row.id)
            queries.set_contacts(connection, [_emptied(row.id, gone, now)])
        focal.forget(connection, vault, number)
        queries.delete_events(connection, [key, *older])
        queries.bury(connection, key, older, day)
        audit.note(connection, asking, "forget", row.public_id if row else "", now)
    return row is not None


def _emptied(contact_id: int, consent: Consent, now: datetime) -> dict[str, Any]:
    return BLANK | {
        "b_id": contact_id,
        "number_key": secrets.token_bytes(32),  # Leads to nobody, and is as unique as the others.
        "number_sealed": b"",
        "consent": consent,
        "timezone": HOME_ZONE.key,
        "operator_hint": "",
        "own_words": [],
        "updated_at": now,
    }


def _values(engine: Engine, clock: Clock, number: str, given: Mapping[str, str]) -> dict[str, str]:
    """`given` as columns; a place sets its province and commune together."""
    unknown = sorted(given.keys() - BLANK.keys())
    if unknown or not given:
        what = f"Nothing named {unknown[0]!r} can be corrected." if unknown else "Nothing is given."
        raise BadInput(what, remedy=f"Use --set with one of: {', '.join(CORRECTABLE)}.")
    today = local_day(clock.now())
    found = read({"phone": number, **given}, today, gazetteer(engine).find)
    if not isinstance(found, Entry):
        raise refusal(found)
    names = given.keys() | _PLACES if given.keys() & _PLACES else given.keys()
    return {name: found.values.get(name, BLANK[name]) for name in names}


def _only(names: tuple[str, ...], row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
