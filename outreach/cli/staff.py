"""`outreach staff`: who may sign in to the pages, and what for."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from outreach.bootstrap import open_engine
from outreach.cli.asking import given, register, user
from outreach.kernel.clock import SystemClock
from outreach.kernel.dimensions import NOT_ASKED
from outreach.people.rules.numbers import number_in
from outreach.settings import load_settings
from outreach.staff import accounts, profiles
from outreach.staff.rules.limits import ENROLMENT
from outreach.staff.rules.roles import Role

app = typer.Typer(name="staff", help="Who may sign in, and what for.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Small letters and dots; no phone number.")]
Roles = Annotated[
    list[str], typer.Option("--role", help=f"Again for each. One of: {', '.join(Role)}.")
]
Province = Annotated[str, typer.Option(help="A coordinator's: two digits.")]


class AlertBy(StrEnum):
    """How somebody is told that somebody waits, as people say it."""

    SMS = "sms"
    CALL = "call"


# Inside a call is the channel "voice".
_CHANNELS = {AlertBy.SMS: "sms", AlertBy.CALL: "voice"}


@app.command()
def add(name: Name, role: Roles, province: Province = "") -> None:
    """Add an account and print its one-time code: tell it to the person in person."""
    code = accounts.add(
        open_engine(load_settings()), SystemClock(), name, role, province, by=user()
    )
    _say(name, code)


@app.command()
def renew(name: Name) -> None:
    """Let somebody begin again who lost password or authenticator; ends their sessions."""
    engine = open_engine(load_settings())
    _say(name, accounts.renew(engine, SystemClock(), name, by=user()))


@app.command()
def roles(name: Name, role: Roles, province: Province = "") -> None:
    """Replace what somebody is here for; they have to sign in anew."""
    accounts.set_roles(open_engine(load_settings()), SystemClock(), name, role, province, by=user())
    typer.echo(f"{name}: {', '.join(sorted(set(role)))}.")


@app.command()
def profile(
    name: Name,
    language: Annotated[
        list[str] | None, typer.Option(help="What they speak; again for each, in place of all.")
    ] = None,
    sex: Annotated[str | None, typer.Option(help="female, male, other or not_asked.")] = None,
    child_trained: Annotated[
        bool | None, typer.Option(help="Whether they are trained to speak with children.")
    ] = None,
    number: Annotated[
        str | None,
        typer.Option(help="Their own, to tell them that somebody waits; - reads it, none ends it."),
    ] = None,
    alert_by: Annotated[AlertBy | None, typer.Option(help="How they are told.")] = None,
) -> None:
    """Set whom somebody can help, and how they are told that somebody waits."""
    opened = register()
    changes = profiles.Profile(
        language,
        sex,
        child_trained,
        None if number is None else _phone(given(number)),
        _CHANNELS[alert_by] if alert_by else None,
    )
    profiles.set_profile(*opened.parts, name, changes, by=user())
    typer.echo(f"{name}: set.")


@app.command()
def close(name: Name) -> None:
    """Close an account and end its sessions."""
    accounts.close(open_engine(load_settings()), SystemClock(), name, by=user())
    typer.echo(f"{name} is closed.")


@app.command("sign-out-all")
def sign_out_all() -> None:
    """End everybody's sessions."""
    engine = open_engine(load_settings())
    ended = accounts.end_all_sessions(engine, SystemClock(), by=user())
    typer.echo(f"Sessions ended: {ended}.")


@app.command("list")
def list_all(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON lines.")] = False,
) -> None:
    """All accounts with their roles, and when each signed in last."""
    found = accounts.accounts(open_engine(load_settings()))
    for account in found:
        if as_json:
            typer.echo(json.dumps(asdict(account), default=str))
            continue
        last = f"{account.signed_in_at:%Y-%m-%d %H:%M} UTC" if account.signed_in_at else "never"
        where = f" of {account.province}" if account.province else ""
        helps = f"; {_helps(account)}" if _helps(account) else ""
        typer.echo(
            f"{account.name}: {', '.join(account.roles)}{where}; {account.state}; last in: {last}"
            f"{helps}"
        )
    if not found and not as_json:
        typer.echo("There is no account yet. Add one: outreach staff add NAME --role administrator")


def _phone(written: str) -> str:
    return "" if written == "none" else number_in(written, "--number")


def _helps(account: accounts.Account) -> str:
    """What a profile says, without the number."""
    said = [
        " ".join(account.languages),
        account.sex if account.sex != NOT_ASKED else "",
        "child-trained" if account.child_trained else "",
        f"told by {account.alert_by.replace('voice', 'call')}" if account.alert_by else "",
    ]
    return ", ".join(filter(None, said))


def _say(name: str, code: str) -> None:
    typer.echo(f"One-time code of {name}: {code}")
    hours = int(ENROLMENT.total_seconds() // 3600)
    typer.echo(f"It is used once, within {hours} hours, at /sign-in/first.")
