"""Finds a gateway by its name."""

from __future__ import annotations

from urllib.parse import urlsplit

from outreach.gateways.memory import MemoryGateway
from outreach.gateways.ports import Gateway
from outreach.gateways.twilio import TwilioConfig, TwilioGateway
from outreach.gateways.twilio.statuses import DIALECTS, SOMLENG, TWILIO
from outreach.kernel.errors import SettingsError

NAMES = (*DIALECTS, "memory")


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
    """The gateway called `name`: twilio, somleng or memory; "" tells it by `base_url`'s host.

    Raises SettingsError for an unknown name, or an account without its id or token.
    """
    chosen = name or dialect_of(base_url)
    if chosen == "memory":
        return MemoryGateway(public_url=public_url)
    dialect = DIALECTS.get(chosen)
    if dialect is None:
        raise SettingsError(
            f"There is no gateway called {chosen!r}.", remedy=f"Choose one of {', '.join(NAMES)}."
        )
    _require_account(chosen, account_sid, auth_token)
    return TwilioGateway(
        TwilioConfig(
            base_url=base_url,
            account_sid=account_sid,
            auth_token=auth_token,
            public_url=public_url,
            timeout=timeout,
            concurrency=concurrency,
            dialect=dialect,
        )
    )


def _require_account(chosen: str, account_sid: str, auth_token: str) -> None:
    for value, setting in (
        (account_sid, "OUTREACH_TWILIO_ACCOUNT_SID"),
        (auth_token, "OUTREACH_TWILIO_AUTH_TOKEN"),
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
