"""Seals what must not be readable at rest, and finds it again by a keyed fingerprint (S18, S19).

Sealing is AES-256-GCM; the lookup key is HMAC-SHA256. The two families of keys are apart: sealing
keys rotate and are then removed, lookup keys stay while an opt-out tombstone uses them. What is
sealed names its key, and so does a fingerprint: it ends in the eight digits of its key's name.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from outreach.kernel.errors import BadInput, Unavailable

_KEY_BYTES = 32
_NONCE_BYTES = 12
FINGERPRINT_BYTES = 32
TAG_BYTES = 4
FAMILIES = ("seal", "lookup")
# While a batch of texts is taken in, each number's fingerprint is asked for many times.
_AT_HAND = 512
_NAME = re.compile(r"(?:seal|lookup)-[A-Za-z0-9_.-]{1,50}")
_TAGGED = re.compile(r"lookup-([0-9a-f]{8})")


class Vault:
    """The keys of one store: seals, opens and fingerprints. Never prints what it holds.

    `seal` and `lookup` map a key's name to 32 bytes; the first of each is the current one.
    """

    def __init__(self, seal: Mapping[str, bytes], lookup: Mapping[str, bytes]) -> None:
        self._keys = {**seal, **lookup}
        self._ciphers = {name: AESGCM(key) for name, key in seal.items()}
        self.current = next(iter(seal))
        self._current_cipher = self._ciphers[self.current]
        self.headers = {name: header_of(name) for name in seal}
        self._header = self.headers[self.current]
        self.tags = {name: tag_of(name) for name in lookup}
        self._lookup = [
            (key, FINGERPRINT_BYTES - len(self.tags[name]), self.tags[name])
            for name, key in lookup.items()
        ]
        self.current_lookup = next(iter(lookup))
        self._fingerprints = lru_cache(maxsize=_AT_HAND)(self._make)

    def __repr__(self) -> str:
        return f"<Vault current={self.current} of {len(self._ciphers)}>"

    def checks(self) -> dict[str, str]:
        """By key name a value that tells whether two keys are the same one, and nothing else."""
        return {
            name: hmac.digest(key, b"outreach: which key is this", hashlib.sha256).hex()[:32]
            for name, key in self._keys.items()
        }

    def seal(self, text: str) -> bytes:
        """`text` sealed with the current key: name length, name, nonce, ciphertext and tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return self._header + nonce + self._current_cipher.encrypt(nonce, text.encode(), None)

    def unseal(self, sealed: bytes) -> str:
        """The text inside; raises Unavailable if its key is not here or it was altered."""
        if sealed.startswith(self._header):  # as nearly all is
            cipher = self._current_cipher
        else:
            cipher = self._cipher_of(key_name(sealed))
        end = 1 + sealed[0]
        nonce = sealed[end : end + _NONCE_BYTES]
        try:
            return cipher.decrypt(nonce, sealed[end + _NONCE_BYTES :], None).decode()
        except (InvalidTag, ValueError) as error:  # ValueError: cut short
            raise Unavailable(
                "A sealed value does not open with its key: it was altered or the key is wrong.",
                remedy="Restore the database or the keys from a backup.",
            ) from error

    def _cipher_of(self, name: str) -> AESGCM:
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise Unavailable(
                f"The sealing key {name!r} is not among the configured keys.",
                remedy="Add it to OUTREACH_SECRET_KEYS or OUTREACH_HELP_KEYS.",
            )
        return cipher

    def lookup(self, text: str) -> bytes:
        """The 32-byte fingerprint that finds `text`, made with the current lookup key."""
        return self._fingerprints(text, 1)[0]

    def lookups(self, text: str) -> list[bytes]:
        """The fingerprints of `text` under every lookup key, the current one first."""
        return list(self._fingerprints(text, len(self._lookup)))

    def _make(self, text: str, keys: int) -> tuple[bytes, ...]:
        said = text.encode()
        return tuple(
            hmac.digest(key, said, "sha256")[:length] + tag
            for key, length, tag in self._lookup[:keys]
        )


def key_name(sealed: bytes) -> str:
    """The name of the key that a value is sealed with."""
    return sealed[1 : 1 + sealed[0]].decode(errors="replace") if sealed else ""


def pack_keys(text: str) -> bytes:
    """A set of keys that parse_keys took, as few bytes as it needs."""
    entries = [entry.strip().partition("=") for entry in text.split(",") if entry.strip()]
    packed = (bytes([len(n)]) + n.encode() + base64.b64decode(v) for n, _, v in entries)
    return bytes([len(entries)]) + b"".join(packed)


def unpack_keys(packed: bytes) -> tuple[str, bytes]:
    """The set that was packed, and what follows it; raises BadInput where it can't be one."""
    entries, at = [], 1
    for _ in range(packed[0] if packed else 0):
        end = at + 1 + (packed[at] if at < len(packed) else 0)
        name, value = packed[at + 1 : end], packed[end : end + _KEY_BYTES]
        entries.append(f"{name.decode(errors='replace')}={base64.b64encode(value).decode()}")
        at = end + _KEY_BYTES
    text = ",".join(entries)
    parse_keys(text, "")
    return text, packed[at:]


def header_of(name: str) -> bytes:
    """What everything begins with that is sealed with this key."""
    return bytes([len(name)]) + name.encode()


def tag_of(name: str) -> bytes:
    """What a fingerprint made with this lookup key ends in; nothing for a key of the older form,
    whose name has no eight digits."""
    found = _TAGGED.fullmatch(name)
    return bytes.fromhex(found[1]) if found else b""


def parse_keys(text: str, where: str) -> Vault:
    """The vault of a setting such as `seal-a=BASE64,lookup-a=BASE64`, current keys first.

    Raises BadInput (naming `where`, never the key) for an unknown family, a double name, a key
    that isn't 32 bytes, or a family without a key.
    """
    found: dict[str, dict[str, bytes]] = {family: {} for family in FAMILIES}
    for position, entry in enumerate((e.strip() for e in text.split(",") if e.strip()), start=1):
        name, _, value = entry.partition("=")
        family = name.partition("-")[0]
        if not _NAME.fullmatch(name) or name in found[family]:
            raise BadInput(
                f"Key {position} needs a name of its own that begins with seal- or lookup-.",
                where=where,
                remedy="Make a set with: outreach keys new",
            )
        found[family][name] = _decode(value, where, position)
    for family, keys in found.items():
        if not keys:
            raise BadInput(
                f"There is no {family}- key.", where=where, remedy="Make: outreach keys new"
            )
    return Vault(found["seal"], found["lookup"])


def new_keys() -> str:
    """A fresh set in the form that parse_keys reads."""
    return ",".join(new_key(family) for family in FAMILIES)


def new_key(family: str) -> str:
    """One fresh key of a family, to be added to a set."""
    value = base64.b64encode(os.urandom(_KEY_BYTES)).decode()
    return f"{family}-{secrets.token_hex(TAG_BYTES)}={value}"


def _decode(value: str, where: str, position: int) -> bytes:
    try:
        key = base64.b64decode(value, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _KEY_BYTES:
        raise BadInput(
            f"Key {position} is not 32 bytes in base64.",
            where=where,
            remedy="Make a set with: outreach keys new",
        )
    return key
