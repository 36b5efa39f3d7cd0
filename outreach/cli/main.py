"""The root of the command line, and how an error is told: one message, one exit code."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup
from typer.main import get_command

from outreach.kernel.errors import OutreachError

# One module each, imported when it is called: counting the parts of a text needs no database.
GROUPS = (
    "audience",
    "campaigns",
    "communities",
    "corridors",
    "db",
    "delivery",
    "directory",
    "keys",
    "keywords",
    "people",
    "places",
    "reach",
    "roster",
    "sms",
    "staff",
)


class _Groups(TyperGroup):
    """The commands of the process, and the groups."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in GROUPS:
            return get_command(import_module(f"outreach.cli.{cmd_name}").app)
        return super().get_command(ctx, cmd_name)


app = typer.Typer(
    name="outreach",
    cls=_Groups,
    help="Khmer SMS and voice campaigns: reach people at risk, answer them, count honestly.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def reporting(command: typer.Typer) -> None:
    """Runs `command`; an OutreachError is printed and becomes its exit code."""
    try:
        command()
    except OutreachError as error:
        Console(stderr=True, markup=False, highlight=False).print(
            f"outreach: {error}", soft_wrap=True
        )
        sys.exit(error.exit_code)
