"""Sets whom a member of staff can help, and how they are told that somebody waits.

Their number is a number like any other: sealed, and shown to nobody (S18).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from outreach.kernel.clock import Clock
from outreach.kernel.dimensions import VALUES
from outreach.kernel.errors import BadInput
from outreach.kernel.sealing import Vault
from outreach.staff import queries
from outreach.staff.accounts import known
from outreach.store.engine import transaction

CHANNELS = ("sms", "voice")
_E164 = re.compile(r"\+\d{8,15}")


@dataclass(frozen=True)
class Profile:
    """What changes; None stays as it is. `phone` is in E.164, or "" to take it out; `alert_by` is
    sms or voice."""

    languages: Sequence[str] | None = None
    sex: str | None = None
    child_trained: bool | None = None
    phone: str | None = field(default=None, repr=False)
    alert_by: str | None = None


def set_profile(
    engine: Engine, vault: Vault, clock: Clock, name: str, profile: Profile, *, by: str
) -> None:
    """Changes what is kept of `name`; raises BadInput or NotFound."""
    values = _checked(vault, profile)
    with transaction(engine) as connection:
        row = known(connection, name)
        queries.change(connection, row.id, values)
        queries.audit(connection, by, "profile changed", name, clock.now())


def _checked(vault: Vault, profile: Profile) -> dict[str, Any]:
    _among("--language", profile.languages or (), VALUES["language"])
    _among("--sex", () if profile.sex is None else (profile.sex,), VALUES["sex"])
    _among("--alert-by", () if profile.alert_by is None else (profile.alert_by,), CHANNELS)
    if profile.phone and not _E164.fullmatch(profile.phone):
        raise BadInput("This is no number in full.", where="--number", remedy="Begin with +855.")
    given: dict[str, Any] = {
        "languages": None if profile.languages is None else sorted(set(profile.languages)),
        "sex": profile.sex,
        "child_trained": profile.child_trained,
        "alert_by": profile.alert_by,
    }
    values = {name: value for name, value in given.items() if value is not None}
    if profile.phone is not None:
        values["phone_sealed"] = vault.seal(profile.phone) if profile.phone else None
    if not values:
        raise BadInput("Nothing is to be changed.", remedy="Give at least one option.")
    return values


def _among(where: str, given: Sequence[str], allowed: Sequence[str]) -> None:
    wrong = next((value for value in given if value not in allowed), None)
    if wrong is not None:
        raise BadInput(f"{wrong!r} is none.", where=where, remedy=f"One of: {', '.join(allowed)}.")
