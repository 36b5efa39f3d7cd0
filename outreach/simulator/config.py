"""What one rehearsal network is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass, field

from outreach.kernel.errors import SettingsError
from outreach.kernel.loopback import is_loopback
from outreach.simulator.trouble import Trouble


@dataclass(frozen=True)
class NetworkConfig:
    """One network with one account.

    `inbound_hook` and `voice_hook` are the absolute addresses that texts and calls from handsets
    are posted to; `sender` is the number they go to while nobody has written to that handset.
    `retry_seconds` are real seconds before a callback is tried again; `trouble` is what goes wrong
    from the start. Raises SettingsError where a hook is not on this machine.
    """

    seed: int
    account_sid: str
    auth_token: str = field(repr=False)
    inbound_hook: str
    voice_hook: str
    sender: str = field(default="+855381280000", repr=False)
    retry_seconds: float = 3.0
    trouble: Trouble = field(default_factory=Trouble)

    def __post_init__(self) -> None:
        if not (is_loopback(self.inbound_hook) and is_loopback(self.voice_hook)):
            raise SettingsError(
                "The rehearsal network calls back addresses on this machine only.",
                where="OUTREACH_PUBLIC_URL",
                remedy="Set it to http://127.0.0.1 and the port of outreach serve.",
            )
        if not (self.account_sid and self.auth_token):
            raise SettingsError(
                "The rehearsal network needs an account.",
                where="OUTREACH_TWILIO_ACCOUNT_SID, OUTREACH_TWILIO_AUTH_TOKEN",
                remedy="Set both; any values do, the same ones for outreach serve.",
            )
