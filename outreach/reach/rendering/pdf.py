"""The report as PDF, laid out by typst: its shaping of Khmer is right, in charts too."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from outreach.reach.document.model import Document
from outreach.reach.rendering.letters import folder
from outreach.reach.rendering.view import view


def pdf(document: Document, language: str) -> bytes:
    """The document in one language; the same document gives the same bytes."""
    (found,) = typeset(document, language, "pdf")
    return found


def typeset(document: Document, language: str, form: Literal["pdf", "png"]) -> list[bytes]:
    """The document as one "pdf", or as pages of "png"."""
    # Imported here: 20 MB that only who prints needs.
    import typst

    layout = (resources.files(__package__) / "report.typ").read_bytes()
    shown = json.dumps(asdict(view(document, language)), ensure_ascii=False)
    with TemporaryDirectory(prefix="outreach-report-") as place:
        path = Path(place) / "report.typ"
        path.write_bytes(layout)
        made = typst.compile(
            str(path),
            format=form,
            font_paths=[str(folder())],
            ignore_system_fonts=True,
            sys_inputs={"report": shown},
            timestamp=int(document.as_of.timestamp()),
        )
    return made if isinstance(made, list) else [made]
