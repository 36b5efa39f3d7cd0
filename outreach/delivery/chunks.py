"""Records what is due chunk after chunk: each in the transaction that leases the one after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from outreach.delivery.claiming import Outgoing, advance, claim, give_back, submit
from outreach.delivery.lane import Lane
from outreach.kernel.clock import Clock


@dataclass
class Chunks:
    """The chunks of a lane's `channel`, of `size` deliveries each, to be sent by `sender` and
    leased by the process `name`, until nothing is due or it is `stopped`.

    With `few`, nothing is leased ahead unless a whole chunk was found: what comes together then
    shares a transaction.
    """

    engine: Engine
    clock: Clock
    lane: Lane
    channel: str
    sender: str
    name: str
    size: Callable[[], int]
    stopped: Callable[[], bool]
    few: bool = False
    _leased: list[int] | None = field(default=None, init=False)

    def record(self) -> list[Outgoing] | None:
        """What of the next chunk may go; None where nothing is due. What was leased and can't be
        recorded comes back when its lease runs out."""
        now, size = self.clock.now(), self.size()
        engine, lane, channel, name = self.engine, self.lane, self.channel, self.name
        leased, self._leased = self._leased, []
        if leased is None:
            leased = claim(engine, lane, channel, now, size, name)
        if not leased:
            return None
        if self.stopped():
            give_back(engine, lane, leased, now, name)
            return None
        if self.few and len(leased) < size:
            return submit(engine, lane, leased, self.sender, now, name)
        outgoing, self._leased = advance(
            engine, lane, channel, leased, self.sender, now, size, name
        )
        return outgoing
