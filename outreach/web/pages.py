"""Renders a page in the reader's language: Khmer or English, chosen by link, kept in a cookie."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_day_names
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from outreach.kernel.i18n import LANGUAGES, chosen, translations
from outreach.web.words import label

_COOKIE = "language"
_YEAR = 365 * 24 * 3600
_ZONE = ZoneInfo("Asia/Phnom_Penh")


def render(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The page `template` with `values`."""
    language = language_of(request)
    text = fill(template, language, **values, path=request.url.path, who=request.scope.get("who"))
    answer = HTMLResponse(text, status)
    keep_language(request, answer)
    return answer


def keep_language(request: Request, answer: Response) -> None:
    """Lets the browser keep a language that its reader just asked for."""
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        answer.set_cookie(_COOKIE, asked, max_age=_YEAR, httponly=True, samesite="lax")


def language_of(request: Request) -> str:
    """The language that a reader of ours asks for, chose before, or has a browser in."""
    asked, accepted = request.query_params.get("lang"), request.headers.get("accept-language", "")
    return chosen(asked, request.cookies.get(_COOKIE), accepted)


def fill(template: str, language: str, **values: Any) -> str:
    """The text of `template` in a language, for who keeps it."""
    common = {
        "language": language,
        "other": next(code for code in LANGUAGES if code != language),
        "_": translations(language).gettext,
    }
    return _environment.overlay().get_template(template).render(values | common)


@pass_context
def _number(context: Context, value: float | None) -> str:
    return "–" if value is None else str(format_decimal(value, locale=context["language"]))


@pass_context
def _percent(context: Context, part: int, whole: int) -> str:
    """`part` of `whole`, or a dash where there is no base."""
    if not whole:
        return "–"
    return str(format_percent(part / whole, "#,##0.0%", locale=context["language"]))


@pass_context
def _moment(context: Context, at: datetime | None) -> str:
    if at is None:
        return "–"
    local = at.astimezone(_ZONE)
    return str(format_datetime(local, "EEEE d MMMM y, HH:mm", locale=context["language"]))


@pass_context
def _weekday(context: Context, day: int | str) -> str:
    """The name of an ISO weekday."""
    return str(get_day_names("wide", locale=context["language"])[int(day) - 1])


@pass_context
def _day(context: Context, day: date) -> str:
    return str(format_date(day, "EEEE d MMMM y", locale=context["language"]))


@pass_context
def _until(context: Context, at: datetime) -> str:
    """A moment of today or tomorrow: weekday and time."""
    return str(format_datetime(at.astimezone(_ZONE), "EEEE HH:mm", locale=context["language"]))


def _clock(seconds: float) -> str:
    """Minutes and seconds that are left; hours before them where there are any."""
    minutes, left = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


@pass_context
def _label(context: Context, code: str) -> str:
    """What a state, reason or value of ours is called."""
    return label(context["_"], code)


def _make() -> Environment:
    made = Environment(
        loader=PackageLoader("outreach.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": _number,
        "percent": _percent,
        "moment": _moment,
        "label": _label,
        "clock": _clock,
        "weekday": _weekday,
        "day": _day,
        "until": _until,
    }
    return made


_environment = _make()
