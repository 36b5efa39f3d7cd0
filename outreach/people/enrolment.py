"""Brings the entries of a file into the register, by what the register knows already.

An import never revives an opt-out and never overwrites what a person told us themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row

from outreach.kernel.dimensions import NOT_ASKED
from outreach.kernel.ids import public_ids
from outreach.kernel.sealing import Vault
from outreach.people import queries
from outreach.people.history import Step, begin, note
from outreach.people.rules.community import Known
from outreach.people.rules.consent import Consent, Event, after
from outreach.people.rules.row import Entry, Evidence

# What a contact is of whom nothing was said.
BLANK = {
    "language": "km",
    "channel": "",
    "reads": NOT_ASKED,
    "shows_khmer": NOT_ASKED,
    "phone_is": NOT_ASKED,
    "sex": NOT_ASKED,
    "age_band": NOT_ASKED,
    "audience": NOT_ASKED,
    "destination": NOT_ASKED,
    "sector": NOT_ASKED,
    "present": NOT_ASKED,
    "province": NOT_ASKED,
    "commune": NOT_ASKED,
}
_SOURCE, _UNPROVEN = "import", ("", "", "")
_PLACES = frozenset({"province", "commune"})
_BLANK, _LANGUAGE = tuple(BLANK.values()), tuple(BLANK).index("language")
# What a new contact has beside that.
_KEPT = (
    "id", "public_id", "number_key", "number_sealed", "consent", "timezone", "operator_hint",
)  # fmt: skip


class Found(NamedTuple):
    """An entry ready to be looked for and written: what takes time is done where the file is read.

    `keys` are the number's fingerprints under every lookup key, the current one first; `values`
    are all of BLANK's columns, `said` those among them that the file gives (what a community says
    of its members counts only for somebody new). `community` is 0 where there is none.
    """

    keys: tuple[bytes, ...]
    sealed: bytes
    timezone: str
    operator_hint: str
    values: tuple[str, ...]
    said: tuple[str, ...]
    evidence: Evidence | None
    community: int = 0

    def __repr__(self) -> str:
        return "Found()"


@dataclass
class Tally:
    """What an import did so far. `seen` holds eight bytes of each fingerprint: about 60 MB for a
    million rows, and no two of a million are the same by chance."""

    rows: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    listed: int = 0
    opted_out: int = 0
    seen: set[int] = field(default_factory=set, repr=False)

    def as_dict(self) -> dict[str, int]:
        """The figures, for a report."""
        return {name: value for name, value in asdict(self).items() if name != "seen"}

    def is_new(self, key: bytes) -> bool:
        """Whether this file has not had the number yet; the first row wins."""
        short = int.from_bytes(key[:8], "big")
        if short in self.seen:
            self.duplicates += 1
            return False
        self.seen.add(short)
        return True


@dataclass
class Plan:
    """What is to be written: new people (with the consent they get), changed rows, the steps of
    consent of those who were known, and (community, contact) of who is to belong to one."""

    added: list[tuple[Found, str]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    members: list[tuple[int, int]] = field(default_factory=list)


def found(entry: Entry, vault: Vault) -> Found:
    """An entry ready to be looked for."""
    number, said, member = entry.number, entry.values, entry.community
    told = {**_of_members(member, said), **said} if member else said
    return Found(
        tuple(vault.lookups(number.e164)),
        vault.seal(number.e164),
        number.zone,
        number.operator_hint,
        tuple(map(told.get, BLANK, _BLANK)),
        tuple(said),
        entry.evidence,
        member.id if member else 0,
    )


def plan(connection: Connection, entries: Iterable[Found], now: datetime, tally: Tally) -> Plan:
    """What `entries` change; counts it in `tally` and writes nothing."""
    items = [entry for entry in entries if tally.is_new(entry.keys[0])]
    every = [key for entry in items for key in entry.keys]
    known = queries.known(connection, every, BLANK)
    stopped = queries.opted_out(connection, every)
    planned = Plan()
    joining = {
        known[key].id for entry in items if entry.community for key in entry.keys if key in known
    }
    belong = queries.belonging(connection, joining) if joining else set()
    for entry in items:
        row = next((known[key] for key in entry.keys if key in known), None)
        said_stop = not stopped.isdisjoint(entry.keys)
        if row is None:
            consent = Consent.OPTED_OUT if said_stop else after(None, _event(entry))
            planned.added.append((entry, consent.value))
            tally.added += 1
        else:
            changed, consent = _change(planned, row, entry, said_stop, now)
            member = (entry.community, row.id)
            if entry.community and member not in belong:
                planned.members.append(member)
                changed = True
            tally.updated += changed
            tally.unchanged += not changed
        tally.listed += consent is Consent.LISTED
        tally.opted_out += consent is Consent.OPTED_OUT
    return planned


def enrol(connection: Connection, entries: Iterable[Found], now: datetime, tally: Tally) -> None:
    """Brings `entries` in, in the caller's transaction; counts them in `tally`.

    A STOP that comes meanwhile waits for the transaction and then holds; one that is being written
    is waited for and seen.
    """
    queries.hold(connection, alone=True)
    planned = plan(connection, entries, now, tally)
    joined = _add(connection, planned.added, now)
    queries.set_contacts(connection, planned.changed)
    queries.add_members(connection, [*planned.members, *joined], now)
    note(connection, planned.steps, now)


def _add(
    connection: Connection, added: Sequence[tuple[Found, str]], now: datetime
) -> list[tuple[int, int]]:
    """Adds people; returns who of them belongs where."""
    if not added:
        return []
    ids = queries.reserve_contacts(connection, len(added))
    rows, events = [], []
    for row_id, named, (entry, consent) in zip(
        ids, public_ids("co", len(added)), added, strict=True
    ):
        keys, sealed, timezone, operator, values, _, proof, _ = entry
        rows.append((row_id, named, keys[0], sealed, consent, timezone, operator, *values))
        proven = (proof.how, proof.wording, proof.given_on) if proof else _UNPROVEN
        events.append((row_id, keys[0], "", consent, _SOURCE, values[_LANGUAGE], *proven))
    queries.add_contacts(connection, (*_KEPT, *BLANK), rows, now)
    begin(connection, ids, events, now)
    return [
        (entry.community, row_id)
        for row_id, (entry, _consent) in zip(ids, added, strict=True)
        if entry.community
    ]


def _of_members(community: Known, said: Mapping[str, str]) -> Mapping[str, str]:
    """What a community says of a new member; nothing of places where the file names one."""
    found = community.columns
    if not _PLACES.isdisjoint(said):
        return {name: value for name, value in found.items() if name not in _PLACES}
    return found


def _change(
    planned: Plan, row: Row[Any], entry: Found, said_stop: bool, now: datetime
) -> tuple[bool, Consent]:
    before = Consent(row.consent)
    consent = Consent.OPTED_OUT if said_stop else after(before, _event(entry))
    old = {name: getattr(row, name) for name in BLANK}
    given = dict(zip(BLANK, entry.values, strict=True))
    person = old | {name: given[name] for name in entry.said if name not in row.own_words}
    if consent is not before:
        step = Step(row.id, row.number_key, before, consent, _SOURCE, person, entry.evidence)
        planned.steps.append(step)
    if person == old and consent is before:
        return False, consent
    planned.changed.append(person | {"b_id": row.id, "consent": consent, "updated_at": now})
    return True, consent


def _event(entry: Found) -> Event:
    return Event.EVIDENCE if entry.evidence else Event.LIST
