"""Reads webhook forms and REST resources; what is missing, odd or new is passed over calmly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from outreach.gateways.ports import Channel, Found, Inbound, InboundCall, Report
from outreach.gateways.twilio.errors import classify
from outreach.gateways.twilio.statuses import CALL, MESSAGE

# Our public attempt id travels under this name in the query of our own callback URLs.
ATTEMPT = "attempt"


def receipt(query: Mapping[str, str], form: Mapping[str, str]) -> Report | None:
    """The report in a status callback of a message or a call, or None."""
    attempt = query.get(ATTEMPT) or None
    if form.get("CallSid"):
        return _report(form["CallSid"], attempt, "voice", form.get("CallStatus", ""), form)
    sid = form.get("MessageSid") or form.get("SmsSid") or ""
    status = form.get("MessageStatus") or form.get("SmsStatus") or ""
    return _report(sid, attempt, "sms", status, form)


def _report(
    sid: str, attempt: str | None, channel: Channel, status: str, form: Mapping[str, str]
) -> Report | None:
    state = (CALL if channel == "voice" else MESSAGE).get(status.lower())
    if state is None or not sid:
        return None
    code = _code(form.get("ErrorCode"))
    return Report(
        sid=sid,
        attempt=attempt,
        state=state,
        error_code=code,
        klass=classify(code),
        duration=_whole(form.get("CallDuration")),
        at=moment(form.get("Timestamp")),
    )


def inbound(form: Mapping[str, str]) -> Inbound | None:
    """The text in a message hook, or None if it lacks its id or its sender."""
    sid = form.get("MessageSid") or form.get("SmsMessageSid") or form.get("SmsSid") or ""
    number = form.get("From", "").strip()
    if not sid or not number:
        return None
    return Inbound(
        sid=sid,
        sender_number=number,
        to=form.get("To", "").strip(),
        body=form.get("Body", ""),
        country=form.get("FromCountry") or None,
        media=_whole(form.get("NumMedia")) or 0,
    )


def call(form: Mapping[str, str], query: Mapping[str, str] | None = None) -> InboundCall | None:
    """The call in a voice hook, or None if it lacks its id."""
    sid = form.get("CallSid", "")
    if not sid:
        return None
    attempt = (query or {}).get(ATTEMPT) or None
    direction = form.get("Direction", "")
    came_in = not direction.startswith("outbound") if direction else attempt is None
    theirs, ours = ("From", "To") if came_in else ("To", "From")
    return InboundCall(
        sid=sid,
        number=form.get(theirs, "").strip(),
        to=form.get(ours, "").strip(),
        digits=form.get("Digits", ""),
        status=form.get("CallStatus", ""),
        inbound=came_in,
        attempt=attempt,
    )


def fetched(resource: Mapping[str, Any], channel: Channel) -> Report | None:
    """The report in a REST resource, or None if it is none."""
    state = (CALL if channel == "voice" else MESSAGE).get(str(resource.get("status")).lower())
    sid = resource.get("sid")
    if state is None or not isinstance(sid, str) or not sid:
        return None
    code = _code(resource.get("error_code"))
    return Report(
        sid=sid,
        attempt=None,
        state=state,
        error_code=code,
        klass=classify(code),
        duration=_whole(resource.get("duration")),
        at=moment(resource.get("date_updated")),
    )


def found(resource: Mapping[str, Any], channel: Channel) -> Found | None:
    """One entry of a REST list, or None if it came in or can't be read."""
    report = fetched(resource, channel)
    created = moment(resource.get("date_created"))
    direction = str(resource.get("direction") or "outbound")
    if report is None or created is None or not direction.startswith("outbound"):
        return None
    return Found(
        sid=report.sid,
        channel=channel,
        to=str(resource.get("to") or ""),
        sender=str(resource.get("from") or ""),
        body=_words(resource, "body"),
        created=created,
        state=report.state,
        error_code=report.error_code,
        klass=report.klass,
    )


def received(resource: Mapping[str, Any]) -> Inbound | None:
    """A text in a REST list, or None if it went out or can't be read."""
    at, sid = moment(resource.get("date_created")), _words(resource, "sid")
    number = _words(resource, "from").strip()
    if at is None or not sid or not number or resource.get("direction") != "inbound":
        return None
    return Inbound(
        sid=sid,
        sender_number=number,
        to=_words(resource, "to").strip(),
        body=_words(resource, "body"),
        media=_whole(resource.get("num_media")) or 0,
        at=at,
    )


def rang(resource: Mapping[str, Any]) -> InboundCall | None:
    """A call in a REST list, or None if we placed it or it can't be read."""
    at, sid = moment(resource.get("date_created")), _words(resource, "sid")
    number = _words(resource, "from").strip()
    if at is None or not sid or not number or resource.get("direction") != "inbound":
        return None
    return InboundCall(
        sid=sid,
        number=number,
        to=_words(resource, "to").strip(),
        digits="",
        status=_words(resource, "status"),
        inbound=True,
        at=at,
    )


def _words(resource: Mapping[str, Any], name: str) -> str:
    """A field of a REST resource as anything can keep it: JSON can hold half of a sign of two
    halves, and one such entry must not keep a whole list from being taken in."""
    return str(resource.get(name) or "").encode(errors="replace").decode()


def moment(text: object) -> datetime | None:
    """A provider's time, RFC 2822 (Twilio) or ISO 8601, in UTC; None if it is neither."""
    if not isinstance(text, str) or not text:
        return None
    try:
        at = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _code(value: object) -> str | None:
    text = "" if value is None else str(value).strip()
    return text if text not in ("", "0") else None


def _whole(value: object) -> int | None:
    text = "" if value is None else str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
