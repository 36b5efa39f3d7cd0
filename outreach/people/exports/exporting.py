"""Asks for, allows and writes a file of contacts: two people, a reason, a watermark, an end (S22).

Only people who consent are in it: nobody is to be written to from a list who said no.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, Engine, Row

from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, Conflict, NotFound, Refused
from outreach.kernel.ids import public_id
from outreach.kernel.sealing import Vault
from outreach.people import audit
from outreach.people.audit import Asking
from outreach.people.enrolment import BLANK
from outreach.people.exports import queries
from outreach.people.exports.queries import Chosen
from outreach.people.rules.cells import phone_cell, safe_cell
from outreach.people.rules.export import (
    APPROVAL_LASTS,
    REQUEST_LASTS,
    Export,
    require_second,
    require_state,
)
from outreach.store.engine import reading, transaction

KINDS = ("community", "audience")
_CHUNK = 2_000
_LISTED = 50
# Every row says where it comes from, so that a part of the file says it too.
_WATERMARK = ("export", "exported_by", "exported_at")


@dataclass(frozen=True)
class ExportView:
    """An export as it may be shown: `audience` is what it is of, `contacts` how many it held."""

    public_id: str
    kind: str
    audience: str
    reason: str
    state: str
    requested_by: str
    requested_at: datetime
    approved_by: str
    expires_at: datetime
    written_at: datetime | None
    contacts: int | None


def request(engine: Engine, clock: Clock, kind: str, audience: str, asking: Asking) -> ExportView:
    """Asks for the contacts of a community or a saved audience (its public id)."""
    now, name = clock.now(), public_id("ex")
    with transaction(engine) as connection:
        queries.add(
            connection,
            {
                "public_id": name,
                "kind": kind,
                "audience": audience,
                "reason": asking.words,
                "requested_by": asking.by,
                "requested_at": now,
                "expires_at": now + REQUEST_LASTS,
            },
        )
        audit.note(connection, asking, "export_ask", name, now)
        return _view(_found(connection, name))


def decide(engine: Engine, clock: Clock, name: str, asking: Asking, *, yes: bool) -> ExportView:
    """A second person allows the export `name`, or refuses it. Raises NotFound, Refused or
    Conflict."""
    now = clock.now()
    with transaction(engine) as connection:
        row = _found(connection, name)
        require_second(row.requested_by, asking.by)
        require_state(row.state, Export.REQUESTED, row.expires_at, now)
        state = Export.APPROVED if yes else Export.REFUSED
        decided = {"approved_by": asking.by, "approved_at": now, "expires_at": now + APPROVAL_LASTS}
        queries.change(connection, row.id, {"state": state} | (decided if yes else {}))
        audit.note(connection, asking, "export_yes" if yes else "export_no", name, now)
        return _view(_found(connection, name))


def write(
    engine: Engine,
    vault: Vault,
    clock: Clock,
    name: str,
    path: Path,
    chosen: Chosen,
    by: str,
) -> ExportView:
    """Writes the file of an approved export, once, for whoever asked; raises Refused, Conflict,
    NotFound or BadInput. It is used up before the first number leaves: a writer that dies leaves
    no export behind of which nobody knows."""
    now = clock.now()
    asking = Asking(by, f"writes {name}")
    with transaction(engine) as connection:
        row = _found(connection, name)
        if row.requested_by != by:
            raise Refused("Only whoever asked for an export writes it (S22).")
        require_state(row.state, Export.APPROVED, row.expires_at, now)
        file = _create(path)
        queries.change(connection, row.id, {"state": Export.WRITING})
        audit.note(connection, asking, "export_write", name, now)
    with file:
        count = _write(engine, vault, file, row, chosen, now)
        file.flush()
        os.fsync(file.fileno())
    with transaction(engine) as connection:
        done = {"state": Export.WRITTEN, "written_at": clock.now(), "contacts": count}
        queries.change(connection, row.id, done)
        return _view(_found(connection, name))


def show(engine: Engine, name: str) -> ExportView:
    """One export; raises NotFound."""
    with transaction(engine) as connection:
        return _view(_found(connection, name))


def listed(engine: Engine) -> list[ExportView]:
    """The newest exports."""
    with reading(engine) as connection:
        return [_view(row) for row in queries.exports(connection, _LISTED)]


def _create(path: Path) -> TextIO:
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW
    try:
        handle = os.open(path, flags, 0o600)
    except FileExistsError as error:
        raise Conflict("This file is there already.", where=str(path)) from error
    except OSError as error:
        raise BadInput("This file can't be written.", where=str(path)) from error
    os.fchmod(handle, 0o600)
    # With a mark of UTF-8 spreadsheets show Khmer.
    return open(handle, "w", encoding="utf-8-sig", newline="")


def _write(
    engine: Engine,
    vault: Vault,
    file: TextIO,
    export: Row[Any],
    chosen: Chosen,
    now: datetime,
) -> int:
    columns = sorted(BLANK)
    writer = csv.writer(file)
    writer.writerow(["phone", *columns, *_WATERMARK])
    mark = [export.public_id, safe_cell(export.requested_by), f"{now:%Y-%m-%dT%H:%M:%SZ}"]
    count = 0
    with reading(engine) as connection:
        for row in _contacts(connection, chosen):
            told = [safe_cell(str(getattr(row, name))) for name in columns]
            writer.writerow([phone_cell(vault.unseal(row.number_sealed)), *told, *mark])
            count += 1
    return count


def _contacts(connection: Connection, chosen: Chosen) -> Iterator[Row[Any]]:
    rows: Sequence[Row[Any]] = queries.contacts(connection, chosen, 0, _CHUNK)
    while rows:
        yield from rows
        rows = queries.contacts(connection, chosen, rows[-1].id, _CHUNK)


def _found(connection: Connection, name: str) -> Row[Any]:
    row = queries.lock(connection, name)
    if row is None:
        raise NotFound("There is no such export.", remedy="See: outreach people export list")
    return row


def _view(row: Row[Any]) -> ExportView:
    return ExportView(
        row.public_id,
        row.kind,
        row.audience,
        row.reason,
        row.state,
        row.requested_by,
        row.requested_at,
        row.approved_by,
        row.expires_at,
        row.written_at,
        row.contacts,
    )
