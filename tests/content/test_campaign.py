"""A campaign's folder: what is accepted, and how each mistake is told."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from outreach.content.approval import APPROVERS, Approval
from outreach.content.campaign import approved, digest, load
from outreach.content.doors import Door
from outreach.kernel.errors import BadInput, NotFound
from outreach.settings import load_settings

Doors = dict[str, Door]


def _replace(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _said(folder: Path, doors: Doors) -> str:
    with pytest.raises(BadInput) as refused:
        load(folder, doors)
    return str(refused.value)


def test_the_shipped_campaign_is_right(folder: Path, doors: Doors) -> None:
    campaign = load(folder, doors)
    assert campaign.slug == "safe-migration"
    assert set(campaign.texts) == {"km", "en"}
    assert campaign.recordings["km"].placeholder
    assert campaign.retry == {
        "limit": 3,
        "hours": [8, 12, 18],
        "days_between": 0,
        "other_channel": True,
    }


def test_a_missing_language_is_named_by_its_file(folder: Path, doors: Doors) -> None:
    (folder / "texts" / "km.txt").unlink()
    assert "km.txt: This language is missing." in _said(folder, doors)


def test_s1_a_word_that_gives_the_subject_away_is_told_with_file_and_line(
    folder: Path, doors: Doors
) -> None:
    (folder / "texts" / "en.txt").write_text("Work abroad.\nCall the police.\n")
    said = _said(folder, doors)
    assert "en.txt:2:" in said
    assert "police" in said
    assert "ordinary words" in said


def test_a_text_of_too_many_parts_is_refused(folder: Path, doors: Doors) -> None:
    (folder / "texts" / "km.txt").write_text("ការងារ " * 60, encoding="utf-8")
    assert "km.txt:1: The text takes" in _said(folder, doors)


def test_an_empty_text_is_refused(folder: Path, doors: Doors) -> None:
    (folder / "texts" / "en.txt").write_text(" \n")
    assert "There is no text." in _said(folder, doors)


@pytest.mark.parametrize("written", ["+855381280000", "038 128 0000", "០៣៨ ១២៨ ០០០០"])
def test_s10_a_literal_number_is_refused(folder: Path, doors: Doors, written: str) -> None:
    (folder / "texts" / "en.txt").write_text(f"Ring {written}", encoding="utf-8")
    assert "Name a door instead" in _said(folder, doors)


@pytest.mark.parametrize("name", ["nowhere", "known"])
def test_s10_a_text_names_only_open_doors(folder: Path, doors: Doors, name: str) -> None:
    (folder / "texts" / "en.txt").write_text(f"Ring {{{name}}}")
    assert f"There is no open door '{name}'." in _said(folder, doors)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("validity_hours: 4", "validity_hours: 12", "validity_hours is 12. Give 1 to 4."),
        ("audience: everybody", "audience: {sex: lady}", "sex: there is no value 'lady'."),
        ("audience: everybody", "provinces: [1]", "Nobody reads 'provinces'."),
        ("attempts: 3", "attempts: many", "attempts is 'many'."),
        ("hours: [8, 12, 18]", "hours: [8, 25]", "hours are no local hours."),
        ("most_parts: 3", "most_partss: 3", "Nobody reads 'most_partss'."),
        ("  km: {placeholder: 20}\n", "", "There is no Khmer recording."),
        ("km: {placeholder: 20}", "km: hello.wav", "There is no such recording."),
        ("approvals: []", "approvals: [{role: boss}]", "An approval is unclear."),
        ("  en: Safe work abroad", "", "There is no name in en."),
    ],
)
def test_a_mistake_in_the_head_is_told(
    folder: Path, doors: Doors, old: str, new: str, said: str
) -> None:
    _replace(folder, "campaign.yaml", old, new)
    assert said in _said(folder, doors)


def test_every_problem_is_told_at_once(folder: Path, doors: Doors) -> None:
    _replace(folder, "campaign.yaml", "validity_hours: 4", "validity_hours: 12")
    (folder / "texts" / "en.txt").write_text("The police.")
    assert len(_said(folder, doors).splitlines()) == 2


def test_broken_yaml_is_told_with_its_line(folder: Path, doors: Doors) -> None:
    (folder / "campaign.yaml").write_text("name: x\nretry: [1, 2\n")
    assert "campaign.yaml:" in _said(folder, doors)


def test_a_folder_that_is_not_there_is_not_found(tmp_path: Path, doors: Doors) -> None:
    with pytest.raises(NotFound):
        load(tmp_path / "nowhere", doors)


def test_a_wav_file_is_measured(folder: Path, doors: Doors) -> None:
    (folder / "recordings").mkdir()
    with wave.open(str(folder / "recordings" / "km.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(8000 * 3))
    _replace(folder, "campaign.yaml", "km: {placeholder: 20}", "km: km.wav")
    recording = load(folder, doors).recordings["km"]
    assert (recording.seconds, recording.placeholder) == (3.0, False)


def test_s31_two_different_people_approve_exactly_what_is_said(folder: Path, doors: Doors) -> None:
    campaign = load(folder, doors)
    now = digest(campaign)

    def approve(*who: tuple[str, str, str]) -> bool:
        from dataclasses import replace

        return approved(replace(campaign, approvals=tuple(Approval(*w) for w in who)), doors)

    reader, officer = APPROVERS
    assert approve((reader, "A", now), (officer, "B", now))
    assert not approve((reader, "A", now))
    assert not approve((reader, "A", now), (officer, "A", now))
    assert not approve((reader, "A", now), (officer, "B", "another digest"))


def test_s31_a_changed_text_needs_new_approval(folder: Path, doors: Doors) -> None:
    before = digest(load(folder, doors))
    (folder / "texts" / "en.txt").write_text("Another text. Text 9 and we call you.")
    assert digest(load(folder, doors)) != before


def test_s31_a_text_with_an_untried_door_is_not_approved(folder: Path, doors: Doors) -> None:
    from dataclasses import replace

    (folder / "texts" / "en.txt").write_text("Ring {new}")
    campaign = load(folder, doors)
    both = tuple(
        Approval(role, who, digest(campaign)) for role, who in zip(APPROVERS, "AB", strict=True)
    )
    assert not approved(replace(campaign, approvals=both), doors)


def test_a_text_from_a_name_tells_the_door_by_which_people_answer(
    folder: Path, doors: dict[str, Door]
) -> None:
    with pytest.raises(BadInput, match=r"en\.txt.*nobody can answer"):
        load(folder, doors, one_way=True)
    for path in (folder / "texts").glob("*.txt"):
        path.write_text(path.read_text("utf-8").strip() + " {us}", "utf-8")
    assert load(folder, doors, one_way=True).texts["en"].endswith("{us}")


@pytest.mark.parametrize(
    ("sender", "one_way"), [("", False), ("+855380000001", False), ("1294", False), ("INFO", True)]
)
def test_a_name_is_a_one_way_sender(sender: str, one_way: bool) -> None:
    assert load_settings(sender=sender).one_way is one_way
