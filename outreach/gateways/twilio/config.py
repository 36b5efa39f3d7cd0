"""What a Twilio-compatible account needs to be used."""

from __future__ import annotations

from dataclasses import dataclass, field

from outreach.gateways.twilio.statuses import TWILIO, Dialect


@dataclass(frozen=True)
class TwilioConfig:
    """An account. `base_url` is the provider's, `public_url` ours, as the provider calls it.

    `timeout` is in seconds, for a whole request; at most `concurrency` requests run at a time
    (0: no limit of our own, the caller keeps one).
    """

    base_url: str
    account_sid: str
    auth_token: str = field(repr=False)
    public_url: str
    timeout: float = 15.0
    concurrency: int = 0
    dialect: Dialect = TWILIO
