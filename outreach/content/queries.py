"""The SQL of wordings; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from outreach.content.tables import Wording
from outreach.store.types import table_of

WORDINGS = table_of(Wording)


@dataclass(frozen=True)
class Recording:
    """A recording to play: its public id, the file ("" for a placeholder) and its length in whole
    seconds."""

    public_id: str
    path: str
    seconds: int


def replace_wordings(
    connection: Connection, campaign_id: int, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Makes `rows` all that the campaign says."""
    connection.execute(WORDINGS.delete().where(WORDINGS.c.campaign_id == campaign_id))
    connection.execute(WORDINGS.insert(), list(rows))


def wordings_of(connection: Connection, campaign_id: int) -> Sequence[Row[Any]]:
    """All that a campaign says."""
    query = select(WORDINGS).where(WORDINGS.c.campaign_id == campaign_id)
    return connection.execute(query.order_by(WORDINGS.c.channel, WORDINGS.c.language)).all()


def languages_of(
    connection: Connection, campaign_ids: Collection[int]
) -> dict[int, set[tuple[str, str]]]:
    """In which languages and on which channels each campaign says something."""
    w = WORDINGS.c
    query = select(w.campaign_id, w.language, w.channel).where(w.campaign_id.in_(campaign_ids))
    found: dict[int, set[tuple[str, str]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.campaign_id, set()).add((row.language, row.channel))
    return found


def recording_of(connection: Connection, campaign_id: int, language: str) -> Recording | None:
    """The campaign's recording in `language`, else in Khmer, else None."""
    w = WORDINGS.c
    rows = connection.execute(
        select(w.language, w.public_id, w.path, w.seconds).where(
            w.campaign_id == campaign_id, w.channel == "voice", w.language.in_((language, "km"))
        )
    ).all()
    best = sorted(rows, key=lambda row: row.language != language)
    return Recording(best[0].public_id, best[0].path, best[0].seconds) if best else None


def recording(connection: Connection, public_id: str) -> Recording | None:
    """A recording by its public id."""
    w = WORDINGS.c
    row = connection.execute(
        select(w.public_id, w.path, w.seconds).where(w.public_id == public_id, w.channel == "voice")
    ).first()
    return Recording(row.public_id, row.path, row.seconds) if row else None
