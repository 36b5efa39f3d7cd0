"""`outreach reach iati` and `activities`: grants as IATI, every version as it was published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from outreach.bootstrap import open_clock_of, open_engine
from outreach.cli.asking import AsJson, asking, moment, tell
from outreach.kernel.errors import BadInput
from outreach.reach import fold as folding
from outreach.reach.publications import activities
from outreach.settings import load_settings


def iati(
    grant: Annotated[str, typer.Argument(help="A grant's slug.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The XML file to write.")],
    reason: Annotated[str, typer.Option(help="Why it is published; it is kept.")] = "",
    version: Annotated[int | None, typer.Option(help="One that was published, as it was.")] = None,
) -> None:
    """Publish a grant as an IATI 2.03 activity, or write a version that was published."""
    if bool(reason) == (version is not None):
        raise BadInput("Say why it is published with --reason, or which --version you want.")
    settings = load_settings()
    engine = open_engine(settings)
    if version is None:
        folding.fold(engine)
        made = activities.publish_activity(engine, open_clock_of(settings), grant, asking(reason))
        version = made.version
    output.write_bytes(activities.published_activity(engine, grant, version))
    typer.echo(f"{output}: {grant}, version {version} as published.")


def list_activities(
    grant: Annotated[str, typer.Argument(help="A grant's slug; all where left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """List every published version of IATI activities, and what was new in each."""
    found = activities.activities(open_engine(load_settings()), grant or None)
    said = "\n".join(
        f"{row.grant}, version {row.version}: {row.period}, {moment(row.as_of)}, by {row.by}\n"
        f"  sha256 {row.sha256}\n  {row.note}"
        for row in found
    )
    tell([asdict(row) for row in found], said or "Nothing is published.", as_json=as_json)


COMMANDS: dict[str, Callable[..., None]] = {"iati": iati, "activities": list_activities}
