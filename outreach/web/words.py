"""What the codes of states, reasons and values are called on the pages (in the catalogs)."""

from __future__ import annotations

from collections.abc import Callable

from outreach.kernel.i18n import mark as _
from outreach.kernel.labels import VALUE_LABELS

_LABELS: dict[str, str] = {
    "pending": _("waiting"),
    "leased": _("being sent"),
    "trying": _("on its way"),
    "done": _("arrived"),
    "failed": _("failed"),
    "unknown": _("unknown"),
    "expired": _("too late"),
    "canceled": _("canceled"),
    "suppressed": _("not sent"),
    "running": _("running"),
    "finished": _("finished"),
    "no_consent": _("no consent"),
    "opted_out": _("said stop"),
    "cap": _("heard from us often enough"),
    "quiet_hours": _("quiet hours"),
    "no_wording": _("nothing in their language"),
    "not_approved": _("not approved"),
    "deny_list": _("a word that must not go out"),
    "paused": _("paused"),
    "too_late": _("too late"),
    "closed_corridor": _("the way is closed"),
    "safe_contact": _("as the person set it"),
    "holiday": _("public holiday"),
    "budget": _("budget used up"),
    "not_opened": _("key missing"),
    "withdrawn": _("held back"),
    **VALUE_LABELS,
    "TH": _("Thailand"),
    "MY": _("Malaysia"),
    "VN": _("Viet Nam"),
    "KR": _("Korea"),
    "province": _("By province"),
    "sex": _("By sex"),
    "language": _("By language"),
    "channel": _("By channel"),
    "age_band": _("By age"),
    "audience": _("By group"),
    "destination": _("By destination"),
    "registered": _("registered with consent"),
    "reached": _("people reached"),
    "called": _("people called"),
    "answered": _("people who answered"),
    "listened": _("people who listened"),
    "submitted": _("messages accepted"),
    "delivered": _("messages delivered"),
    "call_key": _("pressed a key in a call"),
    "missed_call": _("missed call"),
    "spoke": _("spoke to the person"),
    "no_answer": _("nobody answered"),
    "other_person": _("somebody else answered"),
    "hotline_worker": _("hotline worker"),
    "hotline_supervisor": _("hotline supervisor"),
    "campaign_manager": _("campaign manager"),
    "approver": _("approver"),
    "coordinator": _("provincial coordinator"),
    "donor": _("donor"),
    "auditor": _("auditor"),
    "administrator": _("administrator"),
}


def label(translate: Callable[[str], str], code: str) -> str:
    """The name of `code` in the language of `translate`; a code without one is shown as it is."""
    known = _LABELS.get(code)
    return translate(known) if known else code
