"""Keeps the target populations that reports set people reached beside; every version stays."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Engine

from outreach.kernel.clock import Clock
from outreach.reach import queries
from outreach.reach.rules.allocation import Population
from outreach.store.engine import reading, transaction

_ADAPTER: TypeAdapter[list[Population]] = TypeAdapter(list[Population])


def keep(engine: Engine, clock: Clock, populations: Sequence[Population], *, by: str) -> int:
    """Keeps them as the next version and returns its number; the same again change nothing."""
    content: Any = _ADAPTER.dump_python(list(populations), mode="json")
    digest = hashlib.sha256(_ADAPTER.dump_json(list(populations))).hexdigest()
    row = {"digest": digest, "content": content, "loaded_by": by, "loaded_at": clock.now()}
    with transaction(engine) as connection:
        kept = queries.populations(connection)
        if kept is None or kept.digest != digest:
            queries.add_populations(connection, row)
            kept = queries.populations(connection)
        return int(kept.id) if kept is not None else 0


def kept(engine: Engine) -> tuple[Population, ...]:
    """The newest version; none where nobody gave any."""
    with reading(engine) as connection:
        row = queries.populations(connection)
    return () if row is None else tuple(_ADAPTER.validate_python(row.content))
