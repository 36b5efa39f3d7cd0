"""Tells from where a request came, for throttling: behind a proxy only as the proxy says it."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
# Whoever has one address of IPv6 has all of its network.
_ONE_HOME = 64


def networks(written: str) -> tuple[Network, ...]:
    """Addresses or networks, parted by commas; raises ValueError for what is none.

    >>> networks("127.0.0.1, fd00::/8")
    (IPv4Network('127.0.0.1/32'), IPv6Network('fd00::/8'))
    """
    return tuple(ip_network(part.strip()) for part in written.split(",") if part.strip())


def origin(peer: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """The network that a request came from: an IPv4 address, or the /64 of an IPv6 one; "" where
    that can't be known. `forwarded` is the X-Forwarded-For header; it is believed only of
    `proxies`, from its end, because its beginning is what the client wrote.

    A peer on this machine that is no known proxy is this machine, or a proxy that we were not told
    of: one address for everybody would let anyone shut all out, so it is none.
    """
    address = _address(peer)
    for hop in reversed(forwarded.split(",")):
        if address is None or not _among(address, proxies):
            break
        address = _address(hop)
    if address is None or address.is_loopback or _among(address, proxies):
        return ""
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((address, _ONE_HOME), strict=False))


def _address(written: str) -> Address | None:
    """An address, maybe with a port as some proxies write it."""
    bare = written.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _among(address: Address, proxies: Sequence[Network]) -> bool:
    return any(address in network for network in proxies)
