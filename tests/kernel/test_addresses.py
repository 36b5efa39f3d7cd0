"""From where a request came: what a client writes itself is never believed."""

from __future__ import annotations

import pytest

from outreach.kernel.addresses import networks, origin

PROXIES = networks("127.0.0.1, 10.0.0.0/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "came_from"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),  # whoever it is, it is no proxy of ours
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),  # the first was made up
        ("127.0.0.1", "203.0.113.9, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("127.0.0.1", "", ""),
        ("127.0.0.1", "unknown", ""),
        ("10.0.0.1", "10.0.0.2", ""),
        ("127.0.0.1", "[2001:db8:1:2:3::9]:443", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "", "192.0.2.7"),
        ("", "", ""),
    ],
)
def test_where_a_request_came_from(peer: str, forwarded: str, came_from: str) -> None:
    assert origin(peer, forwarded, PROXIES) == came_from


def test_a_proxy_nobody_told_us_of_is_not_throttled_as_one_client() -> None:
    assert origin("127.0.0.1", "198.51.100.1", ()) == ""
    assert origin("::1", "", ()) == ""


def test_what_is_no_network_is_told() -> None:
    with pytest.raises(ValueError, match="x"):
        networks("127.0.0.1,x")
