"""Ends what we had with a person whose number changed hands (S16): consent, settings, links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from outreach.kernel.clock import Clock
from outreach.kernel.errors import NotFound
from outreach.kernel.sealing import Vault
from outreach.people import audit, queries
from outreach.people.audit import Asking
from outreach.people.communities.queries import end_memberships
from outreach.people.enrolment import BLANK
from outreach.people.history import Step, note
from outreach.people.persons import queries as persons
from outreach.people.persons.linking import part
from outreach.people.rules.consent import Consent, Event, after
from outreach.people.rules.numbers import number_in
from outreach.people.rules.row import Evidence
from outreach.store.engine import transaction


def not_me(engine: Engine, vault: Vault, clock: Clock, written: str, asking: Asking) -> None:
    """Somebody else answers at a number: all that we knew is not theirs. Raises NotFound."""
    now = clock.now()
    with transaction(engine) as connection:
        queries.hold(connection, alone=False)
        rows = queries.lock_by_key(connection, vault.lookups(number_in(written)))
        if not rows:
            raise NotFound("This number is not in the register.")
        for row in rows:
            end(connection, row, now, source="staff", how="not me")
            audit.note(connection, asking, "not_me", row.public_id, now)


def unreachable(connection: Connection, ids: Sequence[int], now: datetime) -> int:
    """Ends what we had with contacts whom nobody reached for too long; returns how many."""
    queries.hold(connection, alone=False)
    rows = [row for i in sorted(ids) if (row := queries.lock_contact(connection, i)) is not None]
    live = [row for row in rows if row.consent == Consent.CONSENTED]
    for row in live:
        end(connection, row, now, source="system", how="unreachable")
    return len(live)


def end(connection: Connection, row: Row[Any], now: datetime, *, source: str, how: str) -> None:
    """Ends consent, attributes, settings, memberships and links of a locked contact; a STOP of the
    number stays (S14). Only a START or JOIN of whoever has it now begins anew."""
    before = Consent(row.consent)
    gone = after(before, Event.LAPSE)
    part(connection, row, now)
    persons.delete_safe(connection, row.id)
    end_memberships(connection, row.id, now)
    blank = {"b_id": row.id, "consent": gone, "own_words": [], "updated_at": now}
    queries.set_contacts(connection, [BLANK | blank])
    if gone is not before:
        evidence = Evidence(how, "", "")
        step = Step(row.id, row.number_key, before, gone, source, dict(row._mapping), evidence)
        note(connection, [step], now)
