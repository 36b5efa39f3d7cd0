"""Headers in two languages, and rows: what is read, and each way in which one can be wrong."""

from __future__ import annotations

from datetime import date

import pytest

from outreach.kernel.errors import BadInput
from outreach.people.rules.columns import guess
from outreach.people.rules.days import read_day
from outreach.people.rules.reasons import Reason
from outreach.people.rules.row import Entry, read

TODAY = date(2026, 3, 2)
GOOD = {"phone": "0381234567"}


def place(province: str, commune: str, _district: str) -> tuple[str, str] | Reason:
    return Reason.NO_PLACE if commune == "999999" else (province or "01", commune or "010201")


def entry(**cells: str) -> Entry:
    found = read(GOOD | cells, TODAY, place)
    assert isinstance(found, Entry)
    return found


def wrong(**cells: str) -> list[tuple[str, Reason]]:
    found = read(GOOD | cells, TODAY, place)
    assert isinstance(found, tuple)
    return [(item.field, item.reason) for item in found]


def test_khmer_and_english_headers_are_recognised_however_they_are_written() -> None:
    header = ["លេខទូរស័ព្ទ", "Phone_Country", " ភាសា ", "CONSENT-HOW", "Full name", "ឃុំ"]
    columns = guess(header)
    assert columns.at == {"phone": 0, "country": 1, "language": 2, "consent_how": 3, "commune": 5}
    assert columns.ignored == ("Full name",)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Commune/Sangkat", "commune"),
        ("ឃុំ/សង្កាត់", "commune"),
        ("ឃុំ សង្កាត់", "commune"),
        ("រាជធានី/ខេត្ត", "province"),
        ("លេខទូរសព្ទ", "tel"),
        ("PHONE  No.", "tel"),
        ("\ufeffMobile-Number", "tel"),
        ("Age_Band ", "age_band"),
    ],
)
def test_headers_as_registers_have_them(header: str, field: str) -> None:
    if field == "tel":
        assert guess([header]).at == {"phone": 0}
    else:
        assert guess(["tel", header]).at == {"phone": 0, field: 1}


def test_s17_names_and_id_numbers_and_what_only_looks_like_ours_is_not_read() -> None:
    header = ["phone", "Name", "ID number", "Group", "Status", "Village"]
    assert guess(header).ignored == tuple(header[1:])


def test_s18_a_number_among_the_headers_is_not_shown() -> None:
    assert guess(["phone", "0381234567"]).ignored == ("[number]",)


def test_a_file_without_phone_numbers_says_what_to_name_the_column() -> None:
    with pytest.raises(BadInput, match="name that one phone"):
        guess(["name", "village"])


def test_two_columns_of_the_same_kind_are_refused() -> None:
    with pytest.raises(BadInput, match="'tel' and 'mobile'"):
        guess(["tel", "mobile"])


def test_the_columns_that_we_add_to_the_mendable_file_are_passed_over() -> None:
    assert guess(["phone", "line", "column", "reason_km", "reason_en"]).ignored == ()


def test_a_row_is_read_in_both_languages() -> None:
    found = entry(sex="ស្រី", language="ខ្មែរ", reads="no", age_band="២៣", destination="th")
    assert found.values["sex"] == "female"
    assert found.values["language"] == "km"
    assert found.values["reads"] == "no"
    assert found.values["age_band"] == "18-24"
    assert found.values["destination"] == "TH"


@pytest.mark.parametrize(
    "name", ["sex", "age_band", "audience", "destination", "sector", "present", "province"]
)
def test_whoever_prefers_not_to_say_is_kept_as_that(name: str) -> None:
    for written in ("prefer_not_to_say", "Prefer not to say", "មិនចង់ប្រាប់"):
        assert entry(**{name: written}).values[name] == "prefer_not_to_say"


@pytest.mark.parametrize("written", ["", "not_asked", "Not asked", "-", "N/A"])
@pytest.mark.parametrize("name", ["sex", "audience", "age_band", "destination", "reads"])
def test_what_nobody_asked_is_left_out(name: str, written: str) -> None:
    assert name not in entry(**{name: written}).values


@pytest.mark.parametrize("written", ["th", "Thailand", "THAILAND ", "ថៃ", "ប្រទេសថៃ"])
def test_a_destination_is_known_by_letters_or_by_name(written: str) -> None:
    assert entry(destination=written).values["destination"] == "TH"


@pytest.mark.parametrize(
    ("written", "band"),
    [
        ("17", "under 18"),
        ("18 – 24", "18-24"),
        ("<18", "under 18"),
        ("23.0", "18-24"),
        ("50 +", "50+"),
    ],
)
def test_s15_an_age_becomes_a_band(written: str, band: str) -> None:
    assert entry(age_band=written).values["age_band"] == band


def test_whole_numbers_that_a_script_kept_as_decimals_are_read() -> None:
    assert entry(commune="10201.0").values["commune"] == "10201"


def test_s18_evidence_holds_no_phone_number_but_keeps_its_days() -> None:
    found = entry(
        consent_how="called 038 123 4567 on 2026-02-14",
        consent_when="2026-02-14",
        consent_wording="2026-01-30",
    )
    assert found.evidence
    assert found.evidence.how == "called [number] on 2026-02-14"
    assert found.evidence.wording == "2026-01-30"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"phone": "12"}, ("phone", Reason.TOO_SHORT)),
        ({"commune": "999999"}, ("commune", Reason.NO_PLACE)),
        ({"sex": "x"}, ("sex", Reason.VALUE)),
        ({"language": "fr"}, ("language", Reason.VALUE)),
        ({"destination": "ZZ"}, ("destination", Reason.COUNTRY)),
        ({"country": "Atlantis"}, ("country", Reason.COUNTRY)),
        ({"age_band": "05/06/2001"}, ("age_band", Reason.BIRTH_DATE)),
        ({"age_band": "130"}, ("age_band", Reason.VALUE)),
        ({"age_band": "1" * 299}, ("age_band", Reason.VALUE)),
        ({"sex": "1" * 5000}, ("sex", Reason.LENGTH)),
        ({"consent_wording": "v" * 41}, ("consent_wording", Reason.LENGTH)),
        ({"consent_how": "h" * 81}, ("consent_how", Reason.LENGTH)),
        ({"age_band": "2001-05-06"}, ("age_band", Reason.BIRTH_DATE)),
        ({"age_band": "1999"}, ("age_band", Reason.BIRTH_DATE)),
        ({"reads": "perhaps"}, ("reads", Reason.VALUE)),
        ({"consent_how": "paper"}, ("consent_when", Reason.EVIDENCE)),
    ],
)
def test_a_row_that_cant_be_used_names_its_column(
    cells: dict[str, str], expected: tuple[str, Reason]
) -> None:
    assert expected in wrong(**cells)


def test_everything_that_is_wrong_with_a_row_is_told() -> None:
    assert len(wrong(phone="12", sex="x", age_band="1999")) == 3


def test_s12_evidence_is_how_when_and_which_wording() -> None:
    found = entry(consent_how="paper form", consent_when="14/02/2026", consent_wording="v1")
    assert found.evidence
    assert (found.evidence.how, found.evidence.given_on) == ("paper form", "2026-02-14")


def test_consent_cant_be_given_tomorrow() -> None:
    cells = {"consent_how": "paper", "consent_when": "2026-03-03", "consent_wording": "v1"}
    assert wrong(**cells) == [("consent_when", Reason.FUTURE)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-02-14", date(2026, 2, 14)),
        ("14/2/2026", date(2026, 2, 14)),
        ("១៤.០២.២០២៦", date(2026, 2, 14)),
        ("2026-02-14 00:00:00", date(2026, 2, 14)),
        ("31/02/2026", None),
        ("14/02/26", None),
        ("yesterday", None),
        ("14/02/1926", None),
        ("0001-02-03", None),
    ],
)
def test_days_are_read_day_first(text: str, day: date | None) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_told_in_both_languages(reason: Reason) -> None:
    assert reason.en.endswith(".")
    assert any("\u1780" <= char <= "\u17ff" for char in reason.km)
