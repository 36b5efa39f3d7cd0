"""`outreach sms`: how many parts a text takes."""

from __future__ import annotations

from typing import Annotated

import typer

from outreach.cli.lines import answer_lines
from outreach.language.parts import count

app = typer.Typer(name="sms", help="SMS texts.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    pass


@app.command()
def parts(
    text: Annotated[str | None, typer.Argument(help="The text; else JSON lines on stdin.")] = None,
    json_lines: Annotated[bool, typer.Option("--json", help="JSON lines in and out.")] = False,
) -> None:
    """Encoding, units and parts of a text, as the gateway will bill it."""
    if text is None or json_lines:
        answer_lines(_counted)
        return
    counted = count(text)
    typer.echo(f"{counted.parts} part(s): {counted.units} units of {counted.encoding}")


def _counted(text: str) -> dict[str, object]:
    counted = count(text)
    return {"encoding": counted.encoding, "units": counted.units, "parts": counted.parts}
