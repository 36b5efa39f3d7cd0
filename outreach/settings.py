"""What an operator sets: one frozen object from OUTREACH_*, every problem told at once."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from outreach.kernel.addresses import networks
from outreach.kernel.errors import OutreachError, SettingsError
from outreach.kernel.loopback import is_loopback
from outreach.kernel.sealing import Vault, parse_keys

_PREFIX = "OUTREACH_"
_ROOT = Path(__file__).resolve().parent.parent
# E.164, or a short code.
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}", re.ASCII)


@dataclass(frozen=True)
class _Unreadable:
    """Stands for a value whose file can't be read, so that it is told with all other problems."""

    path: str


class _SecretFiles(PydanticBaseSettingsSource):
    """Reads OUTREACH_X from the file that OUTREACH_X_FILE names (container secrets)."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{_PREFIX}{field_name.upper()}_FILE")
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError):
            return _Unreadable(path), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    """Every setting; the description is what the README's table says."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, frozen=True, extra="ignore", env_ignore_empty=True
    )

    database_url: str = Field(
        f"sqlite:///{_ROOT / 'var' / 'outreach.sqlite'}",
        description="sqlite:///path or postgresql://user@host/name",
    )
    public_url: str = Field(
        "http://127.0.0.1:8000", description="where the gateway reaches our hooks; it is signed"
    )
    twilio_base_url: str = Field(
        "http://127.0.0.1:8100",
        description="https://api.twilio.com, https://api.somleng.org, or the simulator",
    )
    gateway: str = Field(
        "",
        description="what speaks there: twilio, somleng (set it for one of your own) or another by "
        "its name in outreach/gateways/registry.py; by default told by the address",
    )
    twilio_account_sid: str = Field("", description="the gateway account")
    twilio_auth_token: SecretStr = Field(
        SecretStr(""), description="its token; also signs the hooks"
    )
    secret_keys: SecretStr = Field(
        SecretStr(""), description="keys of the register; make them with: outreach keys new"
    )
    help_keys: SecretStr = Field(
        SecretStr(""), description="keys of the sealed help store, another set"
    )
    sender: str = Field("", description="the number or name that messages come from")
    numbers: str = Field(
        "",
        description="other numbers of ours at the gateway, which people text or ring (doors), with "
        "commas; joining numbers of communities are known",
    )
    sms_pace: float = Field(10, gt=0, description="SMS parts per second that the sender may send")
    call_pace: float = Field(1, gt=0, description="calls per second that the sender may start")
    in_flight: int = Field(150, ge=1, le=5000, description="gateway requests at the same time")
    campaigns_dir: Path = Field(_ROOT / "campaigns", description="the folder of campaigns")
    proxies: str = Field(
        "",
        description="addresses of the TLS proxy before us, whose X-Forwarded-For is believed; "
        "without it tries at sign-in are slowed down per name only",
    )
    rehearsal_clock: Path | None = Field(
        None, description="file of a rehearsal's accelerated clock; loopback gateways only"
    )
    reply_minutes: int = Field(
        15,
        ge=15,  # the clocks on what may be a plea end before
        le=60,
        description="minutes after a person's last text in which hotline workers may text them",
    )
    help_days: int = Field(30, ge=1, le=365, description="days after which help texts are redacted")
    log_days: int = Field(
        14, ge=1, le=365, description="days after which the gateway's ids of messages are forgotten"
    )
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="smtp://user:password@host:587 or smtps://host, for reports by e-mail",
    )
    mail_from: str = Field("", description="the address that reports by e-mail come from")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    @field_validator("*", mode="before")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        if isinstance(value, _Unreadable):
            raise ValueError(
                f"the file {value.path} can't be read: check that it exists, that this user may "
                "read it, and that it is text"
            )
        return value

    @field_validator("public_url", "twilio_base_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("is not an address such as https://outreach.example.org")
        return value.rstrip("/")

    @field_validator("proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        try:
            networks(value)
        except ValueError:
            raise ValueError(
                "names no addresses or networks, such as 127.0.0.1,10.0.0.0/8"
            ) from None
        return value

    @field_validator("numbers")
    @classmethod
    def _as_the_gateway_writes_them(cls, value: str) -> str:
        if not all(_NUMBER.fullmatch(part) for part in _parts(value)):
            raise ValueError(
                "names something that is no number; write each as the gateway does, with its "
                "country (+85538…) or as a short code, and a comma between two"
            )
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        known = parts.scheme in ("smtp", "smtps") and parts.hostname
        if value.get_secret_value() and not known:
            raise ValueError("is not an address such as smtp://user:password@host:587")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("is none of DEBUG, INFO, WARNING, ERROR")
        return value.upper()

    @field_validator("secret_keys", "help_keys")
    @classmethod
    def _keys(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            try:
                parse_keys(value.get_secret_value(), "")
            except OutreachError as error:
                raise ValueError(str(error)) from error
        return value

    @model_validator(mode="after")
    def _rehearses_here(self) -> Self:
        """A rehearsal's figures are nobody's: they must not reach anybody by e-mail."""
        host = urlsplit(self.smtp_url.get_secret_value()).hostname
        if host and is_loopback(self.twilio_base_url) and not is_loopback(f"http://{host}"):
            raise ValueError("OUTREACH_SMTP_URL must be of this machine while the gateway is")
        return self

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if not _values(self.secret_keys).isdisjoint(_values(self.help_keys)):
            raise ValueError("OUTREACH_HELP_KEYS must share no key with OUTREACH_SECRET_KEYS")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _SecretFiles(settings_cls)

    @property
    def one_way(self) -> bool:
        """Whether messages come from a name, which nobody can answer."""
        return bool(self.sender) and not self.sender.lstrip("+").isdigit()

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """Our numbers that people can text and ring, as far as settings know; each once. A name
        can't be answered."""
        sender = () if self.one_way or not self.sender else (self.sender,)
        return tuple(dict.fromkeys((*sender, *_parts(self.numbers))))

    def require(self, *names: str) -> None:
        """Raises SettingsError that lists every setting of `names` that is not set."""
        missing = [name for name in names if not _text(getattr(self, name))]
        if missing:
            fields = type(self).model_fields
            raise SettingsError(
                "\n".join(
                    f"{_PREFIX}{name.upper()} is not set: {fields[name].description}."
                    for name in missing
                ),
                remedy="\nSet them and start again.",
            )

    def vault(self) -> Vault:
        """The keys of the register; raises SettingsError if there are none."""
        self.require("secret_keys")
        return parse_keys(self.secret_keys.get_secret_value(), "OUTREACH_SECRET_KEYS")

    def help_vault(self) -> Vault:
        """The keys of the sealed help store; raises SettingsError if there are none."""
        self.require("help_keys")
        return parse_keys(self.help_keys.get_secret_value(), "OUTREACH_HELP_KEYS")


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process; raises SettingsError that lists every problem."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError(
            "\n".join(_problem(item) for item in error.errors(include_input=False)),
            remedy="\nCorrect them and start again.",
        ) from None


def _problem(item: Mapping[str, Any]) -> str:
    names = [f"{_PREFIX}{str(part).upper()}" for part in item["loc"]]
    said = str(item["msg"]).removeprefix("Value error, ")
    return f"{' '.join(names)}{': ' if names else ''}{said}"


def _parts(listed: str) -> list[str]:
    """What stands between commas."""
    return [part.strip() for part in listed.split(",") if part.strip()]


def _values(keys: SecretStr) -> set[str]:
    """The keys of a set without their names."""
    return {entry.partition("=")[2].strip() for entry in _parts(keys.get_secret_value())}


def _text(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
