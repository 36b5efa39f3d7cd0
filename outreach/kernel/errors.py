"""The one error tree: each error says what is wrong, where, and what to do about it.

Entry points map the classes (exit code, HTTP status); nothing below them does. A message never
holds a phone number, a text or a key: callers pass masked values.
"""

from __future__ import annotations


class OutreachError(Exception):
    """Something that a person can be told.

    `message` is one sentence; `remedy` says what to do; `where` names the file, line, column,
    setting or field, if there is one.
    """

    exit_code = 1
    http_status = 500

    def __init__(self, message: str, *, remedy: str = "", where: str = "") -> None:
        self.message, self.remedy, self.where = message, remedy, where
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        todo = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.message}{todo}"


class BadInput(OutreachError):
    """What a person gave us can't be used; nothing was changed."""

    exit_code, http_status = 2, 422


class SettingsError(BadInput):
    """The settings can't be used; every problem is listed in one go."""


class NotFound(OutreachError):
    """The named thing does not exist."""

    exit_code, http_status = 3, 404


class Conflict(OutreachError):
    """The thing is in a state that forbids this command (an illegal move, a second instance)."""

    exit_code, http_status = 4, 409


class Refused(OutreachError):
    """A safety rule forbids it."""

    exit_code, http_status = 5, 403


class Unavailable(OutreachError):
    """A part we depend on (gateway, database) does not answer now."""

    exit_code, http_status = 6, 503
