"""Saves audiences under a name, shows them, deletes them; finds the rule that somebody names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row

from outreach.content.audience import file as audience_file
from outreach.content.audience.rule import Rule, as_json, digest
from outreach.content.audience.written import stored
from outreach.kernel.clock import Clock
from outreach.kernel.errors import Conflict, NotFound
from outreach.kernel.i18n import LANGUAGES
from outreach.planning.audience.lookup import look_up, names_in
from outreach.planning.audience.saved import queries
from outreach.planning.audience.words import sentence
from outreach.store.engine import reading, transaction

_CAMPAIGN = "campaign.yaml"


@dataclass(frozen=True)
class SavedAudience:
    """A saved audience. `rule` is as it may be written in a file, `said` the sentence in each
    language; `used_by` are campaigns that were loaded with it, `outdated` those of them that were
    loaded before its last change."""

    slug: str
    name_km: str
    name_en: str
    version: int
    digest: str
    rule: Any
    said: dict[str, str]
    updated_by: str
    updated_at: datetime
    used_by: tuple[str, ...]
    outdated: tuple[str, ...]


def save(engine: Engine, clock: Clock, path: Path, *, by: str) -> SavedAudience:
    """Saves the audience in a file under the file's name, or what it says now; saving the same
    again changes nothing. Campaigns take a change when they are loaded again. Raises BadInput."""
    file, now = audience_file.load(path), clock.now()
    with transaction(engine) as connection:
        rule = look_up(connection, path, file.rule)
        known = queries.locked_by_slug(connection, file.slug)
        row = {
            "name_km": file.name_km,
            "name_en": file.name_en,
            "rule": as_json(rule),
            "digest": digest(rule),
        }
        stamp = {"updated_by": by, "updated_at": now}
        if known is None:
            first = {"slug": file.slug, "created_by": by, "created_at": now}
            queries.add(connection, row | stamp | first)
        elif any(getattr(known, name) != value for name, value in row.items()):
            version = known.version + (known.digest != row["digest"])
            queries.change(connection, known.id, row | stamp | {"version": version})
        return _shown(connection, _row(connection, file.slug))


def everything(engine: Engine) -> tuple[SavedAudience, ...]:
    """All saved audiences."""
    with reading(engine) as connection:
        return tuple(_shown(connection, row) for row in queries.all_saved(connection))


def show(engine: Engine, slug: str) -> SavedAudience:
    """One of them; raises NotFound."""
    with reading(engine) as connection:
        return _shown(connection, _row(connection, slug))


def delete(engine: Engine, slug: str) -> None:
    """Deletes one that no campaign names; raises NotFound or Conflict."""
    with transaction(engine) as connection:
        row = _row(connection, slug)
        campaigns = [user.slug for user in queries.users(connection, slug)]
        if campaigns:
            raise Conflict(
                f"Campaigns name this audience: {', '.join(campaigns)}.",
                remedy="Load them with another one first.",
            )
        queries.remove(connection, row.id)


def rule_of(connection: Connection, what: str) -> Rule:
    """The looked-up rule of a saved audience's name, an audience's file or a campaign's folder;
    raises NotFound or BadInput."""
    path = Path(what)
    if path.is_dir():
        path, own = path / _CAMPAIGN, path.resolve().name
    elif path.suffix in audience_file.SUFFIXES:
        own = path.resolve().parent.name if path.name == _CAMPAIGN else ""
    else:
        return stored(_row(connection, what).rule)
    return look_up(connection, path, audience_file.rule_in(path), own=own)


def explain(engine: Engine, what: str) -> dict[str, str]:
    """The same rule as a sentence in each language; raises NotFound or BadInput."""
    with reading(engine) as connection:
        return _said(connection, rule_of(connection, what))


def _row(connection: Connection, slug: str) -> Row[Any]:
    row = queries.by_slug(connection, slug)
    if row is None:
        known = ", ".join(saved.slug for saved in queries.all_saved(connection))
        raise NotFound(
            f"There is no saved audience {slug!r}.",
            remedy=f"Saved are: {known}." if known else "Save one: outreach audience save FILE",
        )
    return row


def _said(connection: Connection, rule: Rule) -> dict[str, str]:
    names = names_in(connection, rule)
    return {language: sentence(rule, language, names) for language in LANGUAGES}


def _shown(connection: Connection, row: Row[Any]) -> SavedAudience:
    users = queries.users(connection, row.slug)
    return SavedAudience(
        slug=row.slug,
        name_km=row.name_km,
        name_en=row.name_en,
        version=row.version,
        digest=row.digest,
        rule=row.rule,
        said=_said(connection, stored(row.rule)),
        updated_by=row.updated_by,
        updated_at=row.updated_at,
        used_by=tuple(user.slug for user in users),
        outdated=tuple(user.slug for user in users if digest(stored(user.audience)) != row.digest),
    )
