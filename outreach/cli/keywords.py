"""`outreach keywords`: what an inbound text is understood as."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from outreach.cli.lines import answer_lines
from outreach.language.match import match as understand

app = typer.Typer(name="keywords", help="Inbound keywords.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    pass


@app.command()
def match(
    text: Annotated[str | None, typer.Argument(help="The text; else JSON lines on stdin.")] = None,
    json_lines: Annotated[bool, typer.Option("--json", help="JSON lines in and out.")] = False,
) -> None:
    """The intent of a text, its language, and which form matched how."""
    if text is None or json_lines:
        answer_lines(_understood)
        return
    for name, value in _understood(text).items():
        typer.echo(f"{name}: {value}")


def _understood(text: str) -> dict[str, Any]:
    found = understand(text)
    return {
        "intent": found.intent,
        "language": found.language,
        "matched": found.matched,
        "opt_out": found.opt_out,
        "lang": found.lang,
    }
