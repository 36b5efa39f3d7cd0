"""Records what is due chunk after chunk: each in the transaction that leases the one after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Engine

from outreach.delivery.claiming import Outgoing, advance, claim, give_back, submit
from outreach.delivery.lane import Lane
from outreach.kernel.clock import Clock
from outreach.kernel.errors import Unavailable

# The first chunk is small and each is twice the last one, until they are whole: the first message
# leaves at once, and while a chunk leaves there is time to record the next.
_FIRST = 125


@dataclass
class Chunks:
    """The chunks of a lane's `channel`, of `size` deliveries at most, to be sent by `sender` and
    leased by the process `name`.

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
    few: bool = False
    _leased: list[int] = field(default_factory=list, init=False)
    _most: int = field(default=_FIRST, init=False)

    def recorded(self, stopped: Callable[[], bool]) -> Iterator[list[Outgoing]]:
        """What of each chunk may go, until nothing is due or it is `stopped`, when what is leased
        goes back. What can't be recorded because the database is away is the first chunk of the
        next turn; what a fault of ours breaks waits until its lease runs out, and the others go."""
        self._most = _FIRST
        self._leased = self._leased or self._claim()
        while self._leased:
            if stopped():
                self._give_back()
                return
            yield self._record()

    def _claim(self) -> list[int]:
        now = self.clock.now()
        return claim(self.engine, self.lane, self.channel, now, self._next_size(), self.name)

    def _record(self) -> list[Outgoing]:
        """Records what of the leased may go, and leases what comes after it."""
        leased, self._leased = self._leased, []
        try:
            outgoing, self._leased = self._advance(leased)
        except Unavailable:
            self._leased = leased
            raise
        return outgoing

    def _advance(self, leased: list[int]) -> tuple[list[Outgoing], list[int]]:
        engine, lane, name = self.engine, self.lane, self.name
        now, sender, size = self.clock.now(), self.sender, self._next_size()
        if self.few and len(leased) < size:
            return submit(engine, lane, leased, sender, now, name), []
        return advance(engine, lane, self.channel, leased, sender, now, size, name)

    def _next_size(self) -> int:
        size, self._most = min(self.size(), self._most), self._most * 2
        return size

    def _give_back(self) -> None:
        give_back(self.engine, self.lane, self._leased, self.clock.now(), self.name)
        self._leased = []
