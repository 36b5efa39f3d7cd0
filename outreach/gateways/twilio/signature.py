"""Says whether a webhook was signed with the account's token (X-Twilio-Signature).

base64(HMAC-SHA1(token, URL + every unique key and value of the form, sorted)); a JSON body is
covered by `bodySHA256` in the URL instead. Source: Twilio's security page, PROVIDERS.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from outreach.kernel.forms import pairs

HEADER = "X-Twilio-Signature"
_PORTS = {"https": 443, "http": 80}


def sign(token: str, url: str, form: Mapping[str, str] | Sequence[tuple[str, str]]) -> str:
    """The signature of a form posted to `url`."""
    given = form.items() if isinstance(form, Mapping) else form
    covered = url + "".join(key + value for key, value in sorted(set(given)))
    digest = hmac.digest(token.encode(), covered.encode(), hashlib.sha1)
    return base64.b64encode(digest).decode()


def verify(token: str, public_url: str, url: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether `headers` hold the right signature of `body` posted to `url` under `public_url`.

    Never raises: what can't be read was not signed.
    """
    given = _header(headers, HEADER)
    if not given or not token:
        return False
    try:
        called = _called(public_url, url)
        form = _covered_form(called, body)
        return form is not None and any(
            _same(sign(token, address, form), given) for address in _spellings(called)
        )
    except ValueError:  # an address or a body that can't be read (UnicodeError is one, too)
        return False


def _covered_form(called: str, body: bytes) -> Sequence[tuple[str, str]] | None:
    """The form that the signature covers, or None if a JSON body isn't the one it was made for."""
    query = dict(pairs(urlsplit(called).query))
    if "bodySHA256" not in query:
        return pairs(body.decode())
    same = _same(hashlib.sha256(body).hexdigest(), query["bodySHA256"].lower())
    return [] if same else None


def _called(public_url: str, url: str) -> str:
    base = public_url.rstrip("/")
    if url.startswith("/"):
        return base + url
    if url.startswith(base + "/"):
        return url
    parts = urlsplit(url)
    return f"{base}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def _spellings(url: str) -> list[str]:
    """`url` as given, and with the scheme's own port written out or left out: providers differ."""
    parts = urlsplit(url)
    port = _PORTS.get(parts.scheme)
    if parts.port is None and port:
        return [url, parts._replace(netloc=f"{parts.netloc}:{port}").geturl()]
    if parts.port == port:
        return [url, parts._replace(netloc=parts.netloc.rpartition(":")[0]).geturl()]
    return [url]


def _header(headers: Mapping[str, str], name: str) -> str:
    found = headers.get(name) or headers.get(name.lower())
    return found or next((v for k, v in headers.items() if k.lower() == name.lower()), "")


def _same(ours: str, given: str) -> bool:
    return hmac.compare_digest(ours.encode(), given.encode("utf-8", "replace"))
