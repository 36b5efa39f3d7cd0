"""The root of the command line, and how an error is told: one message, one exit code."""

from __future__ import annotations

import errno
import sys
from importlib import import_module
from typing import Any, NoReturn

import typer
from rich.console import Console
from typer.core import TyperGroup
from typer.main import get_command

from outreach.cli.prompts import Reason
from outreach.kernel.errors import OutreachError, Unavailable

_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)

# One module each, imported when it is called: counting the parts of a text needs no database, and
# the list of groups no group.
GROUPS = {
    "audience": "Who is to hear a campaign.",
    "campaigns": "What is said, to whom, when.",
    "communities": "Registered places and groups.",
    "corridors": "Ways to work abroad.",
    "db": "The database.",
    "delivery": "Sending: stop it and let it go on.",
    "directory": "Services that help, per country.",
    "grants": "What was promised to donors.",
    "harm": "Reports of harm that a message did.",
    "hotline": "Help conversations.",
    "keys": "Sealing keys: docs/keys.md.",
    "keywords": "Inbound keywords.",
    "people": "The register.",
    "places": "Provinces down to villages.",
    "reach": "Whom we reached.",
    "requests": "Requests of authorities for data (S26): docs/data-protection.md.",
    "roster": "Who is on duty at the hotline.",
    "sms": "SMS texts.",
    "staff": "Who may sign in, and what for.",
}


class _Groups(TyperGroup):
    """The commands of the process, and the groups."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in GROUPS:
            return TyperGroup(name=cmd_name, help=GROUPS[cmd_name])
        return super().get_command(ctx, cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        if name in GROUPS:
            command = get_command(import_module(f"outreach.cli.{name}").app)
        return name, command, rest


app = typer.Typer(
    name="outreach",
    cls=_Groups,
    help="Khmer SMS and voice campaigns: reach people at risk, answer them, count honestly.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.command("stop-everything")
def stop_everything(
    reason: Reason,
) -> None:
    """Stop all sending, sign everybody out, end all links and keys to reports."""
    from outreach.bootstrap import open_clock_of, open_engine
    from outreach.cli.asking import asking
    from outreach.kernel.clock import SystemClock
    from outreach.reach.publications import stopping
    from outreach.settings import load_settings

    settings = load_settings()
    engine, clock = open_engine(settings), open_clock_of(settings)
    ended = stopping.stop_everything(engine, clock, SystemClock(), asking(reason))
    typer.echo(
        f"Sending is stopped. Ended: {ended.sessions} sessions, {ended.links} links to reports, "
        f"{ended.keys} keys. Sending again: outreach delivery continue everything"
    )


def reporting(command: typer.Typer) -> None:
    """Runs `command`; an OutreachError is printed and becomes its exit code, and so is what the
    disk refuses. Whatever else goes wrong is a fault of ours, with its traceback."""
    try:
        command()
    except OutreachError as error:
        _tell(error)
    except OSError as error:
        if error.filename is None and error.errno not in _DISK:
            raise
        _tell(
            Unavailable(
                f"{error.strerror}.",
                where=str(error.filename or "output"),
                remedy="Check that the place exists, has room, and that this user may use it.",
            )
        )


def _tell(error: OutreachError) -> NoReturn:
    Console(stderr=True, markup=False, highlight=False).print(f"outreach: {error}", soft_wrap=True)
    sys.exit(error.exit_code)
