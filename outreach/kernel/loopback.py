"""Decides whether an address can only be this machine: rehearsals call no other.

Judged by the address as written: a name that resolves to loopback today may resolve elsewhere
tomorrow, so no name but `localhost` counts.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

# Characters on which URL readers disagree about where the host ends.
_AMBIGUOUS = frozenset("@\\ \t\r\n")


def is_loopback(url: str) -> bool:
    """Whether `url` is an absolute http(s) address of 127.0.0.0/8, ::1 or `localhost`."""
    if not _AMBIGUOUS.isdisjoint(url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https"):
        return False
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (address.version == 4 and address.is_loopback) or host == "::1"
