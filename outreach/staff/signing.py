"""Signs staff in: name, password and (all but donors) the code of their authenticator.

Whatever is wrong, the answer is the same and takes the same time, so nobody learns which names
exist. Wrong tries at a name make the next one wait, whether there is such an account or not; so do
many from one address (`origin`), at whatever names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row

from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, OutreachError
from outreach.kernel.sealing import Vault
from outreach.staff import queries
from outreach.staff.rules.limits import (
    FORGOTTEN,
    PASSWORD_LEAST,
    session_end,
    wait_after,
    wait_at,
    weak,
)
from outreach.staff.rules.roles import May, Role, allowed, needs_second_factor
from outreach.staff.secrets import (
    fingerprint,
    fits,
    hashed,
    new_token,
    new_totp,
    read_code,
    totp_step,
)
from outreach.store.engine import reading, transaction

# A session's last use is noted this coarsely: pages that refresh themselves must not write.
_COARSE = timedelta(minutes=1)


class NotSignedIn(OutreachError):
    """Name, password or code is wrong, or it is too early to try again."""

    exit_code, http_status = 7, 401


@dataclass(frozen=True)
class Who:
    """Somebody who is signed in."""

    name: str
    roles: tuple[Role, ...]
    province: str
    may: frozenset[May]
    child_trained: bool = False


@dataclass(frozen=True)
class Enrolment:
    """The second step of a first sign-in: `secret` goes into the authenticator, if a code will be
    asked for (`with_code`)."""

    name: str
    secret: str = field(repr=False)
    with_code: bool


def sign_in(
    engine: Engine,
    vault: Vault,
    clock: Clock,
    name: str,
    password: str,
    code: str,
    *,
    origin: str = "",
) -> str:
    """Begins a session and returns its token; raises NotSignedIn."""
    now, key = clock.now(), fingerprint(name)
    with reading(engine) as connection:
        _wait(connection, key, origin, now)
        row = queries.by_name(connection, name)
    # Hashing takes long, so no transaction is open meanwhile.
    password_hash = row.password_hash if row is not None else ""
    right = fits(password, password_hash)
    with transaction(engine) as connection:
        row = queries.lock_by_name(connection, name)
        # Asked again: of many tries at once each waited here for the one before it.
        early = _early(connection, key, origin, now)
        if right and not early and row is not None and row.password_hash == password_hash:
            step = _second(vault, row, code, now)
            if step is not None:
                queries.clear_tries(connection, key)
                queries.change(connection, row.id, {"totp_step": step})
                return _begin(connection, row, now)
        # Not raised inside: the note of a wrong try has to stay.
        _note_failure(connection, key, origin, now)
    raise NotSignedIn("Name, password or code is not right.")


def begin_enrolment(
    engine: Engine, vault: Vault, clock: Clock, name: str, code: str, *, origin: str = ""
) -> Enrolment:
    """Takes the one-time code and makes the secret of the second factor; may be repeated until
    `enrol` is through. Raises NotSignedIn."""
    now, key = clock.now(), fingerprint(name)
    with transaction(engine) as connection:
        _wait(connection, key, origin, now)
        row = queries.lock_by_name(connection, name)
        if row is not None and _enrols(row, code, now):
            secret = vault.unseal(row.totp_sealed) if row.totp_sealed else new_totp()
            queries.change(connection, row.id, {"totp_sealed": vault.seal(secret), "totp_step": 0})
            return Enrolment(row.name, secret, _with_code(row))
        _note_failure(connection, key, origin, now)
    raise NotSignedIn("The name or the one-time code is not right, or the code is over.")


def enrol(
    engine: Engine,
    vault: Vault,
    clock: Clock,
    name: str,
    code: str,
    password: str,
    totp: str,
    *,
    origin: str = "",
) -> str:
    """Sets the password once the authenticator's code is right; returns a session's token.

    Raises NotSignedIn, or BadInput for a weak password.
    """
    if weak(password, name):
        raise BadInput(
            f"The password needs {PASSWORD_LEAST} characters or more, and not your name in it."
        )
    now, key = clock.now(), fingerprint(name)
    password_hash = hashed(password)
    with transaction(engine) as connection:
        _wait(connection, key, origin, now)
        row = queries.lock_by_name(connection, name)
        invited = row if row is not None and _enrols(row, code, now) else None
        step = _second(vault, invited, totp, now) if invited else None
        if invited and step is not None:
            queries.clear_tries(connection, key)
            done = {"password_hash": password_hash, "enrol_key": "", "totp_step": step}
            queries.change(connection, invited.id, done)
            queries.audit(connection, name, "enrolled", name, now)
            return _begin(connection, invited, now)
        _note_failure(connection, key, origin, now)
    raise NotSignedIn("The code of the authenticator is not right.")


def who(engine: Engine, clock: Clock, token: str, *, used: bool = True) -> Who | None:
    """Whose session a token is, or None where there is none (any more); it lives on where it is
    `used` by a person, and not by a page that asks by itself."""
    key, now = fingerprint(token), clock.now()
    with reading(engine) as connection:
        row = queries.session(connection, key)
    if row is None:
        return None
    roles = tuple(Role(role) for role in row.roles)
    may = allowed(roles)
    if now >= session_end(may, row.begun_at, row.seen_at):
        with transaction(engine) as connection:
            queries.end_session(connection, key)
        return None
    if used and now - row.seen_at >= _COARSE:
        with transaction(engine) as connection:
            queries.seen(connection, key, now)
    return Who(row.name, roles, row.province, may, row.child_trained)


def sign_out(engine: Engine, token: str) -> None:
    """Ends a session."""
    with transaction(engine) as connection:
        queries.end_session(connection, fingerprint(token))


def _begin(connection: Connection, row: Row[Any], now: datetime) -> str:
    token = new_token()
    queries.add_session(
        connection,
        {
            "token_key": fingerprint(token),
            "staff_id": row.id,
            "begun_at": now,
            "seen_at": now,
        },
    )
    queries.change(connection, row.id, {"signed_in_at": now})
    queries.audit(connection, row.name, "signed in", row.name, now)
    return token


def _second(vault: Vault, row: Row[Any], code: str, now: datetime) -> int | None:
    """The step of the code, the old one where none is needed, or None where it is wrong."""
    if not _with_code(row):
        return int(row.totp_step)
    if not row.totp_sealed:
        return None
    secret = vault.unseal(row.totp_sealed)
    return totp_step(secret, code, now.timestamp(), row.totp_step)


def _with_code(row: Row[Any]) -> bool:
    return needs_second_factor(Role(role) for role in row.roles)


def _enrols(row: Row[Any], code: str, now: datetime) -> bool:
    if row.closed_at or not row.enrol_key:
        return False
    return bool(now < row.enrol_until and fingerprint(read_code(code)) == row.enrol_key)


def _wait(connection: Connection, key: str, origin: str, now: datetime) -> None:
    if _early(connection, key, origin, now):
        raise NotSignedIn("Too many wrong tries. Wait a few minutes and try again.")


def _early(connection: Connection, key: str, origin: str, now: datetime) -> bool:
    return queries.waits(connection, [key, *_address_keys(origin)], now)


def _note_failure(connection: Connection, key: str, origin: str, now: datetime) -> None:
    failures = queries.count_try(connection, key, now)
    queries.hold_tries(connection, key, now + wait_after(failures))
    for address in _address_keys(origin):
        failures = queries.count_try(connection, address, now)
        queries.hold_tries(connection, address, now + wait_at(failures))
    queries.forget_tries(connection, now - FORGOTTEN)


def _address_keys(origin: str) -> list[str]:
    # No name has a colon: whoever types an address as a name doesn't slow that down.
    return [fingerprint(f"from: {origin}")] if origin else []
