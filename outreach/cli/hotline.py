"""`outreach hotline`: seals a person's conversation at once; what workers may text and say."""

from __future__ import annotations

from dataclasses import asdict

import typer

from outreach.bootstrap import open_help_store
from outreach.cli.asking import AsJson, Number, asking, given, tell
from outreach.cli.prompts import Reason
from outreach.content.shipped import phrases_of
from outreach.hotline.retention.sealing import seal_contact
from outreach.settings import load_settings

app = typer.Typer(name="hotline", help="Help conversations.", no_args_is_help=True)


@app.command()
def seal(number: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Empty all that the help store holds of a number, at once: somebody may be looking for it. It
    can't be undone; it is audited."""
    store = open_help_store(load_settings())
    done = seal_contact(store.engine, store.vault, store.clock, given(number), asking(reason))
    said = f"Emptied: {done.texts} texts, {done.answers} answers, {done.calls} calls."
    tell(asdict(done), said if done.conversation else f"{said} No conversation.", as_json=as_json)


@app.command()
def phrases(as_json: AsJson = False) -> None:
    """Check what workers text and say, and name the digest that two people approve."""
    found = phrases_of(load_settings())
    state = "approved" if found.approved else "not approved: a live gateway gets none of them"
    shown = {"digest": found.digest, "approved": found.approved}
    tell(shown, f"{state}; digest {found.digest}", as_json=as_json)
