"""Adds accounts, changes their roles, renews and closes them; each leaves a note of who did it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, Conflict, NotFound
from outreach.staff import queries
from outreach.staff.rules.limits import ENROLMENT
from outreach.staff.rules.roles import Role
from outreach.staff.secrets import fingerprint, in_groups, new_code
from outreach.store.engine import reading, transaction

_NAME = re.compile(r"[a-z][a-z0-9._-]{1,38}[a-z0-9]")
_PROVINCE = re.compile(r"\d{2}")


@dataclass(frozen=True)
class Account:
    """An account as it may be shown. `state` is invited, open or closed; `alert_by` is how they are
    told that somebody waits, or "" where no number is kept."""

    name: str
    roles: tuple[Role, ...]
    province: str
    state: str
    signed_in_at: datetime | None
    languages: tuple[str, ...]
    sex: str
    child_trained: bool
    alert_by: str


def add(
    engine: Engine, clock: Clock, name: str, roles: Collection[str], province: str, *, by: str
) -> str:
    """Adds an account and returns its one-time code; raises BadInput or Conflict."""
    _check_name(name)
    given, code, now = _roles(roles, province), new_code(), clock.now()
    row = {
        "name": name,
        "roles": given,
        "province": province,
        "password_hash": "",
        "totp_sealed": b"",
        "totp_step": 0,
        "created_at": now,
        **_enrolling(code, now),
    }
    with transaction(engine) as connection:
        if not queries.add(connection, row):
            raise Conflict(
                f"There is an account {name!r} already.",
                remedy=f"If its phone or password is lost: outreach staff renew {name}. If it is "
                "another person's, choose another name.",
            )
        queries.audit(connection, by, "added", name, now)
    return in_groups(code)


def renew(engine: Engine, clock: Clock, name: str, *, by: str) -> str:
    """Makes an account begin again (phone or password lost, or closed): ends its sessions and
    returns a new one-time code."""
    code, now = new_code(), clock.now()
    fresh = {"password_hash": "", "totp_sealed": b"", "closed_at": None, **_enrolling(code, now)}
    with transaction(engine) as connection:
        row = known(connection, name)
        queries.change(connection, row.id, fresh)
        queries.end_sessions(connection, row.id)
        queries.audit(connection, by, "renewed", name, now)
    return in_groups(code)


def set_roles(
    engine: Engine, clock: Clock, name: str, roles: Collection[str], province: str, *, by: str
) -> None:
    """Replaces what somebody is here for; takes effect at once."""
    given = _roles(roles, province)
    with transaction(engine) as connection:
        row = known(connection, name)
        queries.change(connection, row.id, {"roles": given, "province": province})
        # Whoever had no second factor and needs one now has to sign in anew.
        queries.end_sessions(connection, row.id)
        queries.audit(connection, by, "roles changed", name, clock.now())


def close(engine: Engine, clock: Clock, name: str, *, by: str) -> None:
    """Closes an account and ends its sessions; what it did stays in the audit."""
    gone = {
        "closed_at": clock.now(),
        "password_hash": "",
        "totp_sealed": b"",
        "enrol_key": "",
        "phone_sealed": None,
    }
    with transaction(engine) as connection:
        row = known(connection, name)
        queries.change(connection, row.id, gone)
        queries.end_sessions(connection, row.id)
        queries.audit(connection, by, "closed", name, clock.now())


def end_all_sessions(engine: Engine, clock: Clock, *, by: str) -> int:
    """Signs everybody out; returns how many sessions ended."""
    with transaction(engine) as connection:
        ended = queries.end_sessions(connection)
        queries.audit(connection, by, "signed all out", "", clock.now())
    return ended


def accounts(engine: Engine) -> tuple[Account, ...]:
    """All accounts by name."""
    with reading(engine) as connection:
        return tuple(
            Account(
                row.name,
                tuple(Role(role) for role in row.roles),
                row.province,
                "closed" if row.closed_at else ("open" if row.password_hash else "invited"),
                row.signed_in_at,
                tuple(row.languages),
                row.sex,
                row.child_trained,
                row.alert_by if row.phone_sealed else "",
            )
            for row in queries.everybody(connection)
        )


def any_account(engine: Engine) -> bool:
    """Whether anybody was ever given an account."""
    with reading(engine) as connection:
        return queries.any_account(connection)


def _enrolling(code: str, now: datetime) -> dict[str, Any]:
    return {"enrol_key": fingerprint(code), "enrol_until": now + ENROLMENT}


def known(connection: Connection, name: str) -> Row[Any]:
    """An account, locked until the transaction ends; raises NotFound."""
    row = queries.lock_by_name(connection, name)
    if row is None:
        raise NotFound(f"There is no account {name!r}.", remedy="See: outreach staff list")
    return row


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or sum(c.isdigit() for c in name) > 4:
        raise BadInput(
            "An account's name has 3 to 40 small letters, digits, dots or dashes, and at most four "
            "digits: a phone number is none.",
            where="NAME",
        )


def _roles(roles: Collection[str], province: str) -> Sequence[str]:
    unknown = sorted(set(roles) - set(Role))
    if unknown or not roles:
        what = f"There is no role {unknown[0]!r}." if unknown else "An account needs a role."
        raise BadInput(what, where="--role", remedy=f"Roles: {', '.join(Role)}.")
    if (Role.COORDINATOR in roles) != bool(_PROVINCE.fullmatch(province)):
        raise BadInput(
            "A coordinator has a province, and nobody else.",
            where="--province",
            remedy="Give its two-digit code, e.g. --role coordinator --province 02.",
        )
    return sorted(set(roles))
