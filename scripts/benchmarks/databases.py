"""What benchmarks share: a fresh database of each kind, and a large register made fast."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from outreach.bootstrap import migrate
from outreach.kernel.dimensions import NOT_ASKED
from outreach.kernel.ids import public_id
from outreach.kernel.sealing import Vault
from outreach.people.queries import CONTACTS
from outreach.people.tables import Contact
from outreach.settings import load_settings
from outreach.store.bulk import add_rows, reserve_ids
from outreach.store.engine import transaction
from scripts import postgres

_CHUNK = 50_000
_MOST = 10_000_000
_REGISTERED = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
# What `fill` varies; the rest of a contact is the model's own default. About one in ten people is
# not asked, most have consented.
_VARIED: dict[str, tuple[str, ...]] = {
    "consent": (*("consented",) * 8, "listed", "opted_out"),
    "language": ("km", "km", "km", "km", "vi", "en"),
    "reads": ("yes", "yes", "yes", "no", NOT_ASKED),
    "sex": ("female", "male", NOT_ASKED),
    "age_band": ("under 18", "18-24", "25-34", "35-49", "50+", NOT_ASKED),
    "audience": ("aspirant", "current", "returnee", "family", NOT_ASKED),
    "destination": ("TH", "TH", "MY", "KR", NOT_ASKED),
}


def each_database() -> Iterator[tuple[str, str]]:
    """("sqlite", url), then ("postgresql", url): fresh, migrated, and gone when the loop goes on.

    PostgreSQL is $TEST_DATABASE_URL's server where that is set, else one of our own from a wheel.
    """
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        migrate(load_settings(database_url=url)).dispose()
        yield "sqlite", url
    with postgresql() as url:
        migrate(load_settings(database_url=url)).dispose()
        yield "postgresql", url


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL database that is empty, and gone afterwards."""
    with (
        postgres.server(durable=True) as server,
        postgres.database(server, postgres.own("bench")) as url,
    ):
        yield url


def fill(engine: Engine, vault: Vault, count: int, *, seed: int = 1) -> None:
    """Adds `count` contacts with numbers of no operator (+855 38 and seven digits) and mixed
    attributes, without history: some 50 seconds a million. Communes are `PPDDCC` codes; the
    gazetteer is not needed."""
    if count > _MOST:
        raise ValueError(f"there are only {_MOST} such numbers")
    chance = random.Random(seed)
    same = _defaults()
    names = ("id", "public_id", "number_key", "number_sealed", "province", "commune", *_VARIED)
    for name in names:
        same.pop(name, None)
    for start in range(0, count, _CHUNK):
        positions = range(start, min(start + _CHUNK, count))
        same["created_at"] = same["updated_at"] = _REGISTERED + timedelta(seconds=start)
        with transaction(engine) as connection:
            ids = reserve_ids(connection, CONTACTS, len(positions))
            rows = (
                _contact(vault, chance, id_, at) for id_, at in zip(ids, positions, strict=True)
            )
            add_rows(connection, CONTACTS, names, rows, same)
    with transaction(engine) as connection:
        connection.execute(text("ANALYZE"))


def _contact(vault: Vault, chance: random.Random, row_id: int, position: int) -> tuple[Any, ...]:
    number = f"+85538{position:07d}"
    province = f"{chance.randrange(25) + 1:02}"
    commune = f"{province}{chance.randrange(8) + 1:02}{chance.randrange(8) + 1:02}"
    found = (vault.lookup(number), vault.seal(number), province, commune)
    varied = tuple(chance.choice(values) for values in _VARIED.values())
    return row_id, public_id("co"), *found, *varied


def _defaults() -> dict[str, Any]:
    """Of every column of a contact that the model gives one: what it is of who said nothing."""
    fields = Contact.model_fields
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in fields.items()
        if not field.is_required()
    }
