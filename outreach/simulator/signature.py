"""Signs what the network posts, as Twilio does (X-Twilio-Signature).

base64(HMAC-SHA1(token, URL + every key and value of the form, sorted)); source: PROVIDERS.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

HEADER = "X-Twilio-Signature"


def sign(token: str, url: str, form: Mapping[str, str]) -> str:
    """The signature of `form` posted to `url` (its query string included)."""
    covered = url + "".join(key + form[key] for key in sorted(form))
    digest = hmac.digest(token.encode(), covered.encode(), hashlib.sha1)
    return base64.b64encode(digest).decode()
