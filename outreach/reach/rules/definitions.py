"""What each figure of a report means: its unit, its base, its definition (REACH.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """`unit` is what is counted, `base` among whom or what; period and rules are the report's."""

    unit: str
    base: str
    says: str


_ALL = "all in the period"
# Nobody knows all second SIMs of a person; those that are known count once.
_PERSON = "SIM, linked ones once"
_SMS, _CALLS, _TAKEN = "SMS", "calls", "SMS and calls that the gateway accepted"

DEFINITIONS: Mapping[str, Definition] = {
    "registered": Definition("SIM", "the whole register", "live consent at the period's end"),
    "reached": Definition(
        _PERSON, _ALL, "at least one delivered SMS, or one call heard for 10 s or more; once each"
    ),
    "heard": Definition(_PERSON, "called", "at least one call heard for 10 s or more"),
    "called": Definition(_PERSON, _ALL, "at least one call that the gateway accepted"),
    "answered": Definition(_PERSON, "called", "answered at least one call"),
    "listened": Definition(_PERSON, "answered", "heard 75 % or more of at least one call"),
    "passed": Definition(
        _PERSON, "answered", "pressed a key in a campaign call's menu; hidden with engaged (S27)"
    ),
    "engaged": Definition(
        _PERSON,
        _ALL,
        "pressed a key that asks for no help, answered a quiz, joined by code or missed call, or "
        "changed the language; asking for help is never in it",
    ),
    "opted_out": Definition(
        "SIM", "the whole register", "said STOP at least once; strangers' STOPs are not in it"
    ),
    "submitted": Definition("SMS or call", _ALL, "accepted by the gateway; answers not counted"),
    "delivered": Definition("SMS", _SMS, "receipt *delivered* came in the period"),
    "unknown": Definition(
        "SMS or call", _TAKEN, "fell silent in the period, and silent still at its end"
    ),
    "failed": Definition(
        "SMS or call", "SMS and calls tried", "failed in the period, and not delivered by its end"
    ),
    "exposures": Definition("SMS or call", _ALL, "SMS delivered, and calls heard for 10 s or more"),
    "answered_calls": Definition("call", _CALLS, "answered"),
    "measured_calls": Definition("call", "answered_calls", "the gateway told how long"),
    "listened_calls": Definition("call", "answered_calls", "heard for 75 % or more"),
    "parts": Definition("SMS part", _SMS, "parts of accepted SMS, as they are charged"),
    "cost": Definition("currency", "submitted", "at the planning price table, not an invoice"),
    "suppressed": Definition("delivery", _ALL, "planned and not sent, by reason"),
    "help": Definition(
        "text or request",
        "whole months that are over",
        "texts that came in by topic, call-backs asked for, referrals, time to a person; under 11 "
        "hidden (S27)",
    ),
    "delivered_rate": Definition(
        "share", "SMS accepted in the period", "of them delivered by its end; unknown is not"
    ),
    "answered_rate": Definition("share", "called", "answered / called, contacts and not calls"),
    "listened_rate": Definition(
        "share",
        "answered_calls",
        "listened_calls / answered_calls; not measured where measured_calls is 0",
    ),
    "frequency": Definition("SMS or call per SIM", "reached", "exposures / reached"),
    "opt_out_rate": Definition("share", "reached", "opted_out / reached"),
    "cost_per_reached": Definition("currency per SIM", "reached", "cost / reached"),
    "cost_per_referral": Definition(
        "currency per referral",
        "help",
        "cost / acknowledged referrals of whole months that are over; none where one is hidden",
    ),
    "cost_per_listened": Definition("currency per SIM", "listened", "cost / listened"),
}

NOTES = (
    "Days are Asia/Phnom_Penh's; a figure belongs to the day on which the fact was recorded.",
    "SIMs are counted, and those known to be one person's once, as far as they were linked at "
    "the period's end; registered and opted_out count SIMs.",
    "A person who moved is in two cells of a table and counts in both; totals are distinct, so the "
    "cells may add up to more than the total.",
    "`not_asked` is a value: nobody asked.",
    "Consent belongs to no campaign: registered and opted_out are the whole register's.",
    "These are outputs: how many heard us, not what changed for them.",
)
