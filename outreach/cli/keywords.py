"""`outreach keywords`: what an inbound text is understood as."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from outreach.cli.lines import answer_lines
from outreach.language.corpus import Score, read_corpus, score
from outreach.language.examples import nearest
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
    """The intent of a text, its language, and which form matched how.

    Where no form decided, `like` is the example of that intent which is written most like it.
    """
    if text is None or json_lines:
        answer_lines(_understood)
        return
    for name, value in _understood(text).items():
        typer.echo(f"{name}: {value}")


@app.command("test")
def score_file(
    file: Annotated[Path, typer.Argument(help="JSON lines or CSV: text, intent.")],
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Have a corpus understood: the confusion table and each miss; exit code 1 below the bars."""
    found = score(read_corpus(file))
    shortfalls = found.shortfalls()
    if as_json:
        confusion = [[*pair, number] for pair, number in sorted(found.confusion.items())]
        shown = asdict(found) | {"confusion": confusion, "shortfalls": shortfalls}
        typer.echo(json.dumps(shown, ensure_ascii=False))
    else:
        _tell(found)
        typer.echo("\n".join(f"Not good enough: {said}." for said in shortfalls) or "Good enough.")
    if shortfalls:
        raise typer.Exit(1)


def _tell(found: Score) -> None:
    typer.echo(f"{'meant':<18}{'understood':<14}texts")
    for (meant, understood), number in sorted(found.confusion.items()):
        typer.echo(f"{meant:<18}{understood:<14}{number:>5}")
    for miss in found.misses:
        said = f"meant {miss.meant}, understood {miss.understood} by {miss.matched or 'nothing'}"
        typer.echo(f"line {miss.line}: {said}: {miss.text!r}")
    typer.echo(
        f"{found.right} of {found.texts} right ({found.right / found.texts:.1%}); "
        f"STOP missed {found.missed_stop}, false {found.false_stop}; "
        f"HELP missed {found.missed_help} of {found.helps}; {found.median_us:.0f} µs a text."
    )


def _understood(text: str) -> dict[str, Any]:
    found = understand(text)
    return {
        "intent": found.intent,
        "language": found.language,
        "matched": found.matched,
        "opt_out": found.opt_out,
        "lang": found.lang,
        **({"like": nearest(text, found.intent)} if found.learned else {}),
    }
