"""`outreach keys`: the keys that seal the register and the help store."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from outreach.bootstrap import open_engine, sealed_stores
from outreach.kernel.errors import BadInput
from outreach.kernel.paper import SETTINGS, pages, settings_from
from outreach.kernel.private import write_private
from outreach.kernel.sealing import new_key, new_keys
from outreach.settings import load_settings
from outreach.store import rotation
from outreach.store.keyring import admit
from outreach.store.rotation import KeyUse, SealedStore

app = typer.Typer(name="keys", help="Sealing keys: docs/keys.md.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="As one JSON object.")]
_STEPS = """\
1. Put this behind the keys that are there, in the setting of every process; start each again.
2. Then put it first, in every process; start each again.
3. Run: outreach keys rotate
4. outreach keys status says which keys can be taken out. Print the new shares: outreach keys export
"""


class Family(StrEnum):
    """Which kind of key."""

    SEAL = "seal"
    LOOKUP = "lookup"


@app.callback()
def _group() -> None:
    pass


@app.command()
def new() -> None:
    """Print a fresh set for OUTREACH_SECRET_KEYS or OUTREACH_HELP_KEYS. Keep it safe: lost keys
    lose every number."""
    typer.echo(new_keys())


@app.command()
def add(
    family: Annotated[Family, typer.Argument(help="A sealing key, or one that finds numbers.")],
) -> None:
    """Print one fresh key, to be added to a set, and how."""
    typer.echo(new_key(family))
    typer.echo(_STEPS, err=True, nl=False)


@app.command()
def status(as_json: Json = False) -> None:
    """Which keys are in use, for how many rows, and which can be taken out of the settings."""
    settings = load_settings()
    engine = open_engine(settings)
    _tell(
        [
            _standing(store, rotation.uses(engine, store, vault))
            for store, vault in sealed_stores(settings)
        ],
        as_json=as_json,
    )


@app.command()
def rotate(as_json: Json = False) -> None:
    """Bring everything under the current keys, while all goes on. Killed, it goes on next time."""
    settings = load_settings()
    engine = open_engine(settings)
    stores = sealed_stores(settings)
    admit(engine, stores, alike=True)
    told = []
    for store, vault in stores:
        with Progress(transient=True, console=Console(stderr=True)) as bar:
            task = bar.add_task(store.name, total=rotation.left(engine, store, vault))
            done = rotation.rotate(engine, store, vault, partial(_show, bar, task))
        told.append(_standing(store, rotation.uses(engine, store, vault)) | asdict(done))
    _tell(told, as_json=as_json)


@app.command()
def export(
    folder: Annotated[
        Path, typer.Argument(help="Where three files are written, to be printed.", file_okay=False)
    ],
) -> None:
    """Write both sets of keys as three shares to print; any two restore them, one says nothing."""
    settings = load_settings()
    settings.require("secret_keys", "help_keys")
    given = {
        name: getattr(settings, name.removeprefix("OUTREACH_").lower()).get_secret_value()
        for name in SETTINGS
    }
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(pages(given, datetime.now().astimezone().date()), start=1):
        path = folder / f"share-{number}-of-3.txt"
        write_private(path, page)
        typer.echo(str(path))
    typer.echo(
        "Print each for another person, keep the papers apart, then delete these files.\n"
        "Papers of before a key was added do not hold it: destroy those.",
        err=True,
    )


@app.command()
def restore(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Two of the three; where left out, what is typed.", dir_okay=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the settings here (mode 0600), not to the screen.")
    ] = None,
) -> None:
    """Bring the keys back from any two shares: prints the two settings."""
    if files:
        text, where = "\n".join(_text(path) for path in files), " and ".join(map(str, files))
    else:
        typer.echo("Type or paste two shares; end with an empty line and Ctrl-D.", err=True)
        text, where = sys.stdin.read(), "what was typed"
    lines = "".join(f"{name}={keys}\n" for name, keys in settings_from(text, where).items())
    if out is None:
        typer.echo(lines, nl=False)
    else:
        write_private(out, lines)
        typer.echo(str(out))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("This file can't be read as text.", where=str(path)) from error


def _show(bar: Progress, task: TaskID, rows: int) -> None:
    bar.update(task, completed=rows)


def _standing(store: SealedStore, uses: Sequence[KeyUse]) -> dict[str, Any]:
    return {"store": store.name, "setting": store.setting, "keys": [asdict(use) for use in uses]}


def _tell(told: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"stores": told}))
        return
    for item in told:
        typer.echo(f"{item['store']} ({item['setting']})")
        if "changed" in item:
            typer.echo(f"  {item['changed']} rows are under new keys now.")
        if item.get("unopened"):
            typer.echo(f"  {item['unopened']} rows do not open: they were altered.")
        for key in item["keys"]:
            typer.echo(f"  {key['name']}: {key['rows']} rows{_said(key)}")


def _said(key: dict[str, Any]) -> str:
    if key["current"]:
        return ", current"
    if not key["configured"]:
        return ", NOT IN THE SETTING: add it"
    if key["removable"]:
        return ", can be taken out"
    lookup = key["name"].startswith(Family.LOOKUP)
    return ", must stay: STOPs are found by it" if lookup else ", must stay until keys are rotated"
