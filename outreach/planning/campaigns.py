"""Brings a campaign's folder into the database, and sets when it fires."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from outreach.content import queries as content_queries
from outreach.content.audience.rule import Saved, as_json, conditions
from outreach.content.campaign import Campaign as CampaignFile
from outreach.content.campaign import approved, digest
from outreach.content.doors import Door, names_in, render
from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, NotFound
from outreach.kernel.ids import public_id
from outreach.language.digits import to_ascii_digits
from outreach.language.parts import count
from outreach.planning import queries
from outreach.planning.audience.lookup import look_up
from outreach.planning.schedule import next_firing
from outreach.planning.sending import queries as sending
from outreach.store.engine import reading, transaction


def bring_in(engine: Engine, clock: Clock, file: CampaignFile, doors: dict[str, Door]) -> int:
    """Stores `file` as it is now, texts rendered with `doors`; returns the campaign's id.

    Bringing it in again replaces what it says; deliveries that wait will say the new words. The
    audience is kept as it is now: a saved one that changes later does not change what two people
    approved. Raises BadInput where the audience names what is not there.
    """
    with transaction(engine) as connection:
        named = file.audience.name if isinstance(file.audience, Saved) else ""
        file = _with_codes(connection, file)
        campaign_id = queries.put_campaign(
            connection,
            {
                "slug": file.slug,
                "name_km": file.name_km,
                "name_en": file.name_en,
                "digest": digest(file),
                "approved": approved(file, doors),
                "purpose": file.purpose,
                "audience": as_json(file.audience),
                "audience_name": named,
                "retry": file.retry,
                "sending": file.sending,
                "validity_seconds": file.validity_seconds,
                "expires_hours": file.expires_hours,
                "loaded_at": clock.now(),
            },
        )
        _set_budget(connection, campaign_id, file)
        rows = [row | {"campaign_id": campaign_id} for row in _wordings(file, doors)]
        content_queries.replace_wordings(connection, campaign_id, rows)
    return campaign_id


def _set_budget(connection: Connection, campaign_id: int, file: CampaignFile) -> None:
    if file.budget is None:
        sending.drop_budget(connection, campaign_id)
    else:
        amount, currency = file.budget
        sending.put_budget(connection, campaign_id, int(amount * 1_000_000), currency)


def looked_up(engine: Engine, file: CampaignFile) -> CampaignFile:
    """`file` with codes for the names in its audience, which its digest covers; raises BadInput."""
    if not isinstance(file.audience, Saved) and not any(conditions(file.audience)):
        return file
    with reading(engine) as connection:
        return _with_codes(connection, file)


def set_schedule(
    engine: Engine,
    clock: Clock,
    slug: str,
    *,
    kind: str,
    rule: str,
    zone: str,
    one_way: bool = False,
) -> None:
    """Lets the campaign fire by `rule`; raises BadInput where it never would, or where its texts
    come from a name (`one_way`) and tell nobody how to answer."""
    rule = to_ascii_digits(rule)
    next_at = next_firing(kind, rule, zone, clock.now() - timedelta(microseconds=1))
    if next_at is None:
        raise BadInput(f"The schedule {rule} has no firing left.", remedy="Give a later time.")
    with transaction(engine) as connection:
        campaign_id = campaign_by_slug(connection, slug).id
        if one_way:
            _require_way_back(connection, campaign_id, slug)
        queries.put_schedule(
            connection,
            {
                "campaign_id": campaign_id,
                "kind": kind,
                "rule": rule,
                "zone": zone,
                "next_at": next_at,
            },
        )


def _require_way_back(connection: Connection, campaign_id: int, slug: str) -> None:
    said = content_queries.wordings_of(connection, campaign_id)
    without = sorted(row.language for row in said if row.channel == "sms" and not row.way_back)
    if without:
        raise BadInput(
            f"The sender is a name, so nobody can answer these texts: {', '.join(without)}.",
            where=slug,
            remedy="Name a door in each, {name}, and load the campaign again.",
        )


def campaign_by_slug(connection: Connection, slug: str) -> Any:
    """The campaign's row; raises NotFound."""
    row = queries.campaign_by_slug(connection, slug)
    if row is None:
        raise NotFound(
            f"There is no campaign {slug!r}.", remedy="Load it: outreach campaigns load FOLDER"
        )
    return row


def campaign_id_of(engine: Engine, slug: str) -> int:
    """The campaign's id; raises NotFound."""
    with reading(engine) as connection:
        return int(campaign_by_slug(connection, slug).id)


def _with_codes(connection: Connection, file: CampaignFile) -> CampaignFile:
    return replace(file, audience=look_up(connection, file.path, file.audience, own=file.slug))


def _wordings(file: CampaignFile, doors: dict[str, Door]) -> Iterator[dict[str, Any]]:
    blank = {"body": "", "parts": 0, "path": "", "seconds": 0}
    blank |= {"placeholder": False, "way_back": False}
    for language, text in file.texts.items():
        body = render(text, doors)
        yield blank | {
            "public_id": public_id("wo"),
            "language": language,
            "channel": "sms",
            "body": body,
            "parts": count(body).parts,
            "way_back": bool(names_in(text)),
        }
    for language, recording in file.recordings.items():
        yield blank | {
            "public_id": public_id("wo"),
            "language": language,
            "channel": "voice",
            "path": str(recording.path or ""),
            "seconds": round(recording.seconds),
            "placeholder": recording.placeholder,
        }
