"""Talks to the simulator as the network's owner: picks up handsets, and asks what they got."""

from __future__ import annotations

import base64
import json
import urllib.parse
import urllib.request
from typing import Any


class Network:
    """The simulator's own surface, beside the API that it simulates."""

    def __init__(self, url: str, account_sid: str, auth_token: str) -> None:
        self._base = url
        credentials = f"{account_sid}:{auth_token}".encode()
        self._headers = {"Authorization": f"Basic {base64.b64encode(credentials).decode()}"}

    def text(self, number: str, body: str) -> None:
        """The handset of `number` texts us."""
        self._post("/simulator/inbound", {"From": number, "Body": body})

    def missed_call(self, number: str, to: str = "") -> None:
        """The handset of `number` rings `to` once, or whoever last wrote to it."""
        self._post("/simulator/missed-call", {"From": number, "To": to})

    def truth(self) -> Any:
        """What every handset really got."""
        return self._get("/simulator/truth")

    def pending(self) -> int:
        """How many things the network has still to do: reports, calls, texts on their way."""
        return int(self._get("/simulator/pending")["pending"])

    def _get(self, path: str) -> Any:
        request = urllib.request.Request(self._base + path, headers=self._headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)

    def _post(self, path: str, form: dict[str, str]) -> None:
        data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self._base + path, data, self._headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            answer.read()
