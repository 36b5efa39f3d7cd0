"""`outreach people add`, `stop`, `link` and so on: what staff record of one person."""

from __future__ import annotations

from typing import Annotated

import typer

from outreach.cli.asking import (
    AsJson,
    How,
    Number,
    When,
    WordingOption,
    asking,
    given,
    pairs,
    register,
    tell,
    user,
)
from outreach.cli.prompts import Reason
from outreach.content.shipped import wordings_of
from outreach.people import enrolling, rights
from outreach.people.persons import lapsing, linking
from outreach.people.rules.row import Evidence

Values = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="COLUMN=VALUE",
        help=f"Again for each of: {', '.join(rights.CORRECTABLE)}.",
    ),
]


def add(
    number: Number,
    how: How,
    wording: WordingOption,
    when: When = "",
    values: Values = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Register somebody who said yes to you, with what they told you of themselves."""
    found = register()
    version = wordings_of(found.settings).get(wording).version
    evidence = Evidence(how, when, version)
    enrolling.add(*found.parts, given(number), pairs(values), evidence, user())
    tell({"registered": True}, "Registered, with consent.", as_json=as_json)


def decline(number: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Record that somebody said no when asked."""
    enrolling.decline(*register().parts, given(number), asking(reason))
    tell({"declined": True}, "Declined: nothing is sent to them.", as_json=as_json)


def stop(number: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Record a STOP that somebody told you; it holds until START, whatever lists say."""
    enrolling.stop(*register().parts, given(number), asking(reason))
    tell({"opted_out": True}, "Stopped: nothing is sent to them.", as_json=as_json)


def restart(
    number: Number, wording: WordingOption, reason: Reason, as_json: AsJson = False
) -> None:
    """Undo a STOP because the person told you so; the reason is kept."""
    found = register()
    version = wordings_of(found.settings).get(wording).version
    enrolling.restart(*found.parts, given(number), version, asking(reason))
    tell({"opted_out": False}, "The STOP is undone.", as_json=as_json)


def not_me(number: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Somebody else has this number now: consent, settings, memberships and links end."""
    lapsing.not_me(*register().parts, given(number), asking(reason))
    tell({"lapsed": True}, "Ended. Only their own START or JOIN begins anew.", as_json=as_json)


def link(number: Number, other: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Link two numbers of one person, so that reach counts the person once."""
    first = given(number)
    linked = linking.link(*register().parts, first, given(other), asking(reason))
    tell({"numbers": linked}, f"One person with {linked} numbers.", as_json=as_json)


def unlink(number: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Make a number a person of its own again."""
    linking.unlink(*register().parts, given(number), asking(reason))
    tell({"numbers": 1}, "It is a person of its own now.", as_json=as_json)


COMMANDS = (add, decline, stop, restart, not_me, link, unlink)
