"""The errors that the network's API answers with: Twilio's codes, words and shape."""

from __future__ import annotations

# code: (HTTP status, message). Twilio repeats the number in some messages; we do not (S18).
ERRORS: dict[int, tuple[int, str]] = {
    20001: (400, "Unknown parameters or a page that does not exist"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20005: (403, "Account not active"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal Server Error"),
    20503: (503, "Service Unavailable"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url parameter is required."),
    21211: (400, "Invalid 'To' Phone Number"),
    21212: (400, "Invalid 'From' Number (caller ID)"),
    21213: (400, "'From' parameter is required."),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21609: (400, "Invalid callback URL: the rehearsal network calls this machine only."),
    21606: (400, "The 'From' number is not a valid, message-capable number of the account"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (400, "This 'From' number has exceeded the maximum number of queued messages"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21612: (400, "The 'To' number is not currently reachable by this 'From' number"),
    21627: (400, "Max Price, Validity Period or Timeout is not a number in range"),
}


class ApiError(Exception):
    """A request that the API refuses, by Twilio's code."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.status, self.message = ERRORS[code]
        super().__init__(f"{code}: {self.message}")

    def resource(self) -> dict[str, str | int]:
        """The body of the answer."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
