"""The root of the command line, and how an error is told: one message, one exit code."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from outreach.cli import campaigns, db, delivery, keys, keywords, people, places, reach, sms
from outreach.kernel.errors import OutreachError

app = typer.Typer(
    name="outreach",
    help="Khmer SMS and voice campaigns: reach people at risk, answer them, count honestly.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for group in (campaigns, db, delivery, keys, keywords, people, places, reach, sms):
    app.add_typer(group.app)


def reporting(command: typer.Typer) -> None:
    """Runs `command`; an OutreachError is printed and becomes its exit code."""
    try:
        command()
    except OutreachError as error:
        Console(stderr=True, markup=False, highlight=False).print(
            f"outreach: {error}", soft_wrap=True
        )
        sys.exit(error.exit_code)
