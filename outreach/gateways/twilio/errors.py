"""What each error code of a Twilio-compatible provider means for us: one table."""

from __future__ import annotations

from outreach.gateways.ports import ErrorClass

C = ErrorClass

# Source: PROVIDERS.md, after Twilio's error dictionary; Somleng's own codes have an S, after its
# source.
ERRORS: dict[str, ErrorClass] = {
    "21611": C.RETRY_LATER,  # the sender's queue is full
    "30001": C.RETRY_LATER,  # queue overflow
    "30003": C.RETRY_LATER,  # handset off or out of coverage
    "30017": C.RETRY_LATER,  # operator congestion
    "30036": C.RETRY_LATER,  # validity period ran out
    "30450": C.RETRY_LATER,  # message delayed
    "S1001": C.RETRY_LATER,  # validity period ran out
    "S1002": C.RETRY_LATER,  # the operator's link is down
    "30005": C.RETRY_LITTLE,  # unknown handset
    "30008": C.RETRY_LITTLE,  # the operator gave no reason
    "20500": C.MAY_DUPLICATE,  # internal error, after the body was read
    "20503": C.MAY_DUPLICATE,  # service unavailable, after the body was read
    "30410": C.MAY_DUPLICATE,  # time-out towards the operator
    "21211": C.NEVER,  # not a valid number
    "21217": C.NEVER,  # not a valid phone number
    "21614": C.NEVER,  # not a mobile number
    "30006": C.NEVER,  # landline, or an operator that can't be reached
    "21610": C.OPTED_OUT,  # the person replied STOP to this sender
    "30004": C.BLOCKED,  # blocked by the recipient or the operator
    "30007": C.BLOCKED,  # filtered
    "14107": C.BLOCKED,  # too many quick replies between two numbers: a loop
    "S1007": C.BLOCKED,  # this destination is blocked
    "20003": C.CONFIGURATION,  # authentication failed
    "21408": C.CONFIGURATION,  # country not enabled
    "21606": C.CONFIGURATION,  # the sender can't send
    "21612": C.CONFIGURATION,  # this sender can't reach this route
    "21617": C.CONFIGURATION,  # body over 1,600 characters: the content is at fault
    "21701": C.CONFIGURATION,  # no such messaging service
    "21703": C.CONFIGURATION,  # the number pool is exhausted
    "21704": C.CONFIGURATION,  # the number pool is empty
    "12300": C.CONFIGURATION,  # a recording with the wrong content type
    "13420": C.CONFIGURATION,  # a recording that can't be played
    "S1006": C.CONFIGURATION,  # the subscription for this service is disabled
    "30002": C.SUSPENDED,  # account suspended
    "20005": C.SUSPENDED,  # account not active
    "S1004": C.SUSPENDED,  # the operator's own account is not in good standing
    "S1005": C.SUSPENDED,  # no balance left
}

# Never processed, whoever says it and under whichever HTTP status.
THROTTLED = frozenset({"20429"})

# Where an error answer carries no code of its own: 401 to 404 mean our account or address.
HTTP_STATUSES: dict[int, ErrorClass] = {
    301: C.CONFIGURATION,
    302: C.CONFIGURATION,
    303: C.CONFIGURATION,
    307: C.CONFIGURATION,
    308: C.CONFIGURATION,
    401: C.CONFIGURATION,
    403: C.CONFIGURATION,
    404: C.CONFIGURATION,
    405: C.CONFIGURATION,
    408: C.MAY_DUPLICATE,
}


def classify(code: str | int | None) -> ErrorClass | None:
    """The class of a provider's code, a number or a string (Somleng's `S1001`); None for none."""
    text = "" if code is None else str(code).strip()
    if text in ("", "0"):
        return None
    return ERRORS.get(text, ErrorClass.UNKNOWN)


def classify_status(status: int) -> ErrorClass:
    """The class of an HTTP error that came without a code."""
    if status >= 500:
        return ErrorClass.MAY_DUPLICATE
    return HTTP_STATUSES.get(status, ErrorClass.UNKNOWN)
