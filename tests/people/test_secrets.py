"""S18: no number of a contact file lies open in the database, however it was written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import SQLModel

from outreach.kernel.clock import FixedClock
from outreach.kernel.sealing import Vault
from outreach.language.digits import khmer_digits
from outreach.people import optout
from outreach.people.importing import import_contacts
from outreach.store.engine import make_engine, transaction

NATIONAL = [f"38{n:07d}" for n in range(1_234_500, 1_234_560)]
HEADER = "phone,name,id number,consent how,consent when,consent wording"


def notations(national: str) -> set[str]:
    head, middle, tail = national[:2], national[2:5], national[5:]
    latin = {
        national,
        f"{head} {middle} {tail}",
        f"{head}-{middle}-{tail}",
        f"{head}.{middle}.{tail}",
        f"{middle}{tail}",
        f"{middle} {tail}",
    }
    return latin | {khmer_digits(text) for text in latin}


def test_s18_no_number_lies_open_in_the_raw_file_in_any_notation(
    tmp_path: Path, vault: Vault
) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'r.sqlite'}")
    SQLModel.metadata.create_all(engine)
    clock = FixedClock(datetime(2026, 3, 2, tzinfo=UTC))
    lines = [HEADER]
    for position, national in enumerate(NATIONAL):
        written = sorted(notations(national) - {national[2:], f"{national[2:5]} {national[5:]}"})
        usable = [text for text in written if len(text.replace(" ", "")) >= 9]
        cell = usable[position % len(usable)]
        lines.append(f"{cell},Sok Dara,{national}99,told by 0{national},2026-02-14,v1")
    source = tmp_path / "given.csv"
    source.write_text("\n".join(lines), encoding="utf-8")
    report = import_contacts(
        engine,
        vault,
        clock,
        source,
        dry_run=False,
        rejects_path=tmp_path / "rejected.csv",
        progress=lambda _rows, _of: None,
    )
    with transaction(engine) as connection:
        for national in NATIONAL[::2]:
            optout.opt_out(connection, vault, f"+855{national}", at=clock.now(), source="sms")
    assert (report.added, report.rejected) == (len(NATIONAL), 0)
    engine.dispose()
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("r.sqlite*"))
    wanted = {text for national in NATIONAL for text in notations(national)} | {"Sok Dara"}
    assert [text for text in wanted if text.encode() in raw] == []
    assert b"told by [number]" in raw
