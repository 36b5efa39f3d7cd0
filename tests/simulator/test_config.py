"""The network's configuration: this machine only, and nothing told."""

import pytest

from outreach.kernel.errors import SettingsError
from outreach.simulator.config import NetworkConfig


def test_a_network_with_a_hook_elsewhere_does_not_start() -> None:
    with pytest.raises(SettingsError, match="this machine only"):
        NetworkConfig(1, "AC1", "t", "https://example.org/m", "http://127.0.0.1/v")


def test_s18_a_configuration_prints_neither_token_nor_number() -> None:
    config = NetworkConfig(1, "AC1", "secret-token", "http://127.0.0.1/m", "http://127.0.0.1/v")
    assert "secret-token" not in repr(config)
    assert config.sender not in repr(config)
