"""Random orders of sending, losing, reporting and looking up, against a small model of our own.

The model knows SMS only and keeps to the promises: an attempt never goes back, *delivered* always
wins, tries are limited, one attempt at a time, and an end is an end but for better news.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from outreach.delivery.claiming import claim, give_back, submit
from outreach.delivery.lane import Lane
from outreach.delivery.progress import News, apply
from outreach.delivery.receipts import record
from outreach.delivery.rules.states import AttemptState
from outreach.gateways.ports import ErrorClass, Report
from outreach.hotline import queries
from outreach.kernel.clock import FixedClock
from outreach.store.engine import reading, transaction
from tests.delivery.rows import SENDER

LIMIT = 3
# Worse to better; what stands in one group is of equal weight, and the first word stays.
GROUPS = (
    ("submitting",),
    ("submitted",),
    ("sent",),
    ("unknown",),
    ("errored", "failed", "canceled"),
    ("delivered",),
)
WEIGHT = {state: weight for weight, group in enumerate(GROUPS) for state in group}
OPEN = ("submitting", "submitted", "sent")
ENDS = {"failed": "failed", "canceled": "canceled", "unknown": "unknown", "delivered": "done"}

events = st.one_of(
    st.sampled_from([("lease",), ("give back",), ("submit",), ("throttled",), ("absent",)]),
    st.tuples(
        st.just("report"),
        st.sampled_from(["submitted", "sent", "delivered", "failed", "errored", "canceled"]),
        st.integers(0, 2),
    ),
    st.tuples(st.just("silence"), st.integers(0, 2)),
)


@dataclass
class Model:
    """One delivery and its attempts, as they should be."""

    state: str = "pending"
    tries: int = 0
    attempts: list[str] = field(default_factory=list)

    def lease(self) -> None:
        self.state = "leased" if self.state == "pending" else self.state

    def give_back(self) -> None:
        self.state = "pending" if self.state == "leased" else self.state

    def submit(self) -> None:
        if self.state == "leased":
            self.state, self.tries = "trying", self.tries + 1
            self.attempts.append("submitting")

    def never_taken(self) -> None:
        """The newest attempt turns out never to have been taken."""
        if self.attempts and self.attempts[-1] == "submitting":
            self.attempts[-1] = "errored"
            if self.state == "trying":
                self.state, self.tries = "pending", self.tries - 1

    def hear(self, position: int, said: str) -> None:
        if position >= len(self.attempts) or WEIGHT[said] <= WEIGHT[self.attempts[position]]:
            return
        self.attempts[position] = said
        newest = position == len(self.attempts) - 1
        if said == "delivered":
            self.state = "done"
        elif newest and self.state in ("trying", "unknown") and said not in OPEN:
            again = said == "errored" and self.tries < LIMIT
            self.state = "pending" if again else ENDS.get(said, "failed")


@dataclass
class Real:
    """The same delivery in the database."""

    database: Engine
    clock: FixedClock
    lane: Lane
    id: int

    def do(self, event: tuple[Any, ...]) -> None:
        match event:
            case ("lease",):
                # Long enough for the next try's hour.
                self.clock.advance(timedelta(days=1))
                claim(self.database, self.lane, "sms", self.clock.now(), 10)
            case ("give back",):
                give_back(self.database, self.lane, [self.id], self.clock.now())
            case ("submit",):
                submit(self.database, self.lane, [self.id], SENDER, self.clock.now())
            case ("throttled",) | ("absent",):
                self._hear(-1, "errored", again_after=timedelta(0))
            case ("silence", position):
                self._hear(position, "unknown", error_code="silent")
            case ("report", state, position):
                self._report(position, state)

    def _hear(self, position: int, state: str, **more: Any) -> None:
        attempts = self.attempts()
        if attempts and position < len(attempts):
            news = News(attempts[position].id, AttemptState(state), **more)
            with transaction(self.database) as connection:
                apply(connection, self.lane, [news], self.clock.now())

    def _report(self, position: int, state: str) -> None:
        attempts = self.attempts()
        if position >= len(attempts):
            return
        klass = {"errored": ErrorClass.RETRY_LATER, "failed": ErrorClass.NEVER}.get(state)
        said = "failed" if state == "errored" else state
        report = Report(
            f"SM{attempts[position].id}", attempts[position].public_id, said, klass=klass
        )
        record(self.database, self.clock, [self.lane], [report])

    def attempts(self) -> Any:
        table = queries.ATTEMPTS
        query = table.select().where(table.c.delivery_id == self.id).order_by(table.c.id)
        with reading(self.database) as connection:
            return connection.execute(query).all()

    def delivery(self) -> Any:
        (row,) = self._rows()
        return row

    def _rows(self) -> Any:
        table = queries.DELIVERIES
        with reading(self.database) as connection:
            return connection.execute(table.select().where(table.c.id == self.id)).all()


def step(model: Model, event: tuple[Any, ...]) -> None:
    """The same event, to the model."""
    match event:
        case ("lease",):
            model.lease()
        case ("give back",):
            model.give_back()
        case ("submit",):
            model.submit()
        case ("throttled",) | ("absent",):
            model.never_taken()
        case ("silence", position):
            model.hear(position, "unknown")
        case ("report", state, position):
            model.hear(position, state)


@given(orders=st.lists(st.lists(events, min_size=3, max_size=25), min_size=1, max_size=3))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_happens_in_whatever_order_the_database_does_as_the_model(
    database: Engine,
    clock: FixedClock,
    lane: Lane,
    queue: Callable[..., list[int]],
    orders: list[list[tuple[Any, ...]]],
) -> None:
    for order in orders:
        with transaction(database) as connection:
            for table in (queries.DELIVERIES, queries.ATTEMPTS, queries.RECEIPTS):
                connection.execute(table.delete())
        (number,) = queue(hours=1_000_000)
        model, real = Model(), Real(database, clock, lane, number)
        for event in order:
            step(model, event)
            real.do(event)
            row, attempts = real.delivery(), [attempt.state for attempt in real.attempts()]
            assert (row.state, row.attempts, attempts) == (model.state, model.tries, model.attempts)
            assert sum(state in OPEN for state in attempts) <= 1
            assert row.attempts <= LIMIT
