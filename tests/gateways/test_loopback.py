"""Which addresses can only be this machine, and what is refused to all the others."""

from __future__ import annotations

import pytest

from outreach.gateways.loopback import is_loopback, require_loopback
from outreach.gateways.registry import gateway_from
from outreach.kernel.errors import Refused, SettingsError

INSIDE = ["http://127.0.0.1:8100", "http://127.9.9.9", "http://[::1]:8100", "http://localhost:1/x"]
OUTSIDE = [
    "https://api.twilio.com",
    "https://api.somleng.org",
    "http://localhost.example.org",
    "http://127.0.0.1.example.org",
    "http://127.0.0.1@example.org",
    "http://example.org\\@127.0.0.1",
    "http://0.0.0.0:8100",
    "http://127.1",
    "http://2130706433",
    "http://[::ffff:127.0.0.1]",
    "http://[::1",
    "http://10.0.0.1",
    "",
]
ACCOUNT = {"account_sid": "AC0", "auth_token": "t", "public_url": "http://127.0.0.1:8000"}


@pytest.mark.parametrize("url", INSIDE)
def test_this_machine_is_known_by_its_literal_address(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize("url", OUTSIDE)
def test_every_other_address_is_outside(url: str) -> None:
    assert not is_loopback(url)


def test_s31_unapproved_content_is_refused_to_a_live_gateway() -> None:
    live = gateway_from(base_url="https://api.twilio.com", **ACCOUNT)
    with pytest.raises(Refused, match=r"not been approved.*only go to a gateway on this machine"):
        require_loopback(live, "This campaign has not been approved by two people")


@pytest.mark.parametrize("name", ["", "memory", "twilio", "somleng"])
def test_s31_it_may_go_to_a_gateway_on_this_machine(name: str) -> None:
    require_loopback(gateway_from(name, base_url="http://127.0.0.1:8100", **ACCOUNT), "Anything")


@pytest.mark.parametrize(
    ("base_url", "name"),
    [
        ("https://api.twilio.com", "twilio"),
        ("https://api.somleng.org", "somleng"),
        ("https://notsomleng.org", "twilio"),
        ("http://127.0.0.1:8100", "twilio"),
    ],
)
def test_the_provider_is_told_by_its_address(base_url: str, name: str) -> None:
    assert gateway_from(base_url=base_url, **ACCOUNT).name == name


def test_an_unknown_gateway_is_refused_with_the_known_ones_named() -> None:
    with pytest.raises(SettingsError, match=r"pigeon.*twilio, somleng, memory"):
        gateway_from("pigeon", base_url="http://127.0.0.1", **ACCOUNT)


@pytest.mark.parametrize("missing", ["account_sid", "auth_token"])
def test_an_account_without_its_id_or_token_is_refused(missing: str) -> None:
    with pytest.raises(SettingsError, match=f"OUTREACH_TWILIO_{missing.upper()}"):
        gateway_from(base_url="http://127.0.0.1", **{**ACCOUNT, missing: ""})
