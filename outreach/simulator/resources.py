"""The JSON shapes of the API: messages, calls and lists, every field that Twilio documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import urlencode

from outreach.simulator.book import CALL_FINAL, OUT, SMS_FINAL, Call, Message
from outreach.simulator.forms import API_VERSION, rfc2822

T = TypeVar("T")
Resource = dict[str, Any]

_ERROR_TEXTS = {
    30003: "Unreachable destination handset",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30036: "Validity period expired",
}
_CALL_PARTS = (
    "notifications",
    "recordings",
    "payments",
    "events",
    "siprec",
    "streams",
    "transcriptions",
    "user_defined_message_subscriptions",
    "user_defined_messages",
)


def account_uri(account: str) -> str:
    """The path under which an account's resources lie."""
    return f"/{API_VERSION}/Accounts/{account}"


def message(account: str, record: Message) -> Resource:
    """A Message resource."""
    uri = f"{account_uri(account)}/Messages/{record.sid}"
    price = record.handset.operator.part_price * record.parts
    charged = record.direction == OUT and record.status in SMS_FINAL - {"failed"}
    code = record.error_code
    return {
        "account_sid": account,
        "api_version": API_VERSION,
        "body": record.body,
        "date_created": rfc2822(record.created),
        "date_sent": _date(record.sent_at),
        "date_updated": rfc2822(record.updated),
        "direction": record.direction,
        "error_code": code,
        "error_message": _ERROR_TEXTS.get(code) if code is not None else None,
        "from": record.sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": str(record.parts),
        "price": _price(price) if charged else None,
        "price_unit": "USD",
        "sid": record.sid,
        "status": record.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": record.to,
        "uri": f"{uri}.json",
    }


def call(account: str, record: Call) -> Resource:
    """A Call resource."""
    uri = f"{account_uri(account)}/Calls/{record.sid}"
    ended = record.status in CALL_FINAL
    minutes = -(-record.seconds // 60)
    charged = ended and record.direction == OUT and minutes > 0
    return {
        "account_sid": account,
        "annotation": None,
        "answered_by": None,
        "api_version": API_VERSION,
        "caller_name": None,
        "date_created": rfc2822(record.created),
        "date_updated": rfc2822(record.updated),
        "direction": record.direction,
        "duration": str(record.seconds) if ended else None,
        "end_time": _date(record.ended_at),
        "forwarded_from": None,
        "from": record.sender,
        "from_formatted": record.sender,
        "group_sid": None,
        "parent_call_sid": None,
        "phone_number_sid": None,
        "price": _price(record.handset.operator.minute_price * minutes) if charged else None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": record.sid,
        "start_time": _date(record.answered_at),
        "status": record.status,
        "subresource_uris": {part: f"{uri}/{_camel(part)}.json" for part in _CALL_PARTS},
        "to": record.to,
        "to_formatted": record.to,
        "trunk_sid": None,
        "uri": f"{uri}.json",
    }


def page(
    account: str,
    kind: str,
    records: Sequence[T],
    shape: Callable[[str, T], Resource],
    query: dict[str, str],
    number: int,
    size: int,
) -> Resource:
    """One page (`number` from 0) of a list of `kind` (Messages or Calls)."""
    start = number * size
    shown = records[start : start + size]
    pages = max(1, -(-len(records) // size))

    def uri(at: int) -> str:
        asked = urlencode({**query, "PageSize": size, "Page": at})
        return f"{account_uri(account)}/{kind}.json?{asked}"

    return {
        "end": max(start, start + len(shown) - 1),
        "first_page_uri": uri(0),
        kind.lower(): [shape(account, record) for record in shown],
        "next_page_uri": uri(number + 1) if number + 1 < pages else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": uri(number - 1) if number else None,
        "start": start,
        "uri": uri(number),
    }


def _price(amount: Decimal) -> str:
    return f"{-amount:.5f}"


def _date(at: datetime | None) -> str | None:
    return rfc2822(at) if at else None


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
