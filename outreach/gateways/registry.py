"""Finds a gateway by its name: one row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from outreach.gateways.memory import MemoryGateway
from outreach.gateways.ports import Gateway
from outreach.gateways.twilio import TwilioConfig, TwilioGateway
from outreach.gateways.twilio.statuses import DIALECTS, SOMLENG, TWILIO, Dialect
from outreach.kernel.errors import SettingsError


def _speaking(dialect: Dialect, account: TwilioConfig) -> Gateway:
    _require_account(dialect.name, account)
    return TwilioGateway(replace(account, dialect=dialect))


def _memory(account: TwilioConfig) -> Gateway:
    return MemoryGateway(public_url=account.public_url)


# What makes each gateway of the account that the settings name.
GATEWAYS: dict[str, Callable[[TwilioConfig], Gateway]] = {
    **{name: partial(_speaking, dialect) for name, dialect in DIALECTS.items()},
    "memory": _memory,
}


def gateway_from(
    name: str = "",
    *,
    base_url: str,
    account_sid: str,
    auth_token: str,
    public_url: str,
    timeout: float = 15.0,
    concurrency: int = 0,
) -> Gateway:
    """The gateway called `name`; "" tells it by `base_url`'s host.

    Raises SettingsError for an unknown name, or an account without its id or token.
    """
    chosen = name or dialect_of(base_url)
    make = GATEWAYS.get(chosen)
    if make is None:
        raise SettingsError(
            f"There is no gateway called {chosen!r}.",
            where="OUTREACH_GATEWAY",
            remedy=f"Choose one of {', '.join(GATEWAYS)}.",
        )
    return make(TwilioConfig(base_url, account_sid, auth_token, public_url, timeout, concurrency))


def _require_account(chosen: str, account: TwilioConfig) -> None:
    for value, setting in (
        (account.account_sid, "OUTREACH_TWILIO_ACCOUNT_SID"),
        (account.auth_token, "OUTREACH_TWILIO_AUTH_TOKEN"),
    ):
        if not value:
            raise SettingsError(
                f"The {chosen} gateway needs an account.",
                where=setting,
                remedy="Set it; the provider's console shows it.",
            )


def dialect_of(base_url: str) -> str:
    """The dialect that the host speaks: Somleng's if it is theirs, else Twilio's."""
    host = urlsplit(base_url).hostname or ""
    theirs = host == "somleng.org" or host.endswith(".somleng.org")
    return SOMLENG.name if theirs else TWILIO.name
