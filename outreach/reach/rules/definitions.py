"""What each figure of a report means: its unit, its base, its definition (REACH.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from outreach.kernel.i18n import mark as _


@dataclass(frozen=True)
class Definition:
    """`unit` is what is counted, `base` among whom or what; period and rules are the report's."""

    unit: str
    base: str
    says: str


_ALL = _("all in the period")
# Nobody knows all second SIMs of a person; those that are known count once.
_PERSON = _("SIM, linked ones once")
_SIM, _EITHER, _SHARE, _MONEY = _("SIM"), _("SMS or call"), _("share"), _("currency")
_REGISTER = _("the whole register")
_SMS, _CALLS, _TAKEN = _("SMS"), "calls", _("SMS and calls that the gateway accepted")

DEFINITIONS: Mapping[str, Definition] = {
    "registered": Definition(_SIM, _REGISTER, _("live consent at the period's end")),
    "reached": Definition(
        _PERSON,
        _ALL,
        _("at least one delivered SMS, or one call heard for 10 s or more; once each"),
    ),
    "heard": Definition(_PERSON, "called", "at least one call heard for 10 s or more"),
    "called": Definition(_PERSON, _ALL, _("at least one call that the gateway accepted")),
    "answered": Definition(_PERSON, "called", _("answered at least one call")),
    "listened": Definition(_PERSON, "answered", _("heard 75 % or more of at least one call")),
    "passed": Definition(
        _PERSON, "answered", _("pressed a key in a campaign call's menu; hidden with engaged (S27)")
    ),
    "engaged": Definition(
        _PERSON,
        _ALL,
        _(
            "pressed a key that asks for no help, answered a quiz, joined by code or missed call, "
            "or changed the language; asking for help is never in it"
        ),
    ),
    "opted_out": Definition(
        _SIM, _REGISTER, _("said STOP at least once; strangers' STOPs are not in it")
    ),
    "submitted": Definition(_EITHER, _ALL, _("accepted by the gateway; answers not counted")),
    "delivered": Definition(_SMS, _SMS, _("a receipt of delivery came in the period")),
    "unknown": Definition(
        _EITHER, _TAKEN, _("fell silent in the period, and silent still at its end")
    ),
    "failed": Definition(
        _EITHER, _("SMS and calls tried"), _("failed in the period, and not delivered by its end")
    ),
    "exposures": Definition(_EITHER, _ALL, "SMS delivered, and calls heard for 10 s or more"),
    "answered_calls": Definition("call", _CALLS, "answered"),
    "measured_calls": Definition("call", "answered_calls", "the gateway told how long"),
    "listened_calls": Definition("call", "answered_calls", "heard for 75 % or more"),
    "parts": Definition("SMS part", _SMS, "parts of accepted SMS, as they are charged"),
    "cost": Definition(_MONEY, "submitted", _("at the planning price table, not an invoice")),
    "suppressed": Definition("delivery", _ALL, "planned and not sent, by reason"),
    "help": Definition(
        _("text or request"),
        _("whole months that are over"),
        _(
            "texts that came in by topic, call-backs asked for, referrals, time to a person; under "
            "11 hidden (S27)"
        ),
    ),
    "delivered_rate": Definition(
        _SHARE, _("SMS accepted in the period"), _("of them delivered by its end; unknown is not")
    ),
    "answered_rate": Definition(_SHARE, "called", "answered / called, contacts and not calls"),
    "listened_rate": Definition(
        _SHARE,
        "answered_calls",
        "listened_calls / answered_calls; not measured where measured_calls is 0",
    ),
    "frequency": Definition("SMS or call per SIM", "reached", "exposures / reached"),
    "opt_out_rate": Definition(_SHARE, "reached", "opted_out / reached"),
    "cost_per_reached": Definition("currency per SIM", "reached", "cost / reached"),
    "cost_per_referral": Definition(
        "currency per referral",
        "help",
        "cost / acknowledged referrals of whole months that are over; none where one is hidden",
    ),
    "cost_per_listened": Definition("currency per SIM", "listened", "cost / listened"),
}

OUTPUTS = _("These are outputs: how many heard us. They do not say what changed for them.")
NOTES = (
    _("Days are those of Phnom Penh; a figure belongs to the day on which it was recorded."),
    _(
        "SIMs are counted, and those known to be one person's once, as far as they were linked at "
        "the period's end. Who is registered and who said STOP is counted in SIMs."
    ),
    _(
        "Whoever moved is in two cells of a table and counts in both; totals count each once, so "
        "the cells may add up to more than the total."
    ),
    _("Where nobody asked, a value says so."),
    _("Consent belongs to no campaign: who is registered or said STOP is so for all."),
    OUTPUTS,
)
