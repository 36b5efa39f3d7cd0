"""Says of whom an export is: a community of the register, or a saved audience."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, NotFound
from outreach.kernel.sealing import Vault
from outreach.people.audit import Asking
from outreach.people.communities import queries as communities
from outreach.people.exports import exporting
from outreach.people.exports.exporting import ExportView
from outreach.people.exports.queries import Chosen, members_of
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
    if not rows:
        raise NotFound("There is no such community.", remedy="See: outreach communities list")
    return exporting.request(engine, clock, "community", rows[0].public_id, asking)


def write(engine: Engine, vault: Vault, clock: Clock, name: str, path: Path, by: str) -> ExportView:
    """Writes an allowed export to `path`; see `exporting.write`."""
    export = exporting.show(engine, name)
    return exporting.write(engine, vault, clock, name, path, _chosen(export), by)


def _chosen(export: ExportView) -> Chosen:
    return members_of(export.audience)
