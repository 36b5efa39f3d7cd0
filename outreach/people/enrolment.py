"""Brings the entries of a file into the register, by what the register knows already.

An import never revives an opt-out and never overwrites what a person told us themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from outreach.kernel.dimensions import NOT_ASKED
from outreach.kernel.ids import public_id
from outreach.kernel.sealing import Vault
from outreach.people import queries
from outreach.people.history import Step, note
from outreach.people.rules.consent import Consent, Event, after
from outreach.people.rules.row import Entry

# What a contact is of whom nothing was said.
BLANK = {
    "language": "km",
    "channel": "",
    "reads": NOT_ASKED,
    "shows_khmer": NOT_ASKED,
    "sex": NOT_ASKED,
    "age_band": NOT_ASKED,
    "audience": NOT_ASKED,
    "destination": NOT_ASKED,
    "sector": NOT_ASKED,
    "present": NOT_ASKED,
    "province": NOT_ASKED,
    "commune": NOT_ASKED,
}
_SOURCE = "import"


@dataclass
class Tally:
    """What an import did so far. `seen` holds eight bytes of each fingerprint: about 60 MB for a
    million rows, and no two of a million are the same by chance."""

    rows: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    listed: int = 0
    opted_out: int = 0
    seen: set[int] = field(default_factory=set, repr=False)

    def as_dict(self) -> dict[str, int]:
        """The figures, for a report."""
        return {name: value for name, value in asdict(self).items() if name != "seen"}

    def is_new(self, key: bytes) -> bool:
        """Whether this file has not had the number yet; the first row wins."""
        short = int.from_bytes(key[:8], "big")
        if short in self.seen:
            self.duplicates += 1
            return False
        self.seen.add(short)
        return True


@dataclass
class Plan:
    """What is to be written: new rows, changed rows, and the steps of consent of both."""

    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True)
class _Item:
    entry: Entry
    keys: Sequence[bytes] = field(repr=False)


def plan(
    connection: Connection, vault: Vault, entries: Iterable[Entry], now: datetime, tally: Tally
) -> Plan:
    """What `entries` change; counts it in `tally` and writes nothing."""
    items = [_Item(entry, vault.lookups(entry.number.e164)) for entry in entries]
    items = [item for item in items if tally.is_new(item.keys[0])]
    keys = [key for item in items for key in item.keys]
    known = {row.number_key: row for row in queries.contacts_by_key(connection, keys)}
    stopped = queries.opted_out(connection, keys)
    planned = Plan()
    for item in items:
        row = next((known[key] for key in item.keys if key in known), None)
        said_stop = not stopped.isdisjoint(item.keys)
        if row is None:
            consent = _add(planned, vault, item, said_stop, now)
            tally.added += 1
        else:
            changed, consent = _change(planned, row, item, said_stop, now)
            tally.updated += changed
            tally.unchanged += not changed
        tally.listed += consent is Consent.LISTED
        tally.opted_out += consent is Consent.OPTED_OUT
    return planned


def enrol(
    connection: Connection, vault: Vault, entries: Iterable[Entry], now: datetime, tally: Tally
) -> None:
    """Brings `entries` in, in the caller's transaction; counts them in `tally`.

    A STOP that comes meanwhile waits for the transaction and then holds; one that is being written
    is waited for and seen.
    """
    queries.hold(connection, alone=True)
    write(connection, plan(connection, vault, entries, now, tally), now)


def write(connection: Connection, planned: Plan, now: datetime) -> None:
    """Writes a plan, in the caller's transaction."""
    ids = queries.add_contacts(connection, planned.added)
    queries.set_contacts(connection, planned.changed)
    steps = [
        step
        if step.contact_id is not None
        else Step(
            ids[step.number_key],
            step.number_key,
            step.before,
            step.after,
            step.source,
            step.person,
            step.evidence,
        )
        for step in planned.steps
    ]
    note(connection, steps, now)


def _add(planned: Plan, vault: Vault, item: _Item, said_stop: bool, now: datetime) -> Consent:
    entry = item.entry
    consent = Consent.OPTED_OUT if said_stop else after(None, _event(entry))
    person = BLANK | dict(entry.values)
    planned.added.append(
        person
        | {
            "public_id": public_id("co"),
            "number_key": item.keys[0],
            "number_sealed": vault.seal(entry.number.e164),
            "consent": consent,
            "timezone": entry.number.zone,
            "operator_hint": entry.number.operator_hint,
            "own_words": [],
            "created_at": now,
            "updated_at": now,
        }
    )
    planned.steps.append(Step(None, item.keys[0], None, consent, _SOURCE, person, entry.evidence))
    return consent


def _change(
    planned: Plan, row: Row[Any], item: _Item, said_stop: bool, now: datetime
) -> tuple[bool, Consent]:
    entry, before = item.entry, Consent(row.consent)
    consent = Consent.OPTED_OUT if said_stop else after(before, _event(entry))
    old = {name: getattr(row, name) for name in BLANK}
    said = {name: value for name, value in entry.values.items() if name not in row.own_words}
    person = old | said
    if consent is not before:
        step = Step(row.id, row.number_key, before, consent, _SOURCE, person, entry.evidence)
        planned.steps.append(step)
    if person == old and consent is before:
        return False, consent
    planned.changed.append(person | {"b_id": row.id, "consent": consent, "updated_at": now})
    return True, consent


def _event(entry: Entry) -> Event:
    return Event.EVIDENCE if entry.evidence else Event.LIST
