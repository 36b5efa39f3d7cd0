"""The Khmer letters of a report: small for a phone, whole for a printer."""

from __future__ import annotations

import io
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

_KHMER = (*range(0x1780, 0x17FA), *range(0x19E0, 0x1A00), 0x200B, 0x200C, 0x200D, 0x25CC)


def folder() -> Traversable:
    """Where the font lies."""
    return resources.files("fontpkg_noto_sans_khmer") / "files"


@lru_cache(maxsize=1)
def small_font() -> bytes:
    """Noto Sans Khmer as WOFF: Khmer letters alone, in one weight; a browser makes the bold. Takes
    two seconds once, for readers whose phone has no Khmer letters of its own."""
    # Imported here: only a reader without a Khmer font needs it.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import (
        instantiateVariableFont,
    )

    whole = (folder() / "NotoSansKhmer[wdth,wght].ttf").read_bytes()
    font = instantiateVariableFont(TTFont(io.BytesIO(whole)), {"wght": 400, "wdth": 100})
    subsetter = Subsetter(Options(layout_features=["*"], hinting=False))
    subsetter.populate(unicodes=_KHMER)
    subsetter.subset(font)
    font.flavor = "woff"
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()
