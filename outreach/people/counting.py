"""Counts the register by consent: what the console shows of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from outreach.people import queries
from outreach.people.rules.consent import Consent
from outreach.store.engine import reading


@dataclass(frozen=True)
class Counts:
    """Contacts: `registered` with live consent, `listed` (or invited) without any answer,
    `declined`; and numbers that `opted_out`, strangers among them."""

    registered: int
    listed: int
    declined: int
    opted_out: int


def counts(engine: Engine) -> Counts:
    """How the register stands, in one snapshot."""
    with reading(engine) as connection:
        by_state = queries.count_by_consent(connection)
        return Counts(
            registered=by_state.get(Consent.CONSENTED, 0),
            listed=by_state.get(Consent.LISTED, 0) + by_state.get(Consent.INVITED, 0),
            declined=by_state.get(Consent.DECLINED, 0),
            opted_out=queries.count_opt_outs(connection),
        )
