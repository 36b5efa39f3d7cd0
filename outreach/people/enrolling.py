"""What staff record of one person's consent, on that person's word: yes, no, stop, start again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Engine

from outreach.kernel.clock import Clock
from outreach.kernel.errors import Conflict, NotFound
from outreach.kernel.sealing import Vault
from outreach.people import audit, optout, queries
from outreach.people.audit import Asking
from outreach.people.communities import queries as communities
from outreach.people.communities.joining import enter
from outreach.people.consenting import on_day, step
from outreach.people.places import gazetteer
from outreach.people.rules.consent import Consent, Event
from outreach.people.rules.days import local_day
from outreach.people.rules.numbers import number_in
from outreach.people.rules.row import Entry, Evidence, read, refusal
from outreach.store.engine import transaction

_SOURCE = "staff"


def add(
    engine: Engine,
    vault: Vault,
    clock: Clock,
    written: str,
    given: Mapping[str, str],
    evidence: Evidence,
    by: str,
) -> None:
    """Registers somebody who said yes to a member of staff; `given` are columns in the words of a
    contact file, kept as the person's own. Raises BadInput, or Conflict where a STOP holds."""
    number, now = number_in(written), clock.now()
    entry = _entry(engine, now, number, given, evidence)
    with transaction(engine) as connection:
        contact = step(
            connection,
            vault,
            number,
            Event.JOIN,
            at=now,
            source=_SOURCE,
            evidence=entry.evidence,
            adds=entry.values,
        )
        _keep_own(connection, contact, entry.values, now)
        _noted(connection, vault, number, Asking(by, f"said yes: {evidence.how}"), "add", now)


def join(
    engine: Engine,
    vault: Vault,
    clock: Clock,
    code: str,
    written: str,
    evidence: Evidence,
    by: str,
) -> None:
    """Makes somebody who said yes to a member of staff a member of the community `code` (join code
    or public id). Raises BadInput, NotFound, or Conflict where a STOP holds."""
    number, now = number_in(written), clock.now()
    entry = _entry(engine, now, number, {}, evidence)
    with transaction(engine) as connection:
        found = communities.by_name(connection, [code.strip()])
        if not found or found[0].archived_at is not None:
            raise NotFound("There is no such community.", remedy="See: outreach communities list")
        enter(
            connection,
            vault,
            number,
            found[0],
            how="staff",
            source=_SOURCE,
            evidence=entry.evidence or evidence,
            language="",
            at=now,
        )
        _noted(connection, vault, number, Asking(by, f"joined: {evidence.how}"), "join", now)


def decline(engine: Engine, vault: Vault, clock: Clock, written: str, asking: Asking) -> None:
    """Records that somebody said no when asked. Raises NotFound for a stranger."""
    number, now = number_in(written), clock.now()
    with transaction(engine) as connection:
        evidence = on_day(asking.words[:80], now, "")
        contact = step(
            connection, vault, number, Event.DECLINE, at=now, source=_SOURCE, evidence=evidence
        )
        if contact is None:
            raise NotFound("This number is not in the register.")
        _audit(connection, vault, number, asking, "decline", now)


def stop(engine: Engine, vault: Vault, clock: Clock, written: str, asking: Asking) -> None:
    """Records a STOP that somebody told a member of staff, known to us or not (S14)."""
    number, now = number_in(written), clock.now()
    with transaction(engine) as connection:
        optout.opt_out(connection, vault, number, at=now, source=_SOURCE)
        _audit(connection, vault, number, asking, "stop", now)


def restart(
    engine: Engine, vault: Vault, clock: Clock, written: str, wording: str, asking: Asking
) -> None:
    """Undoes a STOP, with a reason that is kept (S14). Raises Conflict where none holds."""
    number, now = number_in(written), clock.now()
    with transaction(engine) as connection:
        if not queries.opted_out(connection, vault.lookups(number)):
            raise Conflict("This number has not said STOP.")
        evidence = on_day(asking.words[:80], now, wording)
        optout.start(connection, vault, number, at=now, source=_SOURCE, evidence=evidence)
        _audit(connection, vault, number, asking, "restart", now)


def _entry(
    engine: Engine, now: datetime, number: str, given: Mapping[str, str], evidence: Evidence
) -> Entry:
    today = local_day(now)
    told = {
        "consent_how": evidence.how,
        "consent_when": evidence.given_on or today.isoformat(),
        "consent_wording": evidence.wording,
    }
    found = read({"phone": number, **given, **told}, today, gazetteer(engine).find)
    if not isinstance(found, Entry):
        raise refusal(found)
    return found


def _keep_own(
    connection: Connection, contact: int | None, values: Mapping[str, str], now: datetime
) -> None:
    row = queries.lock_contact(connection, contact) if contact is not None and values else None
    if row is not None:
        own = sorted({*row.own_words, *values})
        fresh = {"b_id": row.id, "own_words": own, "updated_at": now}
        queries.set_contacts(connection, [dict(values) | fresh])


def _noted(
    connection: Connection, vault: Vault, number: str, asking: Asking, action: str, now: datetime
) -> None:
    """Audits a yes; raises Conflict where a STOP holds, so that nothing of it is kept."""
    rows = queries.contacts_by_key(connection, vault.lookups(number))
    if not rows or rows[0].consent == Consent.OPTED_OUT:
        raise Conflict(
            "This number said STOP, and only START undoes that (S14).",
            remedy="If the person told you themselves: outreach people restart",
        )
    audit.note(connection, asking, action, rows[0].public_id, now)


def _audit(
    connection: Connection, vault: Vault, number: str, asking: Asking, action: str, now: datetime
) -> None:
    rows = queries.contacts_by_key(connection, vault.lookups(number))
    audit.note(connection, asking, action, rows[0].public_id if rows else "", now)
