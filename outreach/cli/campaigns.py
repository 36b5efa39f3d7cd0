"""`outreach campaigns`: check a folder, load it, see what it costs, set when it fires."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from outreach.bootstrap import open_clock_of, open_engine
from outreach.cli.prompts import Reason
from outreach.content.campaign import approved, digest
from outreach.content.campaign import load as load_campaign
from outreach.content.doors import load_doors, render
from outreach.content.shipped import prices_of
from outreach.kernel.errors import BadInput
from outreach.language.parts import count
from outreach.planning import campaigns, steering
from outreach.planning.cost import estimate
from outreach.settings import load_settings

app = typer.Typer(name="campaigns", help="What is said, to whom, when.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="A folder such as campaigns/safe-migration.")]
Slug = Annotated[str, typer.Argument(help="The campaign's folder name.")]


@app.command()
def check(folder: Folder) -> None:
    """Check a campaign's folder; tells every problem with file, line and what to do."""
    settings = load_settings()
    doors = load_doors(settings.campaigns_dir / "doors.csv")
    written = load_campaign(folder, doors, one_way=settings.one_way)
    campaign = campaigns.looked_up(open_engine(settings), written)
    for language, text in campaign.texts.items():
        counted = count(render(text, doors))
        typer.echo(f"{language} sms: {counted.parts} part(s), {counted.units} units")
    for language, recording in campaign.recordings.items():
        label = " (placeholder: loopback only)" if recording.placeholder else ""
        typer.echo(f"{language} voice: {recording.seconds:.0f} s{label}")
    state = "approved" if approved(campaign, doors) else "not approved: loopback gateway only"
    typer.echo(f"{state}; digest {digest(campaign)}")


@app.command()
def load(folder: Folder) -> None:
    """Check a campaign's folder and bring it in; what was in before is replaced."""
    settings = load_settings()
    doors = load_doors(settings.campaigns_dir / "doors.csv")
    campaign = load_campaign(folder, doors, one_way=settings.one_way)
    campaigns.bring_in(open_engine(settings), open_clock_of(settings), campaign, doors)
    typer.echo(f"Loaded: {campaign.slug}.")


@app.command()
def cost(slug: Slug) -> None:
    """What sending it to today's register would take; sends nothing."""
    settings = load_settings()
    found = estimate(open_engine(settings), open_clock_of(settings), slug, prices_of(settings))
    typer.echo(
        f"{found.sms} SMS in {found.parts} parts, {found.calls} calls, "
        f"{found.suppressed} people not sent to; about {found.cost:.2f} {found.currency} "
        f"at the planning prices of {found.as_of} if every call is answered, without retries."
    )


@app.command()
def schedule(
    slug: Slug,
    at: Annotated[str, typer.Option(help="Local time, such as 2026-03-02T18:00.")] = "",
    cron: Annotated[str, typer.Option(help="Such as '0 18 * * mon'; days by name.")] = "",
    zone: Annotated[str, typer.Option(help="Time zone of the time.")] = "Asia/Phnom_Penh",
) -> None:
    """Set when a campaign fires: once, or again and again."""
    if bool(at) == bool(cron):
        raise BadInput("Give either --at or --cron.")
    settings = load_settings()
    campaigns.set_schedule(
        open_engine(settings),
        open_clock_of(settings),
        slug,
        kind="once" if at else "cron",
        rule=at or cron,
        zone=zone,
        one_way=settings.one_way,
    )
    typer.echo(f"Scheduled: {slug} {at or cron} ({zone}).")


@app.command()
def pause(slug: Slug, reason: Reason) -> None:
    """Stop a campaign within a second; nothing is lost."""
    settings = load_settings()
    clock = open_clock_of(settings)
    steering.pause(open_engine(settings), clock, slug, reason=reason, by=getpass.getuser())
    typer.echo(f"Paused: {slug}. What is too old when it goes on will expire.")


@app.command()
def resume(slug: Slug, reason: Reason) -> None:
    """Let a paused campaign go on, whoever or whatever paused it."""
    settings = load_settings()
    clock = open_clock_of(settings)
    steering.resume(open_engine(settings), clock, slug, reason=reason, by=getpass.getuser())
    typer.echo(f"Goes on: {slug}.")


@app.command()
def cancel(slug: Slug, reason: Reason) -> None:
    """End what a campaign is sending, for good; its schedule stays."""
    settings = load_settings()
    clock = open_clock_of(settings)
    ended = steering.cancel(open_engine(settings), clock, slug, reason=reason, by=getpass.getuser())
    typer.echo(f"Canceled: {ended} broadcast(s) of {slug}; what has left goes its way.")
