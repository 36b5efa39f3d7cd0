"""Writes numbers, shares and days as a language does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from outreach.kernel.i18n import mark as _
from outreach.kernel.i18n import translations
from outreach.reach.document.model import Cell, Kind

_ZONE = ZoneInfo("Asia/Phnom_Penh")
# What stands where there is no figure.
ABSENT = {
    Kind.HIDDEN: _("hidden"),
    Kind.NOT_MEASURED: _("not measured"),
    Kind.NO_BASE: _("no base"),
}

# What one person cost has more decimals than what all did.
_FORMS = {Kind.MONEY: "#,##0.00##", Kind.POINTS: "+#,##0;-#,##0"}


def written(value: object, language: str) -> str:
    """A value inside a sentence: a number, a day, words in every language, or text.

    >>> written(1234, "en"), written(date(2026, 3, 2), "en")
    ('1,234', '2 March 2026')
    """
    if isinstance(value, Mapping):
        return str(value[language])
    if isinstance(value, datetime):
        return str(format_datetime(value.astimezone(_ZONE), "d MMMM y, HH:mm", locale=language))
    if isinstance(value, date):
        return str(format_date(value, "d MMMM y", locale=language))
    if isinstance(value, int):
        return str(format_decimal(value, locale=language))
    return str(value)


def month_name(month: date, language: str) -> str:
    """A month with its year."""
    return str(format_date(month, "MMMM y", locale=language))


def cell_text(cell: Cell, language: str) -> str:
    """A cell as it is read."""
    if cell.kind in ABSENT:
        return translations(language).gettext(ABSENT[cell.kind])
    if cell.words is not None:
        return cell.words[language]
    if cell.kind is Kind.SHARE:
        return str(format_percent(cell.number or 0, "#,##0.0%", locale=language))
    form = _FORMS.get(cell.kind)
    return str(format_decimal(cell.number or 0, form, locale=language))
