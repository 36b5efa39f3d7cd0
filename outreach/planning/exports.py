"""Says of whom an export is: a community of the register, or a saved audience."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from outreach.content.audience.written import stored
from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, NotFound
from outreach.kernel.sealing import Vault
from outreach.people.audit import Asking
from outreach.people.communities import queries as communities
from outreach.people.exports import exporting
from outreach.people.exports.exporting import ExportView
from outreach.people.exports.queries import Chosen, members_of
from outreach.planning.audience.queries import meant
from outreach.planning.audience.saved import queries as saved
from outreach.store.engine import reading


def request(
    engine: Engine, clock: Clock, community: str, audience: str, asking: Asking
) -> ExportView:
    """Asks for the contacts of a community (join code or public id) or of a saved audience;
    raises BadInput or NotFound."""
    if bool(community) == bool(audience):
        raise BadInput("An export is of a community or of an audience.", where="--community")
    with reading(engine) as connection:
        rows = communities.by_name(connection, [community])
        known = saved.by_slug(connection, audience) if audience else None
    if known is not None:
        return exporting.request(engine, clock, "audience", audience, asking)
    if not rows:
        what, where = ("saved audience", "audience") if audience else ("community", "communities")
        raise NotFound(f"There is no such {what}.", remedy=f"See: outreach {where} list")
    return exporting.request(engine, clock, "community", rows[0].public_id, asking)


def write(engine: Engine, vault: Vault, clock: Clock, name: str, path: Path, by: str) -> ExportView:
    """Writes an allowed export to `path`; see `exporting.write`."""
    export = exporting.show(engine, name)
    chosen = _chosen(engine, export, clock.now())
    return exporting.write(engine, vault, clock, name, path, chosen, by)


def _chosen(engine: Engine, export: ExportView, now: datetime) -> Chosen:
    if export.kind == "community":
        return members_of(export.audience)
    with reading(engine) as connection:
        row = saved.by_slug(connection, export.audience)
    if row is None:
        raise NotFound("The saved audience of this export is gone.", remedy="Ask for a new one.")
    return meant(stored(row.rule), now)
