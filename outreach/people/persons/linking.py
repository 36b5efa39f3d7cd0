"""Links the numbers of one person, on their word, so that reach counts the person once.

What a number said stays its own: a STOP stops that number, because the two phones may lie in
different hands. The facts carry ids alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, Conflict, NotFound
from outreach.kernel.sealing import Vault
from outreach.people import audit, queries
from outreach.people.audit import Asking
from outreach.people.persons import queries as persons
from outreach.people.rules.numbers import number_in
from outreach.store.engine import transaction
from outreach.store.ledger import Fact, append

LINKED, UNLINKED = "person.linked", "person.unlinked"


def link(engine: Engine, vault: Vault, clock: Clock, one: str, other: str, asking: Asking) -> int:
    """Links two numbers (any notation) of one person, and with them whatever either is linked to;
    returns how many numbers the person now has. Raises BadInput, NotFound or Conflict."""
    pairs = [vault.lookups(number_in(written)) for written in (one, other)]
    if pairs[0] == pairs[1]:
        raise BadInput("These are one number, not two.")
    now = clock.now()
    with transaction(engine) as connection:
        queries.hold(connection, alone=False)
        rows = persons.lock_people(connection, [key for keys in pairs for key in keys])
        named = [next((r for r in rows if r.number_key in keys), None) for keys in pairs]
        if any(row is None for row in named):
            raise NotFound("A number that is not in the register can't be linked.")
        if len({row.person_id or -row.id for row in named if row}) == 1:
            raise Conflict("These numbers are linked already.")
        person = min(row.person_id or row.id for row in rows)
        moving = [row for row in rows if row.person_id != person]
        persons.set_person(connection, [row.id for row in moving], person)
        append(connection, [*_parted(moving, now), *_joined(moving, person, now)])
        for row in named:
            audit.note(connection, asking, "link", row.public_id if row else "", now)
    return len(rows)


def unlink(engine: Engine, vault: Vault, clock: Clock, written: str, asking: Asking) -> None:
    """Makes a number a person of its own again. Raises NotFound or Conflict."""
    now = clock.now()
    with transaction(engine) as connection:
        queries.hold(connection, alone=False)
        rows = persons.lock_people(connection, keys := vault.lookups(number_in(written)))
        contact = next((row for row in rows if row.number_key in keys), None)
        if contact is None:
            raise NotFound("This number is not in the register.")
        if contact.person_id is None:
            raise Conflict("This number is not linked.")
        part(connection, contact, now)
        audit.note(connection, asking, "unlink", contact.public_id, now)


def part(connection: Connection, contact: Row[Any], now: datetime) -> None:
    """Takes a contact out of its person, if it has one; one number left over is no link."""
    if contact.person_id is None:
        return
    rows = persons.lock_person(connection, contact.person_id)
    others = [row for row in rows if row.id != contact.id]
    parting = rows if len(others) == 1 else [row for row in rows if row.id == contact.id]
    persons.set_person(connection, [row.id for row in parting], None)
    append(connection, _parted(parting, now))


def _joined(rows: Sequence[Row[Any]], person: int, at: datetime) -> list[Fact]:
    return [Fact(LINKED, at, contact_id=row.id, detail=str(person)) for row in rows]


def _parted(rows: Sequence[Row[Any]], at: datetime) -> list[Fact]:
    return [
        Fact(UNLINKED, at, contact_id=row.id, detail=str(row.person_id))
        for row in rows
        if row.person_id is not None
    ]
