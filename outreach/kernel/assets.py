"""The files that pages need, from installed packages: style, script, Khmer letters.

Nothing third-party lies in the repository, and a page loads with no internet.
"""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable


def page_files() -> dict[str, tuple[Traversable, str]]:
    """Every shared file by the name it is served under, with its media type."""
    letters = resources.files("fontpkg_noto_sans_khmer") / "files"
    script = resources.files("js_lib_htmx") / "static" / "htmx" / "htmx.min.js"
    return {
        "bootstrap.css": (resources.files("bootstrap") / "css" / "bootstrap.min.css", "text/css"),
        "htmx.js": (script, "text/javascript"),
        "khmer.ttf": (letters / "NotoSansKhmer[wdth,wght].ttf", "font/ttf"),
    }
