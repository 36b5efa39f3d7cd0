"""Reads webhook forms and REST resources; what is missing, odd or new is passed over calmly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from outreach.gateways.ports import Channel, Found, Inbound, InboundCall, Report, State
from outreach.gateways.twilio.errors import classify
from outreach.gateways.twilio.statuses import CALL, MESSAGE

# Our public attempt id travels under this name in the query of our own callback URLs.
ATTEMPT = "attempt"
# As much of a provider's id and of its code as an attempt keeps.
_SID_SIGNS, _CODE_SIGNS = 64, 20
# More digits than a short code has.
_WHOLE_NUMBER = 9


def receipt(query: Mapping[str, str], form: Mapping[str, str]) -> Report | None:
    """The report in a status callback of a message or a call, or None."""
    attempt = query.get(ATTEMPT) or None
    if form.get("CallSid"):
        return _report(sid_in(form["CallSid"]), attempt, "voice", form.get("CallStatus", ""), form)
    sid = form.get("MessageSid") or form.get("SmsSid") or ""
    status = form.get("MessageStatus") or form.get("SmsStatus") or ""
    return _report(sid_in(sid), attempt, "sms", status, form)


def _report(
    sid: str, attempt: str | None, channel: Channel, status: str, form: Mapping[str, str]
) -> Report | None:
    state = (CALL if channel == "voice" else MESSAGE).get(status.lower())
    if state is None or not sid:
        return None
    code = code_in(form.get("ErrorCode"))
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
    number = _number(form.get("From", ""))
    if not sid or not number:
        return None
    return Inbound(
        sid=sid,
        sender_number=number,
        to=_number(form.get("To", "")),
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
        number=_number(form.get(theirs, "")),
        to=_number(form.get(ours, "")),
        digits=form.get("Digits", ""),
        status=form.get("CallStatus", ""),
        inbound=came_in,
        attempt=attempt,
    )


def fetched(resource: Mapping[str, Any], channel: Channel) -> Report | None:
    """The report in a REST resource, or None if it is none."""
    state = _state(resource, channel)
    sid = sid_in(resource.get("sid"))
    if state is None or not sid:
        return None
    code = code_in(resource.get("error_code"))
    return Report(
        sid=sid,
        attempt=None,
        state=state,
        error_code=code,
        klass=classify(code),
        duration=_whole(resource.get("duration")),
        at=moment(resource.get("date_updated")),
    )


def went_to(resource: Mapping[str, Any], number: str) -> bool:
    """Whether an entry of a REST list is one that we sent to `number`."""
    direction = str(resource.get("direction") or "outbound")
    return direction.startswith("outbound") and _number(_words(resource, "to")) == number


def found(resource: Mapping[str, Any], channel: Channel) -> Found | None:
    """One entry of a REST list, or None if it can't be read. It is there, whatever a status that we
    don't know may mean: what looks absent would be sent again."""
    sid, created = sid_in(resource.get("sid")), moment(resource.get("date_created"))
    if not sid or created is None:
        return None
    code = code_in(resource.get("error_code"))
    return Found(
        sid=sid,
        channel=channel,
        to=_number(_words(resource, "to")),
        sender=_number(_words(resource, "from")),
        body=_words(resource, "body"),
        created=created,
        state=_state(resource, channel) or "submitted",
        error_code=code,
        klass=classify(code),
    )


def received(resource: Mapping[str, Any]) -> Inbound | None:
    """A text in a REST list, or None if it went out or can't be read."""
    at, sid = moment(resource.get("date_created")), _words(resource, "sid")
    number = _number(_words(resource, "from"))
    if at is None or not sid or not number or resource.get("direction") != "inbound":
        return None
    return Inbound(
        sid=sid,
        sender_number=number,
        to=_number(_words(resource, "to")),
        body=_words(resource, "body"),
        media=_whole(resource.get("num_media")) or 0,
        at=at,
    )


def rang(resource: Mapping[str, Any]) -> InboundCall | None:
    """A call in a REST list, or None if we placed it or it can't be read."""
    at, sid = moment(resource.get("date_created")), _words(resource, "sid")
    number = _number(_words(resource, "from"))
    if at is None or not sid or not number or resource.get("direction") != "inbound":
        return None
    return InboundCall(
        sid=sid,
        number=number,
        to=_number(_words(resource, "to")),
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


def code_in(value: object) -> str | None:
    """A provider's error code, or None for none."""
    text = "" if value is None else str(value).strip()
    return text[:_CODE_SIGNS] if text not in ("", "0") else None


def sid_in(value: object) -> str:
    """A provider's id of a message or call; "" for what can't be one."""
    fits = isinstance(value, str) and len(value) <= _SID_SIGNS and value.isprintable()
    return str(value) if fits else ""


def _state(resource: Mapping[str, Any], channel: Channel) -> State | None:
    return (CALL if channel == "voice" else MESSAGE).get(str(resource.get("status")).lower())


def _number(written: str) -> str:
    """A number in E.164, a short code or a name: Somleng leaves out the + of a number that it
    doesn't think plausible."""
    text = written.strip()
    return f"+{text}" if text.isascii() and text.isdigit() and len(text) >= _WHOLE_NUMBER else text


def _whole(value: object) -> int | None:
    text = "" if value is None else str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
