"""Hands a message to the mail server, and knows what became of it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from outreach.kernel.loopback import is_loopback

_SECONDS = 30.0


class NotTaken(Exception):
    """The server certainly has not taken the message; trying again is safe."""


class NobodyKnows(Exception):
    """The server may have taken it: the connection broke while it had the message."""


@dataclass(frozen=True)
class Post:
    """A mail server as its address says: smtp://user:password@host:587 (with STARTTLS, on this
    machine without), or smtps://host."""

    url: str

    @property
    def local(self) -> bool:
        """Whether it can only be this machine."""
        return is_loopback(f"http://{self._host}")

    @property
    def _host(self) -> str:
        host = urlsplit(self.url).hostname or ""
        return f"[{host}]" if ":" in host else host

    def hand_over(self, message: EmailMessage) -> None:
        """Gives the server one message for one reader. Raises NotTaken or NobodyKnows, which hold
        the kind of error only: an answer may quote an address (S18)."""
        handed = False
        try:
            with self._server() as server:
                code, _said = server.mail(message["From"].addresses[0].addr_spec)
                _require(code)
                code, _said = server.rcpt(message["To"].addresses[0].addr_spec)
                _require(code)
                handed = True
                code, _said = server.data(message.as_bytes())
                handed = False
                _require(code)
        except smtplib.SMTPDataError as error:  # refused before any of it was sent
            raise NotTaken(f"SMTP {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            if handed:
                raise NobodyKnows(type(error).__name__) from None
            raise NotTaken(type(error).__name__) from None

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        parts = urlsplit(self.url)
        context = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                parts.hostname or "", parts.port or 465, timeout=_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(parts.hostname or "", parts.port or 587, timeout=_SECONDS)
        try:
            server.ehlo()
            if parts.scheme == "smtp" and not self.local:
                server.starttls(context=context)
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            yield server
        finally:
            server.close()


def _require(code: int) -> None:
    if code >= 300:
        raise NotTaken(f"SMTP {code}")
