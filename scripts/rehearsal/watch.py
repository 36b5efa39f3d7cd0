"""Lets the rehearsal's clock run, shows how far it is, and skips idle hours."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import Engine

from outreach.kernel.errors import Unavailable
from scripts.rehearsal import look
from scripts.rehearsal.network import Network
from scripts.rehearsal.world import World

_LOOK_SECONDS = 0.1
# Without any movement for so long something is wrong, and a person should be told.
_PATIENCE_SECONDS = 60.0
# What falls due within minutes of each other is let come together.
_MARGIN = timedelta(minutes=5)
_OPEN = ("pending", "leased", "trying")


class Watch:
    """Waits, in real seconds, for the system to settle; moves the shared clock over idle hours."""

    def __init__(self, world: World, engine: Engine, network: Network, *, quiet: bool) -> None:
        self._world, self._engine, self._network = world, engine, network
        self._quiet = quiet

    def until(self, done: Callable[[], bool], what: str) -> None:
        """Waits until `done`; raises Unavailable if nothing moves for a minute before that."""
        seen, deadline = self._movement(), time.monotonic() + _PATIENCE_SECONDS
        while not done():
            now = self._movement()
            if now != seen:
                seen, deadline = now, time.monotonic() + _PATIENCE_SECONDS
            elif time.monotonic() > deadline:
                raise Unavailable(f"Waited in vain: {what}.", remedy=f"See {self._world.folder}.")
            time.sleep(_LOOK_SECONDS)

    def settle(self) -> None:
        """Until nothing moves by itself: no request, call, answer, callback or due delivery."""
        with self._progress() as bar:
            self._settle(bar)

    def finish(self) -> None:
        """Until every delivery has its end: retries, horizons and all, with the hours skipped."""
        with self._progress() as bar:
            while True:
                self._settle(bar)
                following = look.next_event(self._engine)
                if following is None:
                    return
                wait = following - self._world.clock.now()
                self._world.clock.skip(max(wait, timedelta(0)) + _MARGIN)
                time.sleep(_LOOK_SECONDS)

    def _settle(self, bar: Progress) -> None:
        def done() -> bool:
            states = look.states(self._engine)
            total = sum(states.values())
            still = sum(states.get(state, 0) for state in _OPEN)
            bar.update(bar.task_ids[0], total=total or None, completed=total - still)
            now = self._world.clock.now()
            return not look.busy(self._engine, now) and not self._network.pending()

        self.until(done, "the deliveries do not come to rest")

    def _progress(self) -> Progress:
        columns = (TextColumn("   deliveries settled"), BarColumn(), MofNCompleteColumn())
        bar = Progress(*columns, TimeElapsedColumn(), disable=self._quiet, transient=True)
        bar.add_task("")
        return bar

    def _movement(self) -> object:
        return look.states(self._engine), self._network.pending()
