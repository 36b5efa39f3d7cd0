"""Puts the parts together: every table known to the metadata, adapters chosen by the settings."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Engine, MetaData
from sqlmodel import SQLModel

import outreach.content.tables
import outreach.delivery.tables
import outreach.hotline.duty.tables
import outreach.hotline.inbox.tables
import outreach.hotline.menu.tables
import outreach.hotline.queries
import outreach.hotline.referral.tables
import outreach.people.requests.tables
import outreach.people.tables
import outreach.planning.tables
import outreach.reach.grants.tables
import outreach.reach.publications.tables
import outreach.reach.tables
import outreach.staff.tables
import outreach.store.ledger
import outreach.store.processes
from outreach.content.shipped import Shipped, shipped_of
from outreach.delivery.dispatch import Dispatcher, SenderPace
from outreach.delivery.lane import Lane
from outreach.delivery.pacing.book import Book, MemoryBook, SharedBook
from outreach.delivery.status.standing import Queue, Standing, standing
from outreach.gateways.ports import Gateway
from outreach.hotline import lane as answers
from outreach.hotline.desk import Desk
from outreach.hotline.duty import lane as alerts
from outreach.hotline.duty.queries import DELIVERIES as ALERTS
from outreach.hotline.sealed import HELP_STORE
from outreach.kernel.clock import Clock, open_clock
from outreach.kernel.errors import Refused, SettingsError
from outreach.kernel.sealing import Vault
from outreach.kernel.turns import UrgentFirst
from outreach.language.denylist import find
from outreach.people.sealed import REGISTER
from outreach.planning.audience.queries import DELIVERIES
from outreach.planning.lane import NAME as BROADCASTS
from outreach.planning.lane import broadcast_lane
from outreach.planning.queries import ATTEMPTS
from outreach.planning.sending.check import Road
from outreach.reach.mailing.sealed import TABLES as MAIL_SEALED
from outreach.settings import Settings
from outreach.staff.sealed import TABLES as STAFF_SEALED
from outreach.store.engine import make_engine
from outreach.store.keyring import admit, held
from outreach.store.migrate import require_current, upgrade
from outreach.store.rotation import SealedStore

if TYPE_CHECKING:
    from outreach.delivery.status.metrics import Metrics

metadata: MetaData = SQLModel.metadata


@dataclass(frozen=True)
class Runtime:
    """The parts of a running process, as the settings chose them."""

    settings: Settings
    engine: Engine
    clock: Clock
    gateway: Gateway
    lanes: tuple[Lane, ...]
    desk: Desk
    executor: UrgentFirst

    book: Book

    @property
    def alone(self) -> bool:
        """Whether one process does all: SQLite has one writer."""
        return self.engine.dialect.name == "sqlite"

    def dispatcher(self, name: str = "", senders: Callable[[], int] = lambda: 1) -> Dispatcher:
        """The sender of this process, called `name`, one of `senders` that share the pace."""
        pace = SenderPace(
            self.settings.sender,
            self.settings.sms_pace,
            self.settings.call_pace,
            self.settings.in_flight,
        )
        return Dispatcher(
            self.engine,
            self.clock,
            self.gateway,
            self.lanes,
            pace,
            self.executor,
            urgent=frozenset({answers.NAME, alerts.NAME}),
            name=name,
            book=self.book,
            at_once=self.executor.urgent,
            senders=senders,
        )


def open_engine(settings: Settings) -> Engine:
    """The engine of the database that the settings name; raises Unavailable where it does not
    answer or has not been migrated."""
    engine = make_engine(settings.database_url)
    require_current(engine)
    return engine


def migrate(settings: Settings) -> Engine:
    """Creates the database's tables or brings them up to date; returns its engine."""
    engine = make_engine(settings.database_url)
    upgrade(engine, metadata)
    return engine


def standing_of(settings: Settings, engine: Engine, clock: Clock) -> Standing:
    """How sending stands; needs no keys."""
    queues = (
        Queue(answers.NAME, outreach.hotline.queries.DELIVERIES, attempts=None),
        Queue(BROADCASTS, DELIVERIES, ATTEMPTS),
        Queue(alerts.NAME, ALERTS, attempts=None),
    )
    limits = {"sms": settings.sms_pace, "voice": settings.call_pace}
    return standing(engine, clock, queues, limits)


def metrics_of(runtime: Runtime) -> Metrics:
    """The same for Prometheus, asked anew whenever somebody scrapes."""
    from outreach.delivery.status.metrics import Metrics

    return Metrics(partial(standing_of, runtime.settings, runtime.engine, runtime.clock))


def open_clock_of(settings: Settings) -> Clock:
    """The clock that the settings name."""
    return open_clock(settings.rehearsal_clock)


def sealed_stores(settings: Settings) -> tuple[tuple[SealedStore, Vault], ...]:
    """Each store that is sealed, with its keys."""
    register = replace(REGISTER, tables=(*REGISTER.tables, *STAFF_SEALED, *MAIL_SEALED))
    return (register, settings.vault()), (HELP_STORE, settings.help_vault())


def holding_keys(runtime: Runtime) -> AbstractContextManager[None]:
    """While it is entered, other processes know which keys this one works with; raises like
    `open_register`."""
    return held(runtime.engine, sealed_stores(runtime.settings))


@dataclass(frozen=True)
class Register:
    """The register as the settings name it, for the commands about people."""

    settings: Settings
    engine: Engine
    vault: Vault
    clock: Clock

    @property
    def parts(self) -> tuple[Engine, Vault, Clock]:
        """What most use cases begin with."""
        return self.engine, self.vault, self.clock


def open_register(settings: Settings) -> Register:
    """Opens it; raises as `open_engine` does, and Refused or Conflict where working with these keys
    would leave something that can't be opened (`store.keyring`)."""
    engine, vault = open_engine(settings), settings.vault()
    admit(engine, [(REGISTER, vault)])
    return Register(settings, engine, vault, open_clock_of(settings))


def open_help_store(settings: Settings) -> Register:
    """The same of the sealed help store, with its own keys."""
    engine, vault = open_engine(settings), settings.help_vault()
    admit(engine, [(HELP_STORE, vault)])
    return Register(settings, engine, vault, open_clock_of(settings))


def require_split(settings: Settings, command: str) -> None:
    """Raises SettingsError where `command`, a part of a split installation, can't work."""
    if settings.database_url.startswith("sqlite"):
        raise SettingsError(
            f"outreach {command} needs PostgreSQL: SQLite serves one process.",
            where="OUTREACH_DATABASE_URL",
            remedy="Run outreach serve, or set it to postgresql://user@host/name.",
        )


def build(settings: Settings) -> Runtime:
    """The parts that `settings` choose; raises SettingsError for what can't work together."""
    # Imported here, with its HTTP client: most commands send nothing.
    from outreach.gateways.registry import gateway_from

    settings.require(
        "sender", "twilio_account_sid", "twilio_auth_token", "secret_keys", "help_keys"
    )
    _require_ordinary(settings.sender)
    gateway = gateway_from(
        settings.gateway,
        base_url=settings.twilio_base_url,
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        public_url=settings.public_url,
    )
    shipped = shipped_of(settings)
    if not (gateway.loopback or shipped.replies.approved):
        raise Refused(
            "The automatic replies are not approved by two people (or a door is untried).",
            where=str(settings.campaigns_dir / "replies" / "approvals.yaml"),
            remedy=f"Have them approved; their digest is {shipped.replies.digest}.",
        )
    if settings.rehearsal_clock and not gateway.loopback:
        raise SettingsError(
            "A rehearsal's clock runs only with a gateway on this machine.",
            where="OUTREACH_REHEARSAL_CLOCK",
            remedy="Unset it, or point OUTREACH_TWILIO_BASE_URL at the simulator.",
        )
    return assemble(settings, open_engine(settings), open_clock_of(settings), gateway, shipped)


def assemble(
    settings: Settings, engine: Engine, clock: Clock, gateway: Gateway, shipped: Shipped
) -> Runtime:
    """The parts put together, whatever gateway, database and clock they are to work with."""
    vault, help_vault = settings.vault(), settings.help_vault()
    road = Road(gateway.loopback, settings.one_way)
    broadcasts = broadcast_lane(vault, road, prices=shipped.prices)
    return Runtime(
        settings=settings,
        engine=engine,
        clock=clock,
        gateway=gateway,
        # Answers first: they are looked at before any broadcast.
        lanes=(answers.answers_lane(help_vault), broadcasts, alerts.alerts_lane(vault)),
        desk=Desk(
            engine,
            clock,
            vault,
            help_vault,
            shipped.replies,
            broadcasts,
            shipped.wordings.newest.version,
            shipped.phrases,
            shipped.directory,
            rehearsing=gateway.loopback,
            reply_within=timedelta(minutes=settings.reply_minutes),
        ),
        executor=UrgentFirst(_threads(engine), "database"),
        book=MemoryBook() if engine.dialect.name == "sqlite" else SharedBook(engine),
    )


def _threads(engine: Engine) -> int:
    """SQLite has one writer; one thread keeps our own writers from waiting for each other."""
    return 1 if engine.dialect.name == "sqlite" else 4


def _require_ordinary(sender: str) -> None:
    """Raises SettingsError where the sender's name gives the subject away (S1)."""
    if find(sender):
        raise SettingsError(
            "The sender's name gives the subject away.",
            where="OUTREACH_SENDER",
            remedy="Set a number or an ordinary name.",
        )
