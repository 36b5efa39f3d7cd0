"""The focal person of a community: a role and a number, sealed together, and never a name (S17)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from outreach.kernel.errors import BadInput
from outreach.kernel.mask import scrub
from outreach.kernel.sealing import Vault
from outreach.people.communities import queries
from outreach.people.rules.numbers import number_in

_ROLE_MOST = 60


@dataclass(frozen=True)
class Focal:
    """Who is asked about a community: a role, such as village chief, and a number."""

    role: str
    number: str = field(repr=False)


def checked(given: Focal) -> Focal:
    """`given` with its number in E.164; raises BadInput."""
    if not 0 < len(given.role) <= _ROLE_MOST or scrub(given.role) != given.role:
        raise BadInput(f"A role has 1 to {_ROLE_MOST} characters and no number.", where="--role")
    return Focal(given.role, number_in(given.number, "--focal"))


def seal(vault: Vault, focal: Focal) -> bytes:
    """What is stored."""
    return vault.seal(json.dumps({"role": focal.role, "number": focal.number}))


def unseal(vault: Vault, row: Row[Any]) -> Focal | None:
    """The focal person of a community's row, if there is one."""
    return Focal(**json.loads(vault.unseal(row.focal_sealed))) if row.focal_sealed else None


def codes_of(connection: Connection, vault: Vault, number: str) -> list[str]:
    """The join codes of communities whose focal person has `number` (S24)."""
    return [row.join_code for row in _of(connection, vault, number)]


def forget(connection: Connection, vault: Vault, number: str) -> None:
    """Takes `number` out of every community that is asked through it (S24)."""
    for row in _of(connection, vault, number):
        queries.change(connection, row.id, {"focal_sealed": None})


def _of(connection: Connection, vault: Vault, number: str) -> Iterator[Row[Any]]:
    # The number has no fingerprint here: there are thousands of communities at most.
    for row in queries.with_focal(connection):
        focal = unseal(vault, row)
        if focal is not None and focal.number == number:
            yield row
