"""Loads what lies in the folder of campaigns that the settings name; each file is checked."""

from __future__ import annotations

from dataclasses import dataclass

from outreach.content.directory import Directory, load_directory
from outreach.content.doors import load_doors
from outreach.content.optin import Wordings, load_wordings
from outreach.content.phrases import Phrases, load_phrases
from outreach.content.prices import Prices, load_prices
from outreach.content.replies import Replies, load_replies
from outreach.settings import Settings


@dataclass(frozen=True)
class Shipped:
    """All of it."""

    replies: Replies
    phrases: Phrases
    directory: Directory
    prices: Prices
    wordings: Wordings


def shipped_of(settings: Settings) -> Shipped:
    """All of it, checked: half a tenth of a second's reading."""
    return Shipped(
        replies_of(settings),
        phrases_of(settings),
        directory_of(settings),
        prices_of(settings),
        wordings_of(settings),
    )


def replies_of(settings: Settings) -> Replies:
    """The automatic replies, checked."""
    doors = load_doors(settings.campaigns_dir / "doors.csv")
    return load_replies(settings.campaigns_dir / "replies", doors)


def phrases_of(settings: Settings) -> Phrases:
    """What hotline workers text and say, checked."""
    doors = load_doors(settings.campaigns_dir / "doors.csv")
    return load_phrases(settings.campaigns_dir / "phrases", doors)


def directory_of(settings: Settings) -> Directory:
    """The services that may be named to a person, checked."""
    return load_directory(settings.campaigns_dir / "directory")


def prices_of(settings: Settings) -> Prices:
    """The price table, checked."""
    return load_prices(settings.campaigns_dir / "prices.csv")


def wordings_of(settings: Settings) -> Wordings:
    """What people agree to when they join, checked."""
    return load_wordings(settings.campaigns_dir / "optin.yaml")
