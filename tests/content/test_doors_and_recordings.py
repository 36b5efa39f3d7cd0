"""Doors are data per country; a placeholder is a real WAV file."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import pytest
from sqlalchemy import Engine

from outreach.content import recordings
from outreach.content.doors import load_doors, render
from outreach.content.queries import replace_wordings
from outreach.kernel.errors import BadInput
from outreach.store.engine import transaction

HEADER = "name,country,number,ways,cost,tested_on,burned,note\n"


def test_a_door_is_read_with_what_is_known_of_it(tmp_path: Path) -> None:
    path = tmp_path / "doors.csv"
    path.write_text(HEADER + "us,KH,+855381280000,sms voice,free,2026-01-05,no,\n")
    door = load_doors(path)["us"]
    assert (door.tested, door.burned) == (True, False)
    assert render("Ring {us}.", {"us": door}) == "Ring +855381280000."
    assert "381280" not in repr(door)


def test_a_door_of_which_nobody_says_that_it_is_not_burned_counts_as_burned(tmp_path: Path) -> None:
    path = tmp_path / "doors.csv"
    path.write_text(HEADER + "us,KH,+855381280000,sms,free,2026-01-05,,\n")
    assert load_doors(path)["us"].burned


@pytest.mark.parametrize("row", ["us,KH\n", ",KH,1,sms,free,,no,\n"])
def test_a_row_that_says_too_little_is_refused_with_its_line(tmp_path: Path, row: str) -> None:
    path = tmp_path / "doors.csv"
    path.write_text(HEADER + row)
    with pytest.raises(BadInput, match=r"doors\.csv:2: "):
        load_doors(path)


def stored(database: Engine, path: str) -> str:
    row = {"public_id": "wo_1", "language": "km", "channel": "voice", "body": "", "parts": 0}
    more = {"campaign_id": 1, "path": path, "seconds": 20, "placeholder": not path}
    with transaction(database) as connection:
        replace_wordings(connection, 1, [row | more])
    return "wo_1"


def test_a_placeholder_is_a_wav_of_its_length(database: Engine) -> None:
    found = recordings.find(database, stored(database, ""))
    assert found
    with wave.open(io.BytesIO(found)) as file:
        assert file.getnframes() / file.getframerate() == 20


def test_a_recording_is_its_file(database: Engine, tmp_path: Path) -> None:
    (tmp_path / "km.wav").write_bytes(b"RIFF")
    assert recordings.find(database, stored(database, str(tmp_path / "km.wav"))) == b"RIFF"


def test_a_recording_that_is_not_there_is_none(database: Engine, tmp_path: Path) -> None:
    assert recordings.find(database, "wo_2") is None
    assert recordings.find(database, stored(database, str(tmp_path / "gone.wav"))) is None
