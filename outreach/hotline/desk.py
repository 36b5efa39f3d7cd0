"""The hotline of one process: what its use cases share, put together by bootstrap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine

from outreach.content.directory import Directory
from outreach.content.phrases import Phrases
from outreach.content.replies import Replies
from outreach.delivery.lane import Lane
from outreach.kernel.clock import Clock
from outreach.kernel.sealing import Vault


@dataclass(frozen=True)
class Desk:
    """`vault` opens the register (opt-outs), `help_vault` the sealed help store, never mixed.
    `broadcasts` is the lane from which a STOP takes what is queued; `wording` is the version to
    which START agrees (S12). `phrases` are what workers text and say, `directory` the services that
    they may name; `rehearsing` says that nothing leaves this machine. `reply_within` that time of a
    person's last text workers may text them (S9)."""

    engine: Engine
    clock: Clock
    vault: Vault
    help_vault: Vault
    replies: Replies
    broadcasts: Lane
    wording: str
    phrases: Phrases
    directory: Directory
    rehearsing: bool
    reply_within: timedelta
