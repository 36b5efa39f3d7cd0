"""Marks what was sealed, so that the gateway's list does not bring it back a minute later (S23).

A mark is a keyed fingerprint: it leads nobody to the words that the gateway may still hold.
"""

from __future__ import annotations

from outreach.kernel.sealing import Vault

_SIGNS = 58


def mark(vault: Vault, sid: str) -> str:
    """What stands for the SID of something that was sealed."""
    return marks(vault, sid)[0]


def marks(vault: Vault, sid: str) -> list[str]:
    """All that may stand for a SID, by each of the keys that fingerprints are made with."""
    return [f"gone-{key.hex()[:_SIGNS]}" for key in vault.lookups(sid)]
