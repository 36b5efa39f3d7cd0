"""What the commands about one person share: how a number is given, who asks, and why."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from outreach.bootstrap import Register, open_register
from outreach.kernel.errors import BadInput
from outreach.people.audit import Asking
from outreach.settings import load_settings

Number = Annotated[
    str,
    typer.Argument(
        help="In any notation, or - to read it from standard input: a command's arguments stay in "
        "the shell's history, and other users of the machine see them."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
How = Annotated[str, typer.Option(help="How they said yes, such as 'asked at the market'.")]
When = Annotated[str, typer.Option(help="On which day, such as 2026-02-14; else today.")]
WordingOption = Annotated[str, typer.Option(help="Which version of the wording they heard.")]


def register() -> Register:
    """Opens it; raises where it can't be."""
    return open_register(load_settings())


def given(number: str) -> str:
    """The number that was meant."""
    return sys.stdin.readline().strip() if number == "-" else number


def user() -> str:
    """Who sits at the command line: the machine's user, until there is a sign-in."""
    return getpass.getuser()


def asking(reason: str) -> Asking:
    """Who asks, and why."""
    return Asking(user(), reason)


def pairs(items: Sequence[str]) -> dict[str, str]:
    """`COLUMN=VALUE` items; raises BadInput."""
    found = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals:
            raise BadInput(
                f"{name!r} has no value.", where="--set", remedy="Write: --set sex=female"
            )
        found[name.strip()] = value
    return found


def tell(found: Any, said: str, *, as_json: bool) -> None:
    """Prints `found` as JSON, or `said`."""
    typer.echo(json.dumps(found, ensure_ascii=False, default=str) if as_json else said)


def moment(value: Any) -> str:
    """A value as it is read: a moment to the minute, a list by its items."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return " ".join(value) if isinstance(value, list) else str(value)
