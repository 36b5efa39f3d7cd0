"""Which gateway the settings name."""

from __future__ import annotations

from pathlib import Path

import pytest

from outreach.bootstrap import build, migrate
from outreach.gateways.registry import gateway_from
from outreach.kernel.errors import SettingsError
from outreach.kernel.sealing import new_keys
from outreach.settings import load_settings

ACCOUNT = {"account_sid": "AC0", "auth_token": "t", "public_url": "http://127.0.0.1:8000"}


@pytest.mark.parametrize(
    ("base_url", "here"), [("http://127.0.0.1:8100", True), ("https://api.twilio.com", False)]
)
def test_a_gateway_knows_whether_anything_can_leave_this_machine(base_url: str, here: bool) -> None:
    assert gateway_from(base_url=base_url, **ACCOUNT).loopback is here


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


def test_a_gateway_of_ones_own_is_named(tmp_path: Path) -> None:
    settings = load_settings(
        database_url=f"sqlite:///{tmp_path / 'x.sqlite'}",
        gateway="somleng",
        twilio_base_url="http://127.0.0.1:8100",
        twilio_account_sid="AC0",
        twilio_auth_token="t",
        secret_keys=new_keys(),
        help_keys=new_keys(),
        sender="+855380000001",
    )
    migrate(settings).dispose()
    assert build(settings).gateway.name == "somleng"


def test_an_unknown_gateway_is_refused_with_the_known_ones_named() -> None:
    with pytest.raises(SettingsError, match=r"pigeon.*twilio, somleng, memory"):
        gateway_from("pigeon", base_url="http://127.0.0.1", **ACCOUNT)


@pytest.mark.parametrize("missing", ["account_sid", "auth_token"])
def test_an_account_without_its_id_or_token_is_refused(missing: str) -> None:
    with pytest.raises(SettingsError, match=f"OUTREACH_TWILIO_{missing.upper()}"):
        gateway_from(base_url="http://127.0.0.1", **{**ACCOUNT, missing: ""})
