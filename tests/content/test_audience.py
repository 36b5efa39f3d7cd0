"""An audience as people write it: what is accepted, and how each mistake is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.content.audience import file, rule
from outreach.content.audience.rule import AllOf, AnyOf, Condition, Not, Rule, Saved, as_json
from outreach.content.audience.terms import REFUSED, TERMS, Takes
from outreach.content.audience.written import read_rule, stored
from outreach.content.source import Problem
from outreach.kernel.errors import BadInput

CONDITIONS = st.builds(
    lambda kind, values: Condition(kind, tuple(values[: 1 if TERMS[kind].single else 3])),
    st.sampled_from([kind for kind, term in TERMS.items() if term.takes is Takes.NAMES]),
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=3),
)
RULES = st.recursive(
    CONDITIONS,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
    ),
    max_leaves=6,
)


def written(text: str, tmp_path: Path) -> Path:
    path = tmp_path / "people.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def said(text: str, tmp_path: Path) -> str:
    with pytest.raises(BadInput) as refused:
        file.rule_in(written(text, tmp_path))
    return str(refused.value)


def test_several_lines_mean_all_of_them(tmp_path: Path) -> None:
    path = written("audience:\n  sex: female\n  not_reached_for: 2 weeks\n", tmp_path)
    assert as_json(file.rule_in(path)) == {"all": [{"not_reached_for": "14"}, {"sex": "female"}]}


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("audience: everybody", {}),
        ("audience: {}", {}),
        ("audience: young-women", "young-women"),
        ("audience: {place: 01}", {"place": "01"}),
        ("audience: {place: [010201, 17]}", {"place": ["010201", "17"]}),
        ("audience: {age_band: 18–24}", {"age_band": "18-24"}),
        ("audience: {age_band: Under 18}", {"age_band": "under 18"}),
        ("audience: {reads: no}", {"reads": "no"}),
        ("audience: {sex: not asked}", {"sex": "not_asked"}),
        ("audience: {phone_is: own}", {"phone_is": "own"}),
        # S16: unknown counts as shared.
        ("audience: {phone_is: shared}", {"phone_is": ["not_asked", "shared"]}),
        ("audience: {destination: [Thailand, ថៃ, th]}", {"destination": "TH"}),
        ("audience: {destination: Viet Nam}", {"destination": "VN"}),
        ("audience: {not_reached_for: ៣០ ថ្ងៃ}", {"not_reached_for": "30"}),
        ("audience: {joined_since: 2026-01-31}", {"joined_since": "2026-01-31"}),
        ("audience: {not: {reached_within: 7}}", {"not_reached_for": "7"}),
        ("audience: {not: {not: {sex: male}}}", {"sex": "male"}),
        ("audience: {all: [{all: [{sex: male}]}, {sex: male}]}", {"sex": "male"}),
    ],
)
def test_what_people_write_has_one_form(line: str, meant: Any, tmp_path: Path) -> None:
    assert as_json(file.rule_in(written(line, tmp_path))) == meant


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("  gender: female", "2: There is no condition 'gender'. Did you mean sex?"),
        ("  sexx: female", "2: There is no condition 'sexx'. Did you mean sex?"),
        ("  shoe size: 4", "2: There is no condition 'shoe size'. Known: all, any, not"),
        ("  sex: femal", "2: sex: there is no value 'femal'. Did you mean 'female'?"),
        ("  sex: xyz", "2: sex: there is no value 'xyz'. One of: female, male"),
        ("  reads: true", "2: reads: True is no value. One of: yes, no, not_asked."),
        ("  sex: []", "2: sex has no value."),
        ("  sex:\n    - female\n    - feemale", "4: sex: there is no value 'feemale'."),
        ("  destination: Thialand", "2: destination: there is no country 'Thialand'. Did you mean"),
        ("  not_reached_for: soon", "'soon' is no number of days. Write `30 days`"),
        ("  not_reached_for: 0", "'0' is no number of days."),
        ("  not_reached_for: 99999", "'99999' is no number of days."),
        ("  not_reached_for: [1, 2]", "2: not_reached_for has several values. Give one."),
        ("  joined_since: yesterday", "2: joined_since: 'yesterday' is no date."),
        ("  any: {sex: male}", "2: any has no list of conditions. Begin each one with `- `"),
        ("  any:\n    - sex: male\n    - female", "4: This is no condition: 'female'."),
        ("  not: {sex: male, reads: no}", "2: not holds several conditions."),
        ("  not:", "2: not denies nothing."),
        ("  - sex: male", "1: This is no condition"),
        ("  consent: yes", "2: 'consent' can't be asked. Consent is no condition"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_do(
    lines: str, told: str, tmp_path: Path
) -> None:
    assert told in said(f"audience:\n{lines}\n", tmp_path)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    assert len(said("audience:\n  sex: x\n  age: 4\n  reads: maybe\n", tmp_path).splitlines()) == 3


@pytest.mark.parametrize("term", sorted(REFUSED))
def test_s19_what_people_asked_us_is_no_condition(term: str, tmp_path: Path) -> None:
    assert term not in TERMS
    assert f"'{term}' can't be asked." in said(f"audience: {{{term}: x}}", tmp_path)


def test_a_rule_that_nobody_could_read_back_is_refused(tmp_path: Path) -> None:
    long = "\n".join("    - sex: male" for _ in range(rule.MOST_CONDITIONS + 1))
    assert "51 conditions; 50 are allowed" in said(f"audience:\n  any:\n{long}\n", tmp_path)
    wide = ", ".join(f'"{code:06}"' for code in range(rule.MOST_VALUES + 1))
    assert "201 values; 200 are allowed" in said(f"audience: {{place: [{wide}]}}", tmp_path)
    deep = "{sex: male}"
    for level in range(rule.DEEPEST + 1):
        deep = f"{{{'any' if level % 2 else 'all'}: [{deep}, {{reads: no}}]}}"
    assert "are 6 deep; 5 are allowed" in said(f"audience: {deep}", tmp_path)
    for levels in (20, 500):
        deeper = "{not: " * levels + "{sex: male}" + "}" * levels
        assert "nested too deep" in said(f"audience: {deeper}", tmp_path)


def test_a_file_without_an_audience_is_not_everybody(tmp_path: Path) -> None:
    assert "There is no audience in it." in said("audiance: {sex: male}", tmp_path)


def test_an_audience_that_is_to_be_saved_has_a_name_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"There is no name in km\."):
        file.load(written("name: {en: x}\naudience: everybody\n", tmp_path))


@given(RULES)
def test_the_canonical_form_is_stable_and_comes_back_from_the_database(found: Rule) -> None:
    once = rule.canonical(found)
    assert rule.canonical(once) == once
    assert stored(as_json(once)) == once
    assert rule.digest(found) == rule.digest(once)


@given(RULES, RULES)
def test_order_and_repetition_change_nothing(one: Rule, other: Rule) -> None:
    assert rule.digest(AllOf((one, other))) == rule.digest(AllOf((other, one, other)))
    assert rule.digest(AnyOf((one, other))) == rule.digest(AnyOf((other, one)))


def test_a_saved_audience_is_named_with_its_line() -> None:
    problems: list[Problem] = []
    assert read_rule(Path("x"), " young ", 3, problems) == Saved("young")
    assert problems == []


def test_every_term_is_in_the_documentation() -> None:
    documented = (Path(__file__).resolve().parents[2] / "docs" / "audiences.md").read_text()
    assert [term for term in TERMS if f"`{term}`" not in documented] == []


def test_the_documented_example_is_right(tmp_path: Path) -> None:
    documented = (Path(__file__).resolve().parents[2] / "docs" / "audiences.md").read_text()
    example = documented.split("```yaml\n")[1].split("```")[0]
    assert file.load(written(example, tmp_path)).name_en == "Young women"
