"""The forms that the network posts to webhooks, field by field as Twilio names them."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime

from outreach.simulator.book import Call, Message
from outreach.simulator.config import NetworkConfig
from outreach.simulator.operators import country_of

API_VERSION = "2010-04-01"
Form = dict[str, str]


def rfc2822(at: datetime) -> str:
    """A UTC time as Twilio writes it: `Mon, 02 Mar 2026 10:50:00 +0000`."""
    return format_datetime(at.replace(microsecond=0))


def message_status(config: NetworkConfig, message: Message) -> Form:
    """A report about a message that the account sent."""
    form = {
        "MessageSid": message.sid,
        "MessageStatus": message.status,
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "To": message.to,
        "From": message.sender,
        "AccountSid": config.account_sid,
        "ApiVersion": API_VERSION,
    }
    if message.error_code is not None:
        form["ErrorCode"] = str(message.error_code)
    return form


def inbound(config: NetworkConfig, message: Message) -> Form:
    """A text from a handset."""
    return {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "SmsStatus": "received",
        "AccountSid": config.account_sid,
        "From": message.sender,
        "To": message.to,
        "Body": message.body,
        "NumMedia": "0",
        "NumSegments": str(message.parts),
        "ApiVersion": API_VERSION,
        **_places("From", message.sender),
        **_places("To", message.to),
    }


def call(config: NetworkConfig, call: Call) -> Form:
    """What every request about a call says of it."""
    return {
        "CallSid": call.sid,
        "AccountSid": config.account_sid,
        "From": call.sender,
        "To": call.to,
        "Caller": call.sender,
        "Called": call.to,
        "CallStatus": call.status,
        "ApiVersion": API_VERSION,
        "Direction": call.direction,
    }


def call_status(config: NetworkConfig, record: Call, status: str, at: datetime) -> Form:
    """A report about a call; `status` may be initiated, which no resource ever shows."""
    form = call(config, record) | {
        "CallStatus": status,
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(record.sequence),
        "Timestamp": rfc2822(at),
    }
    if status == "completed":
        form["CallDuration"] = str(record.seconds)
    return form


def _places(who: str, number: str) -> Form:
    # Twilio knows no more than the country here, and sends the rest blank.
    blank = {f"{who}{part}": "" for part in ("State", "City", "Zip")}
    return {f"{who}Country": country_of(number), **blank}
