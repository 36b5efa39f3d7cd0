"""Makes and compares what staff prove themselves with: passwords, one-time codes, tokens."""

from __future__ import annotations

import base64
import hashlib
import secrets
from functools import lru_cache

import pyotp
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_STEP_SECONDS = 30
_TOKEN_BYTES = 32
_CODE_BYTES = 10
_ISSUER = "Outreach"


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher().hash(secrets.token_hex())


def hashed(password: str) -> str:
    """A password's argon2id hash."""
    return _hasher().hash(password)


def fits(password: str, password_hash: str) -> bool:
    """Whether a password has this hash; "" takes as long as a wrong password."""
    right = _hasher().verify(password, password_hash or _nobodys())
    return right and bool(password_hash)


def new_token() -> str:
    """A session's token; only `fingerprint` of it is kept."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def new_code() -> str:
    """A one-time code of sixteen letters and digits."""
    return base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()


def in_groups(code: str) -> str:
    """A one-time code as it is read out: four groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def read_code(written: str) -> str:
    """A one-time code as it was made, however it was typed."""
    return "".join(written.split()).replace("-", "").upper()


def fingerprint(secret: str) -> str:
    """What is kept of a token, a one-time code or a tried name. The first two are random and long,
    so one round is enough; a name is no secret, but what is typed in its place may be."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_totp() -> str:
    """A secret for a second factor, in base32."""
    return pyotp.random_base32()


def totp_address(secret: str, name: str) -> str:
    """The otpauth address that an authenticator takes as a QR code."""
    return pyotp.TOTP(secret, name=name, issuer=_ISSUER).provisioning_uri()


def totp_step(secret: str, code: str, now: float, used: int) -> int | None:
    """The time step of which `code` is right (this one or a neighbour) and later than `used`, or
    None. `now` is in seconds since 1970."""
    totp, step = pyotp.TOTP(secret), int(now) // _STEP_SECONDS
    plain = "".join(code.split())
    for candidate in (step - 1, step, step + 1):
        right = secrets.compare_digest(totp.generate_otp(candidate).encode(), plain.encode())
        if right and candidate > used:
            return candidate
    return None
