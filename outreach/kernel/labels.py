"""What the values that people have are called (in the catalogs)."""

from __future__ import annotations

from outreach.kernel.dimensions import NOT_ASKED, PREFER_NOT
from outreach.kernel.i18n import mark as _

VALUE_LABELS: dict[str, str] = {
    "sms": _("SMS"),
    "voice": _("call"),
    "km": _("Khmer"),
    "en": _("English"),
    "th": _("Thai"),
    "vi": _("Vietnamese"),
    "yes": _("yes"),
    "no": _("no"),
    "own": _("own"),
    "shared": _("shared"),
    "female": _("women"),
    "male": _("men"),
    "other": _("other"),
    "under 18": _("under 18"),
    "aspirant": _("wants to go abroad"),
    "current": _("works abroad"),
    "returnee": _("came back"),
    "family": _("family"),
    "authority": _("authority"),
    "domestic": _("domestic work"),
    "construction": _("construction"),
    "fishing": _("fishing"),
    "agriculture": _("agriculture"),
    "factory": _("factory"),
    "services": _("services"),
    NOT_ASKED: _("not asked"),
    PREFER_NOT: _("prefer not to say"),
}
