"""Loads a grant's file as its next version, and shows what is kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from sqlalchemy import Connection, Engine, Row

from outreach.content.source import read_text
from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, Conflict, NotFound
from outreach.planning.campaigns import campaign_by_slug
from outreach.reach.grants import queries
from outreach.reach.grants.model import Grant, disagreeing
from outreach.store.engine import reading, transaction


@dataclass(frozen=True)
class KeptGrant:
    """A grant, which version of its file it is, who loaded it and when."""

    grant: Grant
    version: int
    digest: str
    loaded_by: str
    loaded_at: datetime


def read_grant(path: Path) -> Grant:
    """The grant in a YAML file. Raises NotFound or BadInput that names every mistake."""
    try:
        data = YAML(typ="safe", pure=True).load(read_text(path))
        return Grant.model_validate(data)
    except YAMLError as error:
        raise BadInput("This is not YAML.", where=str(path), remedy=str(error)) from error
    except ValidationError as error:
        problems = [
            f"{path}: {'.'.join(map(str, found['loc'])) or 'the grant'}: {found['msg']}."
            for found in error.errors(include_url=False, include_context=False)
        ]
        raise BadInput("\n".join(problems)) from None


def load(engine: Engine, clock: Clock, path: Path, *, by: str) -> KeptGrant:
    """Keeps a grant's file as its next version; the same content again changes nothing.

    Raises BadInput; NotFound for a campaign that there isn't; Conflict where figures that were
    published of an earlier version, or of another grant, could be subtracted from its own (S27).
    """
    grant = read_grant(path)
    content = grant.model_dump(mode="json")
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    with transaction(engine) as connection:
        for slug in grant.campaigns:
            campaign_by_slug(connection, slug)
        queries.lock(connection)
        rows = queries.versions(connection)
        mine = [row for row in rows if row.slug == grant.slug]
        if not mine or mine[-1].digest != digest:
            _refuse_subtractable(grant, rows)
            queries.add(
                connection,
                {
                    "slug": grant.slug,
                    "version": len(mine) + 1,
                    "digest": digest,
                    "content": content,
                    "loaded_by": by,
                    "loaded_at": clock.now(),
                },
            )
        return _kept(queries.versions(connection, grant.slug)[-1])


def show(engine: Engine, slug: str, version: int | None = None) -> KeptGrant:
    """A grant as it is, or as it was in a version. Raises NotFound."""
    with reading(engine) as connection:
        return find(connection, slug, version)


def find(connection: Connection, slug: str, version: int | None = None) -> KeptGrant:
    """The same inside the caller's transaction."""
    rows = [row for row in queries.versions(connection, slug) if version in (None, row.version)]
    if not rows:
        raise NotFound(
            f"There is no grant {slug!r}" + (f" of version {version}." if version else "."),
            remedy="See `outreach grants list`, or load its file.",
        )
    return _kept(rows[-1])


def every(engine: Engine) -> list[KeptGrant]:
    """The newest version of each grant, by slug."""
    with reading(engine) as connection:
        newest = {row.slug: row for row in queries.versions(connection)}
    return [_kept(row) for row in newest.values()]


def _kept(row: Row[Any]) -> KeptGrant:
    grant = Grant.model_validate(row.content)
    return KeptGrant(grant, row.version, row.digest, row.loaded_by, row.loaded_at)


def _refuse_subtractable(grant: Grant, rows: Any) -> None:
    mine, spans = set(grant.campaigns), grant.spans()
    for row in rows:
        other = Grant.model_validate(row.content)
        theirs = set(other.campaigns)
        if theirs != mine and (theirs & mine or other.slug == grant.slug):
            raise Conflict(
                f"Version {row.version} of {other.slug} has some of these campaigns, not the same.",
                where="campaigns",
                remedy="Two grants have the same campaigns, or none in common: else the people of "
                "one could be subtracted from the other's. Name the same ones.",
            )
        if theirs == mine and disagreeing(spans | other.spans()):
            raise Conflict(
                f"A period overlaps another one of version {row.version} of {other.slug}.",
                where="targets",
                remedy="Periods are the same as before, or have no day in common with them.",
            )
