"""What every page of ours shares: the files it loads, the headers it bears, who may read it.

Nothing third-party lies in the repository, and a page loads with no internet. Plain ASGI: the web
framework is used by `web` and `simulator` alone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

Send = Callable[[Any], Awaitable[None]]
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
FILE_SECONDS = 3600  # how long a browser may keep a file
_HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "x-content-type-options": "nosniff",
    # Not no-referrer: browsers would then send our own forms with the origin "null".
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}


def page_files(own: Mapping[str, Traversable]) -> dict[str, tuple[bytes, str]]:
    """Every file that a page loads by the name it is served under: bytes and media type. `own` are
    style sheets."""
    letters = resources.files("fontpkg_noto_sans_khmer") / "files"
    script = resources.files("js_lib_htmx") / "static" / "htmx" / "htmx.min.js"
    sheets = {"bootstrap.css": resources.files("bootstrap") / "css" / "bootstrap.min.css", **own}
    return {
        **{name: (sheet.read_bytes(), "text/css") for name, sheet in sheets.items()},
        "htmx.js": (script.read_bytes(), "text/javascript"),
        "khmer.ttf": ((letters / "NotoSansKhmer[wdth,wght].ttf").read_bytes(), "font/ttf"),
    }


def is_local_host(host: str) -> bool:
    """Whether a Host header names this machine. A foreign name that resolves to 127.0.0.1 must not
    read the pages (DNS rebinding)."""
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in LOCAL_HOSTS


def with_safe_headers(send: Send) -> Send:
    """`send` with the headers of a page on every answer that does not set them itself."""

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            given = list(message.get("headers", ()))
            names = {name.lower() for name, _ in given}
            message["headers"] = given + [
                (name.encode(), value.encode())
                for name, value in _HEADERS.items()
                if name.encode() not in names
            ]
        await send(message)

    return sending
