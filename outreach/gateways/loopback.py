"""Decides whether an address can only be this machine, and keeps unfit content off every other.

Judged by the address as written: a name that resolves to loopback today may resolve elsewhere
tomorrow, so no name but `localhost` counts.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from outreach.gateways.ports import Gateway
from outreach.kernel.errors import Refused

# Characters on which URL readers disagree about where the host ends.
_AMBIGUOUS = frozenset("@\\ \t\r\n")


def is_loopback(url: str) -> bool:
    """Whether `url` names 127.0.0.0/8, ::1 or `localhost`, literally."""
    if not _AMBIGUOUS.isdisjoint(url):
        return False
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (address.version == 4 and address.is_loopback) or host == "::1"


def require_loopback(gateway: Gateway, why: str) -> None:
    """Raises Refused unless nothing that `gateway` sends can leave this machine (S31, S18).

    `why` begins the message: "This campaign has not been approved by two people".
    """
    if not gateway.loopback:
        raise Refused(
            f"{why}; so it may only go to a gateway on this machine.",
            where=gateway.name,
            remedy="Point OUTREACH_TWILIO_BASE_URL at the simulator, or have it approved first.",
        )
