"""Raw webhook forms, as providers send them, and what is read from each."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from twilio.rest.api.v2010.account.call import CallInstance
from twilio.rest.api.v2010.account.message import MessageInstance

from outreach.gateways.ports import ErrorClass, Inbound, InboundCall, Report
from outreach.gateways.twilio import forms
from outreach.gateways.twilio.statuses import CALL, MESSAGE

HER, US = "+855381234567", "+855380000001"
QUERY = {"attempt": "at_1"}

# Twilio's and Somleng's forms; the fields that we don't read stand here as they come.
RECEIPTS: list[tuple[str, dict[str, str], Report | None]] = [
    (
        "Twilio, an SMS on the handset, with every field",
        {
            "SmsSid": "SM1",
            "SmsStatus": "delivered",
            "MessageStatus": "delivered",
            "To": HER,
            "MessageSid": "SM1",
            "AccountSid": "AC0",
            "From": "Kangea",
            "ApiVersion": "2010-04-01",
            "RawDlrDoneDate": "2603021030",
            "FieldOfNextYear": "x",
        },
        Report("SM1", "at_1", "delivered"),
    ),
    (
        "Twilio, undelivered with its code",
        {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"},
        Report("SM1", "at_1", "failed", "30003", ErrorClass.RETRY_LATER),
    ),
    (
        "Twilio, the person had said STOP",
        {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": "21610"},
        Report("SM1", "at_1", "failed", "21610", ErrorClass.OPTED_OUT),
    ),
    (
        "Somleng, a code that is a string",
        {"MessageSid": "6b2f-uuid", "MessageStatus": "failed", "ErrorCode": "S9001"},
        Report("6b2f-uuid", "at_1", "failed", "S9001", ErrorClass.UNKNOWN),
    ),
    (
        "Somleng, failed without a code",
        {"MessageSid": "6b2f-uuid", "MessageStatus": "failed"},
        Report("6b2f-uuid", "at_1", "failed"),
    ),
    (
        "an empty or zero code is none",
        {"MessageSid": "SM1", "MessageStatus": "sent", "ErrorCode": "0"},
        Report("SM1", "at_1", "sent"),
    ),
    (
        "Twilio, a call that ended",
        {
            "CallSid": "CA1",
            "CallStatus": "completed",
            "CallDuration": "23",
            "SequenceNumber": "3",
            "Timestamp": "Mon, 02 Mar 2026 03:00:00 +0000",
            "Direction": "outbound-api",
            "To": HER,
        },
        Report(
            "CA1",
            "at_1",
            "completed",
            duration=23,
            at=datetime(2026, 3, 2, 3, 0, tzinfo=UTC),
        ),
    ),
    (
        "nobody answered",
        {"CallSid": "CA1", "CallStatus": "no-answer"},
        Report("CA1", "at_1", "no_answer"),
    ),
    (
        "an odd duration",
        {"CallSid": "CA1", "CallStatus": "completed", "CallDuration": "-1"},
        Report("CA1", "at_1", "completed"),
    ),
    ("a status of next year", {"MessageSid": "SM1", "MessageStatus": "teleported"}, None),
    ("a status of texts that came in", {"MessageSid": "SM1", "MessageStatus": "received"}, None),
    ("no id", {"MessageStatus": "sent"}, None),
    ("no status", {"MessageSid": "SM1"}, None),
    ("an empty id", {"MessageSid": "", "MessageStatus": "sent"}, None),
]


@pytest.mark.parametrize(
    ("form", "expected"), [r[1:] for r in RECEIPTS], ids=[r[0] for r in RECEIPTS]
)
def test_a_receipt_is_read(form: dict[str, str], expected: Report | None) -> None:
    assert forms.receipt(QUERY, form) == expected


INBOUND: list[tuple[str, dict[str, str], Inbound | None]] = [
    (
        "Twilio, with every field",
        {
            "ToCountry": "KH",
            "SmsMessageSid": "SM1",
            "NumMedia": "0",
            "FromCity": "",
            "SmsSid": "SM1",
            "FromState": "",
            "SmsStatus": "received",
            "Body": "ជួយ",
            "FromCountry": "KH",
            "To": US,
            "NumSegments": "1",
            "MessageSid": "SM1",
            "AccountSid": "AC0",
            "From": HER,
            "ApiVersion": "2010-04-01",
        },
        Inbound("SM1", HER, US, "ជួយ", "KH", 0),
    ),
    (
        "Somleng, without SmsSid",
        {"MessageSid": "u-1", "From": HER, "To": US, "Body": "0"},
        Inbound("u-1", HER, US, "0"),
    ),
    (
        "an empty text",
        {"MessageSid": "SM1", "From": HER, "To": US, "Body": ""},
        Inbound("SM1", HER, US, ""),
    ),
    ("no text at all", {"MessageSid": "SM1", "From": HER, "To": US}, Inbound("SM1", HER, US, "")),
    (
        "a picture",
        {"MessageSid": "MM1", "From": HER, "To": US, "NumMedia": "1"},
        Inbound("MM1", HER, US, "", None, 1),
    ),
    (
        "white space in the text stays",
        {"MessageSid": "SM1", "From": HER, "To": US, "Body": " 9\n"},
        Inbound("SM1", HER, US, " 9\n"),
    ),
    (
        "Somleng, where it doesn't think the numbers plausible",
        {"MessageSid": "u-1", "From": HER[1:], "To": US[1:], "Body": "0"},
        Inbound("u-1", HER, US, "0"),
    ),
    (
        "a short code",
        {"MessageSid": "SM1", "From": HER, "To": "12345678", "Body": "0"},
        Inbound("SM1", HER, "12345678", "0"),
    ),
    ("no sender", {"MessageSid": "SM1", "Body": "9"}, None),
    ("no id", {"From": HER, "Body": "9"}, None),
]


@pytest.mark.parametrize(
    ("form", "expected"), [r[1:] for r in INBOUND], ids=[r[0] for r in INBOUND]
)
def test_an_inbound_text_is_read(form: dict[str, str], expected: Inbound | None) -> None:
    assert forms.inbound(form) == expected


CALLS: list[tuple[str, dict[str, str], dict[str, str], InboundCall | None]] = [
    (
        "somebody calls us",
        {"CallSid": "CA1", "From": HER, "To": US, "Direction": "inbound", "CallStatus": "ringing"},
        {},
        InboundCall("CA1", HER, US, "", "ringing", True),
    ),
    (
        "our call, a key pressed",
        {
            "CallSid": "CA1",
            "From": US,
            "To": HER,
            "Direction": "outbound-api",
            "CallStatus": "in-progress",
            "Digits": "1",
        },
        QUERY,
        InboundCall("CA1", HER, US, "1", "in-progress", False, "at_1"),
    ),
    (
        "our call, no direction given",
        {"CallSid": "CA1", "From": US, "To": HER, "CallStatus": "in-progress"},
        QUERY,
        InboundCall("CA1", HER, US, "", "in-progress", False, "at_1"),
    ),
    (
        "an empty Gather at Twilio sends empty digits",
        {"CallSid": "CA1", "From": HER, "To": US, "CallStatus": "in-progress", "Digits": ""},
        {},
        InboundCall("CA1", HER, US, "", "in-progress", True),
    ),
    ("no id", {"From": HER}, {}, None),
]


@pytest.mark.parametrize(
    ("form", "query", "expected"), [r[1:] for r in CALLS], ids=[r[0] for r in CALLS]
)
def test_a_call_is_read(
    form: dict[str, str], query: dict[str, str], expected: InboundCall | None
) -> None:
    assert forms.call(form, query) == expected


def _values(statuses: type) -> set[str]:
    return {value for name, value in vars(statuses).items() if name.isupper()}


def test_every_status_that_the_sdk_knows_has_a_row() -> None:
    assert _values(MessageInstance.Status) <= MESSAGE.keys()
    assert _values(CallInstance.Status) <= CALL.keys()


def test_every_state_is_one_of_an_attempt() -> None:
    from outreach.delivery.rules.states import AttemptState

    states = {state for state in (*MESSAGE.values(), *CALL.values()) if state}
    assert states <= {state.value for state in AttemptState}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon, 02 Mar 2026 03:00:00 +0000", datetime(2026, 3, 2, 3, 0, tzinfo=UTC)),
        ("Mon, 02 Mar 2026 10:00:00 +0700", datetime(2026, 3, 2, 3, 0, tzinfo=UTC)),
        ("2026-03-02T03:00:00Z", datetime(2026, 3, 2, 3, 0, tzinfo=UTC)),
        ("yesterday", None),
        ("2026-99-02", None),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_a_providers_time_is_read_or_calmly_not(text: Any, expected: datetime | None) -> None:
    assert forms.moment(text) == expected


@pytest.mark.parametrize("name", ["sid", "from", "to", "body", "status"])
def test_half_a_sign_in_a_listed_entry_keeps_no_other_from_being_taken_in(name: str) -> None:
    resource = {
        "sid": "SM1",
        "from": HER,
        "to": US,
        "direction": "inbound",
        "body": "help",
        "date_created": "2026-03-02T03:00:00Z",
        name: json.loads('"help \\ud83d"'),
    }
    for item in (forms.received(resource), forms.rang(resource)):
        assert item is not None
        for field in dataclasses.fields(item):
            str(getattr(item, field.name)).encode()
    text = forms.received(resource)
    assert text is not None
    assert text.body == ("help ?" if name == "body" else "help")
