"""`outreach people`: bring contacts in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from outreach.bootstrap import open_clock_of, open_engine
from outreach.people.importing import import_contacts
from outreach.settings import load_settings

app = typer.Typer(name="people", help="The register.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    pass


@app.command("import")
def import_file(
    path: Annotated[Path, typer.Argument(help="CSV or XLSX.")],
    dry_run: Annotated[bool, typer.Option(help="Only show what would happen.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Where rejected rows go.")] = None,
) -> None:
    """Import a contact file; rows that can't be used are named and kept in a mendable file."""
    settings = load_settings()
    with Progress(transient=True) as bar:
        task = bar.add_task("Reading", total=None)
        report = import_contacts(
            open_engine(settings),
            settings.vault(),
            open_clock_of(settings),
            path,
            dry_run=dry_run,
            rejects_path=rejects or path.with_suffix(".rejected.csv"),
            progress=lambda done: bar.update(task, completed=done),
        )
    for rejection in report.rejected:
        typer.echo(f"line {rejection.line}, {rejection.column}: {rejection.reason}")
    typer.echo(
        f"{report.rows} rows: {report.added} added, {report.updated} updated, "
        f"{report.unchanged} unchanged, {report.duplicates} double, {report.listed} listed only, "
        f"{report.opted_out} said stop before, {len(report.rejected)} rejected."
    )
    if report.ignored_columns:
        typer.echo(f"Not kept: {', '.join(report.ignored_columns)}.")
    if report.rejects_path:
        typer.echo(f"Mend the rejected rows in {report.rejects_path} and import that file.")
