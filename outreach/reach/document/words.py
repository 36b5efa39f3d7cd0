"""Says a message in every language at once, and names values, provinces and countries."""

from __future__ import annotations

from datetime import date

from babel import Locale

from outreach.kernel.i18n import LANGUAGES, translations
from outreach.kernel.i18n import mark as _
from outreach.kernel.labels import VALUE_LABELS
from outreach.reach.document.model import Words
from outreach.reach.document.notation import month_name, written
from outreach.reach.provinces import provinces

NOTHING: Words = dict.fromkeys(LANGUAGES, "")

FIGURE_LABELS: dict[str, str] = {
    "registered": _("registered with consent"),
    "reached": _("people reached"),
    "called": _("people called"),
    "answered": _("people who answered"),
    "listened": _("people who listened"),
    "submitted": _("messages accepted"),
    "delivered": _("messages delivered"),
    "unknown": _("unknown"),
    "failed": _("failed"),
    "opted_out": _("said stop"),
    "delivered_rate": _("delivered, of the SMS accepted"),
    "cost": _("cost at planning prices"),
    "help": _("help conversations"),
    "passed": _("people who passed the menu"),
    "engaged": _("people who took part"),
}
DIMENSION_LABELS: dict[str, str] = {
    "province": _("By province"),
    "sex": _("By sex"),
    "language": _("By language"),
    "channel": _("By channel"),
    "age_band": _("By age"),
    "audience": _("By group"),
    "destination": _("By destination"),
}


def said(message: str, **values: object) -> Words:
    """A message of the catalogs in every language, `values` written as each language does."""
    return {
        language: translations(language)
        .gettext(message)
        .format(**{name: written(value, language) for name, value in values.items()})
        for language in LANGUAGES
    }


def figure(name: str) -> Words:
    """What a figure is called."""
    return said(FIGURE_LABELS[name])


def value_name(dimension: str, value: str) -> Words:
    """What a value of a dimension is called; one without a name stands as it is."""
    if dimension == "province":
        known = {province.code: province.names for province in provinces()}
        if value in known:
            return known[value]
    if value in VALUE_LABELS:
        return said(VALUE_LABELS[value])
    return {
        language: str(Locale.parse(language).territories.get(value, value))
        for language in LANGUAGES
    }


def month_said(month: date) -> Words:
    """A month with its year."""
    return {language: month_name(month, language) for language in LANGUAGES}
