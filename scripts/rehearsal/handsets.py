"""Chooses who picks up a simulated handset, and what they text us."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Engine, text

from outreach.kernel.sealing import Vault
from outreach.store.engine import reading

# From no register at all: strangers are answered like everybody (S3). No operator has this range.
STRANGERS = ("+855381280101", "+855381280102")

_QUEUED = """
SELECT c.number_sealed FROM delivery d JOIN contact c ON c.id = d.contact_id
WHERE d.state IN ('pending', 'leased') AND d.channel = 'sms' AND d.attempts = 0
ORDER BY d.id DESC LIMIT 1
"""
_REACHED = """
SELECT c.number_sealed FROM delivery d JOIN contact c ON c.id = d.contact_id
WHERE d.state = 'done' AND d.channel = 'sms' AND c.consent = 'consented' ORDER BY d.id LIMIT 40
"""


@dataclass(frozen=True)
class Text:
    """What somebody texts, and what it shows."""

    body: str
    shows: str
    number: str = field(repr=False, default="")


# Two of each so that a rehearsal's answers are not one of a kind.
TEXTS = (
    Text("ជួយ", "the Khmer word for help"),
    Text("chuoy knhom phorng", "a romanised plea"),
    Text("ខ្ញុំនៅឆ្ងាយពីផ្ទះមិនអាចចេញទៅណាបានសូមជួយខ្ញុំផង", "a Khmer sentence without spaces"),
    Text("១", "a menu digit in Khmer"),
    Text("9", "the digit that asks for a call"),
    Text("STOP", "somebody who has had enough"),
    Text("asdf ???", "nonsense"),
    Text("ការងារ", "the Khmer word for work"),
)
# How somebody says that they are in Phnom Penh: the finder, the city, no landmark, no sector.
WHEREABOUTS = ("8", "4", "8", "8")


def queued(engine: Engine, vault: Vault) -> str | None:
    """The number of somebody whose message is still waiting, the last in the queue."""
    with reading(engine) as connection:
        sealed = connection.execute(text(_QUEUED)).scalar_one_or_none()
    return vault.unseal(sealed) if sealed else None


def reached(engine: Engine, vault: Vault) -> list[str]:
    """Numbers that got the campaign's text."""
    with reading(engine) as connection:
        return [vault.unseal(row.number_sealed) for row in connection.execute(text(_REACHED))]
