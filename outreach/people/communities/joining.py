"""Lets people join a community: by texting its code, by ringing its number, or through staff.

Joining is the person's own act, so it is consent, to the wording of the community's poster (S12).
It does not undo a STOP: only START does (S14).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from outreach.kernel.sealing import Vault
from outreach.people.communities import queries
from outreach.people.consenting import on_day, step
from outreach.people.rules.community import columns_of
from outreach.people.rules.consent import Event
from outreach.people.rules.join_code import read_code
from outreach.people.rules.row import Evidence
from outreach.store.ledger import Fact, append


def numbers(connection: Connection) -> list[str]:
    """Our numbers by which people join a community."""
    return list(queries.join_numbers(connection))


def by_code(
    connection: Connection, vault: Vault, number: str, code: str, *, at: datetime, language: str
) -> bool:
    """Somebody texted JOIN and a code; False where it is nobody's, and nothing is changed."""
    known = read_code(code)
    community = queries.by_code(connection, known) if known else None
    if community is None:
        return False
    said = f"texted JOIN {community.join_code}"
    _enter(connection, vault, number, community, "join_code", said, "sms", language, at)
    return True


def rung(connection: Connection, to: str, at: datetime) -> Row[Any] | None:
    """The community that a call to our number `to` joined `at` that time, or None where nobody
    joined by it: what was rung before there was the community says yes to nothing."""
    community = queries.by_number(connection, to)
    return community if community is not None and community.created_at <= at else None


def by_call(
    connection: Connection, vault: Vault, number: str, community: Row[Any], *, at: datetime
) -> None:
    """Somebody rang the number of `community`."""
    said = f"rang the number of {community.join_code}"
    _enter(connection, vault, number, community, "missed_call", said, "voice", "", at)


def enter(
    connection: Connection,
    vault: Vault,
    number: str,
    community: Row[Any],
    *,
    how: str,
    source: str,
    evidence: Evidence,
    language: str,
    at: datetime,
) -> int | None:
    """Makes `number` (E.164) a member who consents by `evidence`; their contact's id."""
    adds = columns_of(community.kind, community.place, community.country)
    contact = step(
        connection,
        vault,
        number,
        Event.JOIN,
        at=at,
        source=source,
        evidence=evidence,
        adds=adds | {"language": language or community.language},
    )
    if contact is not None:
        member = {"community_id": community.id, "contact_id": contact, "how": how, "at": at}
        if queries.put_members(connection, [member]):
            append(connection, [Fact("community.joined", at, contact_id=contact, detail=how)])
    return contact


def _enter(
    connection: Connection,
    vault: Vault,
    number: str,
    community: Row[Any],
    how: str,
    said: str,
    source: str,
    language: str,
    at: datetime,
) -> None:
    enter(
        connection,
        vault,
        number,
        community,
        how=how,
        source=source,
        evidence=on_day(said, at, community.wording),
        language=language,
        at=at,
    )
