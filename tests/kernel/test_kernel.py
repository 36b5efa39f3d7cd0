"""The small parts that everything stands on: clock, seals, masks, ids, errors, group commit."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.kernel.batch import Batcher
from outreach.kernel.clock import FixedClock, RehearsalClock, SystemClock, open_clock
from outreach.kernel.errors import BadInput, OutreachError, SettingsError, Unavailable
from outreach.kernel.flow import Gather, Hangup, Play, Reject
from outreach.kernel.ids import public_id
from outreach.kernel.mask import mask, scrub
from outreach.kernel.sealing import new_keys, parse_keys

START = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
KEYS = new_keys()


def test_without_a_rehearsal_the_clock_is_the_machines_own() -> None:
    assert isinstance(open_clock(None), SystemClock)
    assert abs(open_clock(None).now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_rehearsals_clock_is_shared_by_processes_and_skips_for_all(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    ours = RehearsalClock.create(path, start=START, rate=0)
    program = (
        "import sys; from pathlib import Path; from outreach.kernel.clock import RehearsalClock\n"
        f"clock = RehearsalClock(Path({str(path)!r}))\n"
        "for _ in sys.stdin: print(clock.now().isoformat(), flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as theirs:
        assert theirs.stdin
        assert theirs.stdout
        for hours in (0, 5, 30):
            ours.skip(timedelta(hours=hours))
            theirs.stdin.write("now?\n")
            theirs.stdin.flush()
            assert theirs.stdout.readline().strip() == ours.now().isoformat()
        theirs.stdin.close()
    assert ours.now() == START + timedelta(hours=35)


def test_a_clock_at_rest_moves_only_when_told() -> None:
    clock = FixedClock(START.astimezone(timezone(timedelta(hours=7))))
    assert (clock.now(), clock.now().utcoffset()) == (START, timedelta(0))
    clock.advance(timedelta(minutes=3))
    assert clock.now() == START + timedelta(minutes=3)


def test_a_rehearsals_clock_runs_fast_and_never_back(tmp_path: Path) -> None:
    clock = RehearsalClock.create(tmp_path / "clock", start=START, rate=1_000_000)
    first = clock.now()
    assert START <= first < clock.now()
    with pytest.raises(ValueError, match="never goes back"):
        clock.skip(timedelta(seconds=-1))


@given(st.text())
def test_what_is_sealed_opens_again_and_never_looks_the_same_twice(text: str) -> None:
    vault = parse_keys(KEYS, "test")
    sealed = vault.seal(text)
    assert vault.unseal(sealed) == text
    assert sealed != vault.seal(text)
    assert vault.lookup(text) == parse_keys(KEYS, "test").lookup(text)


@given(st.binary(min_size=1, max_size=3), st.integers(0, 60))
def test_s18_an_altered_seal_does_not_open(change: bytes, at: int) -> None:
    vault = parse_keys(KEYS, "test")
    sealed = vault.seal("+855381234567")
    spot = 12 + at % (len(sealed) - 12)  # behind the key's name
    altered = sealed[:spot] + bytes(
        a ^ (b | 1) for a, b in zip(sealed[spot:], change, strict=False)
    )
    altered += sealed[len(altered) :]
    with pytest.raises(Unavailable):
        vault.unseal(altered)


def test_s18_a_retired_sealing_key_still_opens_and_a_missing_one_says_so() -> None:
    seal, lookup = KEYS.split(",")
    fresh_seal, _ = new_keys().split(",")
    sealed = parse_keys(KEYS, "test").seal("x")
    assert parse_keys(f"{fresh_seal},{seal},{lookup}", "test").unseal(sealed) == "x"
    with pytest.raises(Unavailable, match="not among the configured keys"):
        parse_keys(f"{fresh_seal},{lookup}", "test").unseal(sealed)


@pytest.mark.parametrize(
    "text", ["", "seal-a=x", "seal-a=QUJD,lookup-a=QUJD", f"{KEYS},{KEYS}", "other-a=QUJD"]
)
def test_keys_that_cant_be_used_are_refused_without_being_shown(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_keys(text, "OUTREACH_SECRET_KEYS")
    assert "outreach keys new" in str(refused.value)
    assert "QUJD" not in str(refused.value)


def test_the_first_key_of_each_family_is_the_current_one_and_lookups_know_them_all() -> None:
    seal, lookup = KEYS.split(",")
    fresh_seal, fresh_lookup = new_keys().split(",")
    old = parse_keys(KEYS, "test")
    both = parse_keys(f"{fresh_seal},{fresh_lookup},{seal},{lookup}", "test")
    assert both.current == fresh_seal.partition("=")[0]
    assert both.lookups("x") == [both.lookup("x"), old.lookup("x")]
    assert both.lookup("x") != old.lookup("x")
    assert old.lookups("x") == [old.lookup("x")]
    with pytest.raises(Unavailable):
        old.unseal(both.seal("x"))


def test_s18_a_vault_does_not_show_its_keys() -> None:
    assert KEYS.split("=")[1][:10] not in repr(parse_keys(KEYS, "test"))


def test_s18_a_masked_number_keeps_its_beginning_and_end() -> None:
    assert mask("+855381234567") == "+855•••••••67"
    assert mask("12345") == "•••••"


SCRIPTS = ("0123456789", "០១២៣៤៥៦៧៨៩", "๐๑๒๓๔๕๖๗๘๙")
BETWEEN = ["", "", "", " ", "-", ".", "/", "\u00a0", "\u200b", "\u2011", ") (", " - "]


@given(st.data(), st.sampled_from(SCRIPTS), st.text("0123456789", min_size=7, max_size=7))
def test_s18_scrubbing_leaves_no_number_in_any_script_or_grouping(
    data: st.DataObject, script: str, tail: str
) -> None:
    digits = [script[int(digit)] for digit in f"038{tail}"]
    number = "".join(digit + data.draw(st.sampled_from(BETWEEN)) for digit in digits)
    written = data.draw(st.sampled_from([number, quote(number), repr(number.encode())]))
    assert not any(digit in scrub(f"to {written}: sent") for digit in SCRIPTS[1] + SCRIPTS[2])
    assert scrub(f"to={written}; sent").count("[number]") == 1


@pytest.mark.parametrize(
    "text",
    [
        "attempt b_0f3a9c71d4e2 failed",
        "SM0123456789abcdef0123456789abcdef",
        "delivered 12 of 30 at 10:20:05",
        "127.0.0.1:8000",
        "យុទ្ធនាការ ១២",
        "",
    ],
)
def test_scrubbing_leaves_what_is_no_number(text: str) -> None:
    assert scrub(text) == text


@pytest.mark.parametrize("unit", ["1 ", "\\", "%25", "%E1%9F", "(1((", "a1_", "+"])
def test_scrubbing_a_long_hostile_text_takes_no_time(unit: str) -> None:
    began = time.perf_counter()
    scrub(unit * 20_000)
    assert time.perf_counter() - began < 1


def test_public_ids_say_what_they_name_and_cant_be_guessed() -> None:
    made = {public_id("at") for _ in range(100)}
    assert len(made) == 100
    assert all(text.startswith("at_") and len(text) == 35 for text in made)


def tree(kind: type[OutreachError]) -> set[type[OutreachError]]:
    """The kind and all that descend from it, wherever they are defined."""
    return {kind}.union(*(tree(child) for child in kind.__subclasses__()))


def test_every_error_has_its_own_exit_code_and_says_where_and_what_to_do() -> None:
    import outreach.__main__  # noqa: F401  (everything that defines errors)

    kinds = tree(OutreachError) - {SettingsError}  # the settings are input too
    assert len({kind.exit_code for kind in kinds}) == len(kinds)
    assert all(0 < kind.exit_code < 64 and 400 <= kind.http_status < 600 for kind in kinds)
    assert SettingsError.exit_code == BadInput.exit_code
    assert str(BadInput("It is wrong.", where="file:3", remedy="Mend it.")) == (
        "file:3: It is wrong. Mend it."
    )


def test_the_steps_of_a_call_are_values_that_nobody_changes() -> None:
    asked = Gather(play=(Play("https://x/a.mp3"),), action="/next")
    assert (asked, asked.timeout) == (Gather((Play("https://x/a.mp3"),), "/next", 5), 5)
    with pytest.raises(FrozenInstanceError):
        asked.timeout = 9  # type: ignore[misc]
    assert Hangup() != Reject()


def test_many_that_wait_share_a_write_and_each_gets_its_own_result() -> None:
    batches: list[int] = []

    def write(items: Sequence[int]) -> list[int]:
        batches.append(len(items))
        return [item * 2 for item in items]

    async def run() -> list[int]:
        with ThreadPoolExecutor(1) as executor:
            batcher = Batcher(write, executor, limit=10)
            return await asyncio.gather(*(batcher.put(n) for n in range(25)))

    assert asyncio.run(run()) == [n * 2 for n in range(25)]
    assert sum(batches) == 25
    assert max(batches) <= 10
    assert len(batches) < 25


def test_with_a_gap_what_comes_meanwhile_is_one_write_and_the_first_waits_for_nothing() -> None:
    batches: list[list[int]] = []
    gap = 0.3

    def write(items: Sequence[int]) -> Sequence[int]:
        batches.append(list(items))
        return items

    async def run() -> float:
        clock = asyncio.get_running_loop().time
        with ThreadPoolExecutor(1) as executor:
            batcher = Batcher(write, executor, gap=gap)
            began = clock()
            await batcher.put(0)
            first = clock() - began
            others = []
            for number in range(1, 6):
                others.append(asyncio.create_task(batcher.put(number)))
                await asyncio.sleep(0.01)
            await asyncio.gather(*others)
            assert clock() - began >= gap
            return first

    assert asyncio.run(run()) < gap
    assert batches == [[0], [1, 2, 3, 4, 5]]


def test_a_write_that_fails_reaches_everyone_who_waited_for_it_and_the_next_goes_on() -> None:
    def write(items: Sequence[int]) -> Sequence[int]:
        if 13 in items:
            raise Unavailable("The database is gone.")
        return items

    async def run() -> list[object]:
        with ThreadPoolExecutor(1) as executor:
            batcher = Batcher(write, executor)
            first = await asyncio.gather(
                *(batcher.put(n) for n in (12, 13)), return_exceptions=True
            )
            return [*first, await batcher.put(1)]

    *failed, after = asyncio.run(run())
    assert all(isinstance(error, Unavailable) for error in failed[1:])
    assert after == 1
