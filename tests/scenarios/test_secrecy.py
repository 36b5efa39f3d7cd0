"""S18, S19: a copy of the database, and the logs, of a whole story give no number away."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from outreach.delivery import switches
from outreach.hotline.callback import missed_call
from outreach.hotline.sealed import HELP_STORE
from outreach.kernel import logs
from outreach.kernel.errors import OutreachError
from outreach.kernel.sealing import new_keys, parse_keys
from outreach.language.digits import khmer_digits
from outreach.people import rights
from outreach.people.importing import import_contacts
from outreach.people.rights import Asking
from outreach.people.sealed import REGISTER
from outreach.planning import corridors, steering
from outreach.store.rotation import rotate
from tests.world import SLUG, World, number

PEOPLE = range(1_234_500, 1_234_512)
STRANGER = range(1_234_600, 1_234_603)
EVERYBODY = [number(at) for at in (*PEOPLE, *STRANGER)]


def notations(who: str) -> set[str]:
    """A number as people and programs write it."""
    country, head, rest = who[:4], who[4:6], who[6:]
    spaced = f"{head} {rest[:3]} {rest[3:]}"
    latin = {
        f"{head}{rest}",
        rest,
        spaced,
        spaced.replace(" ", "-"),
        spaced.replace(" ", "."),
        f"{rest[:3]} {rest[3:]}",
        f"{country} {spaced}",
    }
    written = latin | {khmer_digits(one) for one in latin}
    return written | {quote(one) for one in written}


def given_away(raw: bytes) -> list[str]:
    wanted = {one for who in EVERYBODY for one in notations(who)}
    return [
        one
        for one in wanted
        if any(one.encode(code) in raw for code in ("utf-8", "utf-16-le", "utf-16-be"))
    ]


def copy_of(world: World, tmp_path: Path) -> bytes:
    """All that lies on the disk: SQLite's files, or every relation's file and row of PostgreSQL."""
    engine = world.runtime.engine
    if engine.dialect.name == "sqlite":
        return b"".join(path.read_bytes() for path in tmp_path.glob("outreach.sqlite*"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        files = connection.execute(
            text(
                "SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class"
                " WHERE relkind IN ('r', 'i', 't') AND relnamespace <> 11"
            )
        ).scalars()
        return b"".join(bytes(part) for part in files)


def story(world: World, tmp_path: Path) -> None:
    """A register is imported, with numbers where none belong; people text, ring, stop and leave."""
    runtime = world.runtime
    written = [sorted(n for n in notations(number(at)) if len(n) > 9) for at in PEOPLE]
    lines = ["phone,name,consent how,consent when,consent wording"]
    for at, ways in zip(PEOPLE, written, strict=True):
        told = f"told by {ways[at % len(ways)]}" if "%" not in ways[at % len(ways)] else "on paper"
        lines.append(f"{number(at)},Sok {number(at)},{told},2026-02-14,v1")
    lines.append(f"{number(PEOPLE[0])[:-1]},too short,,,")
    source = tmp_path / "given.csv"
    source.write_text("\n".join(lines), encoding="utf-8")
    import_contacts(
        runtime.engine,
        runtime.desk.vault,
        runtime.clock,
        source,
        dry_run=False,
        rejects_path=tmp_path / "rejected.csv",
        progress=lambda _done, _of: None,
    )
    world.fire()
    world.send()
    for at, said in zip(STRANGER, ("HELP", "STOP", "JOB"), strict=True):
        world.text(number(at), f"{said} call {number(at)} or 0{number(at)[4:]}")
    world.text(number(PEOPLE[1]), "STOP")
    world.text(number(PEOPLE[2]), f"ជួយ {khmer_digits(number(PEOPLE[2])[1:])}")
    missed_call(runtime.desk, number(PEOPLE[3]), "CA1")
    world.send()
    asking = Asking("dara", f"She rang from 0{number(PEOPLE[4])[4:]} herself")
    rights.show(runtime.engine, runtime.desk.vault, runtime.clock, number(PEOPLE[4]), asking)
    rights.forget(runtime.engine, runtime.desk.vault, runtime.clock, number(PEOPLE[4]), asking)
    turn_switches(world, f"since 2026-11-28 0{number(PEOPLE[5])[4:]} is wrong")


def turn_switches(world: World, reason: str) -> None:
    """Every switch that somebody turns for a reason, and back."""
    engine, clock = world.runtime.engine, world.runtime.clock
    why = {"reason": reason, "by": "dara"}
    for turn in (switches.stop, switches.go_on):
        turn(engine, clock, "channel:sms", **why)
    for steer in (steering.pause, steering.resume, steering.cancel):
        steer(engine, clock, SLUG, **why)
    for is_open in (False, True):
        corridors.turn(engine, clock, "KH", "TH", is_open=is_open, **why)


def turn_keys(world: World) -> None:
    given = world.runtime.settings
    for store, keys in ((REGISTER, given.secret_keys), (HELP_STORE, given.help_keys)):
        both = parse_keys(f"{new_keys()},{keys.get_secret_value()}", "test")
        rotate(world.runtime.engine, store, both, lambda _done: None)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterable[StringIO]:
    """All that the process writes to its log, from DEBUG on."""
    stream = StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    root = logs.logging.getLogger()
    handlers, level, hook = list(root.handlers), root.level, sys.excepthook
    logs.configure("DEBUG", json=True)
    yield stream
    root.handlers, sys.excepthook = handlers, hook
    root.setLevel(level)
    logs.logging.captureWarnings(False)


def test_s18_a_copy_of_the_database_gives_no_number_away(
    world: World, tmp_path: Path, log: StringIO
) -> None:
    story(world, tmp_path)
    before = copy_of(world, tmp_path)
    turn_keys(world)
    after = copy_of(world, tmp_path)
    assert given_away(before) == given_away(after) == []
    assert given_away(log.getvalue().encode()) == []
    assert b"told by [number]" in before, "the copy shows what lies open"
    assert b"since 2026-11-28 [number] is wrong" in before, "a day is no number"
    assert given_away(f"to {number(PEOPLE[0])}".encode("utf-16-le"))


def test_s18_the_only_file_with_numbers_is_its_owners(world: World, tmp_path: Path) -> None:
    story(world, tmp_path)
    (rejected,) = tmp_path.glob("rejected*.csv")
    assert rejected.stat().st_mode & 0o777 == 0o600


def test_s18_errors_about_numbers_do_not_show_them(world: World) -> None:
    runtime, asking = world.runtime, Asking("dara", "Asked at the office")
    for written in (f"{EVERYBODY[0]}99999", f"x{EVERYBODY[0]}", EVERYBODY[1]):
        with pytest.raises(OutreachError) as refused:
            rights.correct(
                runtime.engine,
                runtime.desk.vault,
                runtime.clock,
                written,
                {"sex": EVERYBODY[0]},
                asking,
            )
        assert given_away(str(refused.value).encode()) == []
