"""Members of staff who have signed in once, as tests need them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from outreach.kernel.clock import Clock
from outreach.kernel.sealing import Vault
from outreach.staff import accounts, queries
from outreach.staff.profiles import Profile, set_profile
from outreach.store.engine import transaction


def join(
    engine: Engine, vault: Vault, clock: Clock, name: str, role: str = "hotline_worker", **kept: Any
) -> None:
    """Adds an open account with a profile; without its password: hashing takes long."""
    accounts.add(engine, clock, name, [role], "", by="tests")
    if kept:
        set_profile(engine, vault, clock, name, Profile(**kept), by="tests")
    with transaction(engine) as connection:
        row = queries.by_name(connection, name)
        assert row is not None
        queries.change(connection, row.id, {"password_hash": "x"})
