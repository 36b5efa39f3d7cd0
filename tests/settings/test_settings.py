"""What an operator sets: every mistake at once, secrets from files and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from outreach.bootstrap import build
from outreach.kernel.errors import SettingsError
from outreach.kernel.sealing import new_keys
from outreach.settings import Settings, load_settings

README = Path(__file__).resolve().parents[2] / "README.md"


def test_every_mistake_is_told_at_once_in_the_operators_terms(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OUTREACH_PUBLIC_URL", "outreach.example.org")
    monkeypatch.setenv("OUTREACH_SMS_PACE", "-1")
    monkeypatch.setenv("OUTREACH_SECRET_KEYS", "nonsense")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    said = str(refused.value)
    for name in ("OUTREACH_PUBLIC_URL", "OUTREACH_SMS_PACE", "OUTREACH_SECRET_KEYS"):
        assert name in said
    assert "nonsense" not in said


def test_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        build(load_settings())
    said = str(refused.value)
    for name in ("SENDER", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "SECRET_KEYS", "HELP_KEYS"):
        assert f"OUTREACH_{name} is not set" in said


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    monkeypatch.setenv("OUTREACH_TWILIO_AUTH_TOKEN_FILE", str(tmp_path / "token"))
    assert load_settings().twilio_auth_token.get_secret_value() == "from-a-file"


def test_a_file_that_cant_be_read_is_told_with_every_other_mistake(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "picture").write_bytes(b"\xff\xfe\x00")
    monkeypatch.setenv("OUTREACH_SECRET_KEYS_FILE", "/nowhere/keys")
    monkeypatch.setenv("OUTREACH_SENDER_FILE", str(tmp_path / "picture"))
    monkeypatch.setenv("OUTREACH_SMS_PACE", "-1")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    said = str(refused.value)
    for part in ("OUTREACH_SECRET_KEYS: the file /nowhere/keys", "OUTREACH_SENDER", "SMS_PACE"):
        assert part in said


def test_secrets_are_not_shown() -> None:
    keys = new_keys()
    shown = repr(load_settings(twilio_auth_token="hush-hush", secret_keys=keys))
    assert "hush-hush" not in shown
    assert keys[:20] not in shown


def test_s19_the_two_stores_never_share_their_keys() -> None:
    keys = new_keys()
    seal, lookup = keys.split(",")
    _, other = new_keys().split(",")
    for shared in (keys, f"{lookup},{seal}", f"seal-z={seal.partition('=')[2]},{other}"):
        with pytest.raises(SettingsError, match="share no key"):
            load_settings(secret_keys=keys, help_keys=shared)


def test_settings_can_not_be_changed_later() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().sender = "x"  # type: ignore[misc]


def live(**more: object) -> Settings:
    return load_settings(
        twilio_base_url="https://api.twilio.com",
        public_url="https://outreach.example.org",
        twilio_account_sid="AC1",
        twilio_auth_token="t",
        secret_keys=new_keys(),
        help_keys=new_keys(),
        sender="+855380000001",
        database_url="sqlite://",
        **more,
    )


def test_s31_with_a_live_gateway_unapproved_replies_are_refused_with_their_digest() -> None:
    with pytest.raises(Exception, match="not approved by two people") as refused:
        build(live())
    assert "digest" in str(refused.value)


@pytest.mark.parametrize("sender", ["POLICE", "Hotline", "ជនរងគ្រោះ"])
def test_s1_a_sender_that_gives_the_subject_away_is_refused(sender: str) -> None:
    settings = live().model_copy(update={"sender": sender})
    with pytest.raises(SettingsError, match="gives the subject away"):
        build(settings)


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert f"`OUTREACH_{name.upper()}`" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("sender", "numbers", "ours"),
    [
        ("+855380000001", "", ("+855380000001",)),
        (
            "+855380000001",
            " +855380000002, 99901,+855380000001 ",
            ("+855380000001", "+855380000002", "99901"),
        ),
        ("Outreach", "+855380000002", ("+855380000002",)),
    ],
)
def test_our_numbers_are_the_sender_unless_it_is_a_name_and_those_that_are_named(
    sender: str, numbers: str, ours: tuple[str, ...]
) -> None:
    assert load_settings(sender=sender, numbers=numbers).own_numbers == ours


@pytest.mark.parametrize("numbers", ["038 000 0001", "+855380000001;+855380000002", "door", "+12"])
def test_numbers_of_ours_that_are_none_are_refused_without_being_shown(numbers: str) -> None:
    with pytest.raises(SettingsError, match="OUTREACH_NUMBERS: names something") as refused:
        load_settings(numbers=numbers)
    assert numbers not in str(refused.value)
