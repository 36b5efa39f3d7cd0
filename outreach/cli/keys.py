"""`outreach keys`: the keys that seal the register and the help store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from outreach.bootstrap import open_engine, sealed_stores
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
