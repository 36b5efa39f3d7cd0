"""The network calls this machine only."""

import pytest

from outreach.kernel.errors import SettingsError
from outreach.simulator.config import NetworkConfig
from outreach.simulator.loopback import is_loopback


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8000/hooks?a=1", True),
        ("https://127.9.9.9/", True),
        ("http://localhost/", True),
        ("http://[::1]:80/", True),
        ("http://example.org/", False),
        ("http://localhost.example.org/", False),
        ("http://127.0.0.1.example.org/", False),
        ("http://127.0.0.1@example.org/", False),
        ("http://example.org\\@127.0.0.1/", False),
        ("http://0.0.0.0/", False),
        ("http://10.0.0.1/", False),
        ("http://[::ffff:127.0.0.1]/", False),
        ("http://127.0.0.1:port/", False),
        ("file:///etc/passwd", False),
        ("ftp://127.0.0.1/", False),
        ("//127.0.0.1/", False),
        ("/hooks", False),
        ("", False),
    ],
)
def test_only_addresses_of_this_machine_count(url: str, here: bool) -> None:
    assert is_loopback(url) is here


def test_a_network_with_a_hook_elsewhere_does_not_start() -> None:
    with pytest.raises(SettingsError, match="this machine only"):
        NetworkConfig(1, "AC1", "t", "https://example.org/m", "http://127.0.0.1/v")


def test_s18_a_configuration_prints_neither_token_nor_number() -> None:
    config = NetworkConfig(1, "AC1", "secret-token", "http://127.0.0.1/m", "http://127.0.0.1/v")
    assert "secret-token" not in repr(config)
    assert config.sender not in repr(config)
