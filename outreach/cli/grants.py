"""`outreach grants`: what was promised to donors; every version of a grant's file stays."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from outreach.bootstrap import open_clock_of, open_engine
from outreach.cli.asking import user
from outreach.reach.grants import keeping
from outreach.reach.grants.keeping import KeptGrant
from outreach.settings import load_settings

app = typer.Typer(name="grants", help="What was promised to donors.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="As one JSON object a line.")]


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="A grant's YAML file (docs/grants.md).")],
    json_out: AsJson = False,
) -> None:
    """Keep a grant's file as its next version; the same content again changes nothing."""
    settings = load_settings()
    kept = keeping.load(open_engine(settings), open_clock_of(settings), file, by=user())
    _tell(kept, as_json=json_out)


@app.command()
def check(file: Annotated[Path, typer.Argument(help="A grant's YAML file.")]) -> None:
    """Say what is wrong with a grant's file; keeps nothing."""
    grant = keeping.read_grant(file)
    typer.echo(f"{grant.slug}: {len(grant.indicators)} indicators, {len(grant.costs)} costs.")


@app.command()
def show(
    slug: Annotated[str, typer.Argument(help="The grant's slug.")],
    version: Annotated[int | None, typer.Option(help="An earlier version.")] = None,
    json_out: AsJson = False,
) -> None:
    """A grant as it is now, or was."""
    _tell(keeping.show(open_engine(load_settings()), slug, version), as_json=json_out)


@app.command("list")
def list_(json_out: AsJson = False) -> None:
    """The newest version of every grant."""
    found = keeping.every(open_engine(load_settings()))
    for kept in found:
        _tell(kept, as_json=json_out)
    if not (found or json_out):
        typer.echo("There is none yet. Load one: outreach grants load FILE")


def _tell(kept: KeptGrant, *, as_json: bool) -> None:
    grant = kept.grant
    if as_json:
        about = {"version": kept.version, "digest": kept.digest, "loaded_by": kept.loaded_by}
        about["loaded_at"] = kept.loaded_at.isoformat()
        typer.echo(json.dumps(grant.model_dump(mode="json") | about, ensure_ascii=False))
        return
    typer.echo(
        f"{grant.slug}, version {kept.version} ({kept.loaded_by}, {kept.loaded_at:%Y-%m-%d})"
    )
    typer.echo(f"  {grant.donor.name}: {grant.budget.amount} {grant.budget.currency}")
    for currency in sorted({cost.currency for cost in grant.costs}):
        spent = [cost for cost in grant.costs if cost.currency == currency]
        airtime = sum((cost.amount for cost in spent if cost.kind == "airtime"), Decimal(0))
        all_in = sum((cost.amount for cost in spent), Decimal(0))
        typer.echo(f"  spent: airtime {airtime} {currency}, all-in {all_in} {currency}")
    for indicator in grant.indicators:
        for target in indicator.targets:
            typer.echo(f"  {indicator.code}, {target.since} to {target.until}: {target.value}")
