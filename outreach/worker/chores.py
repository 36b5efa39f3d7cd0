"""What recurs by itself, and how often; each chore may be done again, or twice at once.

A chore that is `shared` is handed to the workers where there are several processes; `waits` then
says, cheaply, whether there is anything to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ParamSpec, TypeVar

from outreach.bootstrap import Runtime
from outreach.delivery import settle
from outreach.delivery.alarm import watch
from outreach.delivery.forgetting import forget_sids
from outreach.delivery.pacing.book import MemoryBook
from outreach.hotline.catching_up import catch_up
from outreach.hotline.duty.alerting import alert_managers
from outreach.hotline.duty.escalating import escalate
from outreach.hotline.retention.redacting import redact
from outreach.planning import broadcasts, unreachable
from outreach.planning.steering import end_canceled
from outreach.reach import fold
from outreach.reach.days import note_day
from outreach.reach.mailing import sending as mailing
from outreach.reach.mailing.post import Post

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Chore:
    """One of them; `seconds` of real time lie between two turns."""

    name: str
    seconds: float
    work: Callable[[Runtime], Awaitable[None]]
    waits: Callable[[Runtime], bool] | None = None

    @property
    def shared(self) -> bool:
        """Whether the workers do it, where there are several processes."""
        return self.waits is not None


async def in_thread(runtime: Runtime, work: Callable[P, T], *args: P.args, **_: P.kwargs) -> T:
    """Runs database work beside the event loop, where all of the process's is done."""
    return await asyncio.get_running_loop().run_in_executor(runtime.executor, work, *args)


async def _fire(runtime: Runtime) -> None:
    """Fires what is due, ends what was canceled, and closes what is finished."""
    engine, clock = runtime.engine, runtime.clock
    await in_thread(runtime, broadcasts.fire_due, engine, clock)
    await in_thread(runtime, end_canceled, engine, clock, runtime.desk.broadcasts)
    await in_thread(runtime, broadcasts.finish, engine, clock)


async def _plan(runtime: Runtime) -> None:
    """Plans what was fired, chunk by chunk."""
    while await in_thread(runtime, broadcasts.plan, runtime.engine, runtime.clock):
        continue


async def _tidy(runtime: Runtime) -> None:
    """Takes back lost leases; ends what came too late."""
    for lane in runtime.lanes:
        await in_thread(runtime, settle.tidy, runtime.engine, runtime.clock, lane)


async def _ask(runtime: Runtime) -> None:
    """Looks up uncertain attempts, polls silent ones."""
    for lane in runtime.lanes:
        for ask in (settle.reconcile, settle.poll):
            await ask(runtime.engine, runtime.clock, lane, runtime.gateway, runtime.executor)


async def _watch(runtime: Runtime) -> None:
    """Pauses campaigns of which too much fails."""
    await in_thread(runtime, watch, runtime.engine, runtime.clock, runtime.desk.broadcasts)


async def _catch_up(runtime: Runtime) -> None:
    """Takes in the texts and calls that no hook told of."""
    numbers = runtime.settings.own_numbers
    await catch_up(runtime.desk, runtime.gateway, numbers, runtime.executor)


async def _escalate(runtime: Runtime) -> None:
    """Alerts whoever is on duty where somebody waits and nobody has looked, and whoever runs
    campaigns where sending stopped by itself."""
    await in_thread(runtime, escalate, runtime.desk)
    await in_thread(runtime, alert_managers, runtime.desk)


async def _fold(runtime: Runtime) -> None:
    """Brings the reach figures up to date."""
    await in_thread(runtime, fold.fold, runtime.engine)


async def _note_day(runtime: Runtime) -> None:
    """Tells the ledger of a day on which nothing happened yet."""
    await in_thread(runtime, note_day, runtime.engine, runtime.clock)


async def _lapse(runtime: Runtime) -> None:
    """Ends consent of numbers that nothing reached for long, some thousand contacts at a time."""
    after: int | None = 0
    while after is not None:
        after = await in_thread(runtime, unreachable.lapse, runtime.engine, runtime.clock, after)


async def _redact(runtime: Runtime) -> None:
    """Redacts help conversations that are old, some hundred rows at a time (S20)."""
    keep = timedelta(days=runtime.settings.help_days)
    while await in_thread(runtime, redact, runtime.engine, runtime.clock, keep):
        continue


async def _forget(runtime: Runtime) -> None:
    """Forgets the gateway's ids of what ended long ago, some thousand at a time (S20)."""
    keep = timedelta(days=runtime.settings.log_days)
    for lane in runtime.lanes:
        after: str | None = ""
        while after is not None:
            after = await in_thread(
                runtime, forget_sids, runtime.engine, runtime.clock, lane, keep, after
            )


async def _mail(runtime: Runtime) -> None:
    """Sends the reports that are due by e-mail. Beside the database's one thread: a mail server
    may take its time."""
    settings = runtime.settings
    mailer = mailing.Mailer(
        runtime.engine,
        runtime.clock,
        runtime.desk.vault,
        Post(settings.smtp_url.get_secret_value()),
        settings.mail_from,
        settings.public_url,
    )
    await asyncio.to_thread(mailing.send_due, mailer)


async def _note_pace(runtime: Runtime) -> None:
    """Writes down the pace of a process that sends alone, for who looks from outside."""
    if isinstance(runtime.book, MemoryBook):
        await in_thread(runtime, runtime.book.write, runtime.engine)


def _doubtful(runtime: Runtime) -> bool:
    return any(settle.doubtful(runtime.engine, runtime.clock, lane) for lane in runtime.lanes)


def _to_mail(runtime: Runtime) -> bool:
    settings = runtime.settings
    server = bool(settings.smtp_url.get_secret_value() and settings.mail_from)
    return server and mailing.waits(runtime.engine, runtime.clock)


CHORES = (
    Chore("fire", 0.3, _fire),
    Chore("plan", 0.3, _plan, lambda runtime: broadcasts.unplanned(runtime.engine)),
    Chore("tidy", 1.0, _tidy),
    Chore("ask", 1.0, _ask, _doubtful),
    Chore("watch", 5.0, _watch),
    Chore("fold", 0.5, _fold, lambda runtime: fold.behind(runtime.engine)),
    Chore("catch_up", 5.0, _catch_up),
    Chore("escalate", 5.0, _escalate),
    Chore("note_day", 600.0, _note_day),
    Chore("mail", 60.0, _mail, _to_mail),
    Chore("note_pace", 3.0, _note_pace),
    # A daily turn would never come where processes are restarted daily.
    Chore("lapse", 3_600.0, _lapse),
    Chore("redact", 3_600.0, _redact),
    Chore("forget", 3_600.0, _forget),
)
