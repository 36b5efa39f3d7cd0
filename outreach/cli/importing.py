"""`outreach people import`: a contact file comes in, or a dry run shows what would happen."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from outreach.bootstrap import open_register
from outreach.kernel.errors import BadInput
from outreach.people.importing import Choices, ImportReport, import_contacts
from outreach.people.rules.columns import choices
from outreach.people.rules.countries import country_code
from outreach.settings import load_settings


def import_file(
    path: Annotated[Path, typer.Argument(help="CSV (any usual encoding) or XLSX.")],
    dry_run: Annotated[bool, typer.Option(help="Only show what would happen.")] = False,
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=HEADER",
            help='Which column is which, where the guess is wrong: --column phone="Tel 2". Again '
            "for each; without a header: there is none.",
        ),
    ] = None,
    sheet: Annotated[str, typer.Option(help="The sheet of a workbook.")] = "",
    country: Annotated[
        str, typer.Option(help="Of numbers in national notation: KH, TH … A country column wins.")
    ] = "KH",
    rejects: Annotated[Path | None, typer.Option(help="Where rejected rows go.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, without any number.")] = False,
) -> None:
    """Import a contact file; rows that can't be used are named and kept in a mendable file."""
    given = Choices(choices(column or ()), sheet, _country(country))
    engine, vault, clock = open_register(load_settings()).parts
    with _bar() as bar:
        task = bar.add_task("Reading", total=None)
        report = import_contacts(
            engine,
            vault,
            clock,
            path,
            dry_run=dry_run,
            rejects_path=rejects or path.with_suffix(".rejected.csv"),
            progress=lambda done, of: bar.update(task, completed=done, total=of, refresh=True),
            choices=given,
        )
    if as_json:
        found = {"dry_run": dry_run, **asdict(report)}
        typer.echo(json.dumps(found, ensure_ascii=False, default=str))
    else:
        typer.echo("\n".join(_lines(report, dry_run=dry_run)))


def _country(written: str) -> str:
    found = country_code(written)
    if found is None:
        raise BadInput(f"{written!r} is no country.", where="--country", remedy="Write: TH")
    return found


def _bar() -> Progress:
    """Rows so far, on a terminal only, and not among what the command gives out. It has no thread
    of its own: the import forks."""
    return Progress(
        TextColumn("{task.description} {task.completed:,} rows"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,
        disable=not sys.stderr.isatty(),
    )


def _lines(report: ImportReport, *, dry_run: bool) -> list[str]:
    of_sheet = f", sheet {report.sheet!r}" if report.sheet else ""
    lines = [f"Columns (headers on line {report.header_line}{of_sheet}):"]
    lines += [f"  {name} <- {header}" for name, header in report.columns.items()]
    if report.ignored_columns:
        lines.append(f"Not kept: {', '.join(report.ignored_columns)}.")
    if report.rejected:
        lines.append(f"Rejected: {_count(report.rejected, 'row')}, because:")
        lines += [f"  {count:,} x {reason}" for reason, count in report.reasons.items()]
        lines.append("The first of them:")
        lines += [
            f"  line {row.line}, {row.column}{f' ({row.masked})' if row.masked else ''}: "
            f"{row.reason}"
            for row in report.samples
        ]
    lines.append(
        f"{_count(report.rows, 'row')}: {report.added:,} added, {report.updated:,} updated, "
        f"{report.unchanged:,} unchanged, {report.duplicates:,} double, "
        f"{report.rejected:,} rejected."
    )
    lines.append(
        f"Of the people in it {report.listed:,} are listed only (no consent yet) and "
        f"{report.opted_out:,} said stop before: they stay so."
    )
    if dry_run:
        lines.append("Nothing was changed: this was a dry run. Leave --dry-run out to import.")
    if report.rejects_path:
        lines.append(f"Mend the rejected rows in {report.rejects_path} and import that file.")
    return lines


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
