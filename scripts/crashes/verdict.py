"""Holds what the system claims after a run against what the handsets really got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, text

from outreach.hotline.tables import HelpInbound
from outreach.people.tables import Contact
from outreach.reach.fold import fold
from outreach.reach.report import report
from outreach.store.engine import reading
from outreach.store.types import table_of
from scripts.crashes.watch import LANES, OPEN_DELIVERIES, rows_of
from scripts.rehearsal import facts, look

_CONTACTS = table_of(Contact)
_INBOUND = table_of(HelpInbound)
_ACCEPTED_TWICE = """
SELECT count(*) FROM (SELECT attempt_id FROM ledger_fact WHERE kind = 'attempt.accepted'
                      GROUP BY attempt_id HAVING count(*) > 1) twice
"""


def problems(engine: Engine, truth: Mapping[str, Any]) -> list[str]:
    """Everything that must not be, in words; empty after a good run."""
    got, attempts = facts.by_sid(truth), look.attempts(engine)
    found = []
    for deliveries, tries in LANES:
        name = deliveries.name
        rows = rows_of(engine, deliveries)
        still = [row.id for row in rows if row.state in OPEN_DELIVERIES]
        found += [f"{name}: {len(still)} not final"] * bool(still)
        mute = [row.id for row in rows if row.state == "unknown" and not row.reason]
        found += [f"{name}: {len(mute)} unknown without a reason"] * bool(mute)
        times = Counter(
            row.delivery_id for row in rows_of(engine, tries) if row.sid and got.get(row.sid)
        )
        twice = [key for key, times_got in times.items() if times_got > 1]
        found += [f"{name}: {len(twice)} got it twice"] * bool(twice)
    found += _passed_over(engine)
    planned = [row.contact_id for row in rows_of(engine, LANES[0][0])]
    people = [row.id for row in rows_of(engine, _CONTACTS)]
    if sorted(planned) != people:
        found.append(f"planned {len(planned)} of {len(people)}")
    texts = sum(len(handset["sent"]) for handset in truth["handsets"])
    heard = len(rows_of(engine, _INBOUND))
    found += [f"{texts} texts came, {heard} were taken in"] * (texts != heard)
    counted = {
        "claims that the handsets contradict": facts.mismatches(attempts, got),
        "sent twice": facts.double_sends(attempts, got),
        "sent after STOP": look.sent_after_stop(engine),
        "accepted twice in the ledger": look.count(engine, _ACCEPTED_TWICE),
    }
    found += [f"{number} {what}" for what, number in counted.items() if number]
    return found + _reach(engine)


def _passed_over(engine: Engine) -> list[str]:
    """People of the broadcast to whom nothing was sent, and who did not say STOP."""
    deliveries, attempts = LANES[0]
    tried = {row.delivery_id for row in rows_of(engine, attempts)}
    passed_over = [row for row in rows_of(engine, deliveries) if row.id not in tried]
    why = Counter(row.reason for row in passed_over)
    return [f"passed over: {dict(why)}"] * (why.total() > 1 or bool(why.keys() - {"opted_out"}))


def caught(engine: Engine, truth: Mapping[str, Any]) -> Counter[str]:
    """What a death found under way, by the words of `Point.leaves`. *Unrecorded* is what the
    network took and no attempt of ours knows."""
    found: Counter[str] = Counter()
    sids = set()
    for deliveries, tries in LANES:
        found["leased"] += sum(row.state == "leased" for row in rows_of(engine, deliveries))
        attempts = rows_of(engine, tries)
        found["submitting"] += sum(row.state == "submitting" for row in attempts)
        sids |= {row.sid for row in attempts}
    found["unrecorded"] = len(facts.by_sid(truth).keys() - sids)
    found["unplanned"] = look.count(engine, "SELECT count(*) FROM broadcast WHERE cursor >= 0")
    return +found


def unknown(engine: Engine) -> Counter[str]:
    """The broadcast's deliveries that nobody can tell of, by reason."""
    rows = rows_of(engine, LANES[0][0])
    return Counter(row.reason for row in rows if row.state == "unknown")


def _reach(engine: Engine) -> list[str]:
    """The folded figures against the deliveries."""
    fold(engine)
    with reading(engine) as connection:
        done = connection.execute(
            text("SELECT count(*) FROM delivery WHERE state = 'done' AND channel = 'sms'")
        ).scalar_one()
    reached = report(engine).reached
    return [f"reach counts {reached}, {done} SMS are done"] * (reached < done)
