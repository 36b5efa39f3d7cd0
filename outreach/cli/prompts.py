"""Options that a person at the keyboard is asked for where they are missing.

Where a number is piped in, a question would take that number for its answer: there the command says
that the option is missing.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

_SOMEBODY_TYPES = sys.stdin is not None and sys.stdin.isatty()


def asked(help: str) -> Any:
    """An option that has to be there, and is asked for where somebody can answer."""
    return typer.Option(help=help, prompt=_SOMEBODY_TYPES)


Reason = Annotated[str, asked("Why, in words that name nobody; it is kept.")]
Name = Annotated[str, asked("Whom it is for; it is kept.")]
