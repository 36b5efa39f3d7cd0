"""The command line as people and scripts call it: real files, exit codes, and once a real process
for each of its ways: lines in and out, an error, a long-running command."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from outreach.__main__ import main
from outreach.cli.main import GROUPS
from outreach.kernel.sealing import new_keys
from scripts.rehearsal.processes import Process, free_port

ROOT = Path(__file__).resolve().parents[2]
Done = subprocess.CompletedProcess[str]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An operator's environment with an empty database."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("OUTREACH_")},
        "OUTREACH_DATABASE_URL": f"sqlite:///{tmp_path / 'x.sqlite'}",
        "OUTREACH_SECRET_KEYS": new_keys(),
        "OUTREACH_HELP_KEYS": new_keys(),
        "OUTREACH_SENDER": "+855380000001",
        "OUTREACH_TWILIO_ACCOUNT_SID": "AC1",
        "OUTREACH_TWILIO_AUTH_TOKEN": "t",
    }


def pipe(given: str = "") -> Any:
    return io.TextIOWrapper(io.BytesIO(given.encode()), "utf-8", write_through=True)


def outreach(env: dict[str, str], *arguments: str, given: str = "") -> Done:
    """The console entry point, in this process."""
    code, out, errors = 0, pipe(), pipe()
    with (
        patch.dict(os.environ, env, clear=True),
        patch.object(sys, "argv", ["outreach", *arguments]),
        patch.object(sys, "stdin", pipe(given)),
        redirect_stdout(out),
        redirect_stderr(errors),
    ):
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    said, wrong = (stream.buffer.getvalue().decode() for stream in (out, errors))
    return Done(arguments, code, said, wrong)


def process(env: dict[str, str], *arguments: str, given: str = "") -> Done:
    """A process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "outreach", *arguments],
        env=env,
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
    )


def lines(done: Done) -> list[dict[str, object]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_parts_are_counted_line_by_line(env: dict[str, str]) -> None:
    texts = ["hello", "ខ្មែ" * 33, "x" * 161, "€" * 80, ""]
    given = "\n".join(json.dumps({"text": text}) for text in texts)
    assert lines(process(env, "sms", "parts", "--json", given=given)) == [
        {"encoding": "GSM-7", "units": 5, "parts": 1},
        {"encoding": "UCS-2", "units": 132, "parts": 2},
        {"encoding": "GSM-7", "units": 161, "parts": 2},
        {"encoding": "GSM-7", "units": 160, "parts": 1},
        {"encoding": "GSM-7", "units": 0, "parts": 1},
    ]


def test_keywords_are_matched_line_by_line(env: dict[str, str]) -> None:
    given = '{"text": "ជួយខ្ញុំផង"}\n\n{"text": "ឈប់"}\n{"text": "\\ud83d"}\n'
    found = lines(outreach(env, "keywords", "match", "--json", given=given))
    assert [item["intent"] for item in found] == ["HELP", "STOP", "UNKNOWN"]
    assert found[0]["language"] == "km"
    assert found[0]["matched"]


def test_a_corpus_below_the_bars_ends_in_1_and_shows_each_miss(
    env: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "corpus.csv"
    path.write_text("text,intent\nជួយ,HELP\nxyzzy,STOP\n", encoding="utf-8")
    done = outreach(env, "keywords", "test", str(path))
    assert done.returncode == 1
    assert "line 3: meant STOP, understood UNKNOWN" in done.stdout
    assert "1 of 2 right" in done.stdout
    shown = json.loads(outreach(env, "keywords", "test", str(path), "--json").stdout)
    assert (shown["missed_stop"], shown["confusion"]) == (
        1,
        [["HELP", "HELP", 1], ["STOP", "UNKNOWN", 1]],
    )


@pytest.mark.parametrize("line", ["not json", "[1]", '{"texts": "x"}', '{"text": 5}'])
def test_a_line_that_cant_be_read_is_named(env: dict[str, str], line: str) -> None:
    done = outreach(env, "sms", "parts", "--json", given=f'{{"text": "x"}}\n{line}\n')
    assert done.returncode == 2
    assert "line 2" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_operator_brings_a_campaign_in_and_schedules_it(
    env: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text(
        "phone,commune,reads,shows khmer,consent how,consent when,consent wording\n"
        "038 123 4567,010201,yes,yes,paper,2026-02-14,v1\n12,,,,,,\n"
    )
    steps = (
        ("db", "migrate"),
        ("places", "load"),
        ("people", "import", str(tmp_path / "people.csv")),
        ("campaigns", "check", "campaigns/safe-migration"),
        ("campaigns", "load", "campaigns/safe-migration"),
        ("campaigns", "cost", "safe-migration"),
        ("campaigns", "schedule", "safe-migration", "--cron", "0 18 * * tue"),
        ("reach", "report", "--json"),
        ("reach", "show", "--by", "province,sex", "--period", "2026", "--json"),
        ("reach", "explain", "registered"),
        ("delivery", "stop", "everything", "--reason", "test"),
        ("delivery", "status"),
        ("delivery", "continue", "everything", "--reason", "test"),
        ("delivery", "history", "--json"),
        ("delivery", "notices"),
        ("campaigns", "pause", "safe-migration", "--reason", "test"),
        ("campaigns", "resume", "safe-migration", "--reason", "test"),
        ("corridors", "close", "KH", "TH", "--reason", "test"),
        ("corridors", "list"),
    )
    said = {}
    for step in steps:
        done = outreach(env, *step)
        assert done.returncode == 0, (step, done.stderr)
        said[step[:2]] = done.stdout
    assert "25 provinces" in said["places", "load"]
    assert said["delivery", "history"].startswith('{"scope": "everything", "action": "go"')
    assert "nothing to look at" in said["delivery", "notices"]
    assert "KH to TH: closed since" in said["corridors", "list"]
    assert "1 added" in said["people", "import"]
    assert "line 3, phone" in said["people", "import"]
    assert "digest" in said["campaigns", "check"]
    assert "1 SMS in 2 parts" in said["campaigns", "cost"]
    assert json.loads(said["reach", "report"])["registered"] == 1
    assert "consent, consented: 1 facts count" in said["reach", "explain"]
    assert json.loads(said["reach", "show"])["total"]["reached"] == 0
    assert "everything" in said["delivery", "status"]


def test_s24_a_person_is_shown_corrected_and_forgotten(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("phone,sex\n038 123 4567,f\n")
    why = ("--reason", "asked at the office")
    for step in (("db", "migrate"), ("people", "import", str(tmp_path / "people.csv"))):
        assert outreach(env, *step).returncode == 0
    shown = outreach(env, "people", "show", "-", *why, "--json", given="0381234567\n")
    held = json.loads(shown.stdout)
    assert (held["number"], held["person"]["sex"]) == ("+855•••••••67", "female")
    told = outreach(env, "people", "show", "0381234567", *why).stdout
    assert "person: language km, reads not_asked, shows_khmer not_asked" in told
    assert "phone_is not_asked, sex female" in told
    assert "audit: at 20" in told
    done = outreach(env, "people", "correct", "-", "--set", "sex=m", *why, given="0381234567")
    assert done.stdout == "Corrected: sex.\n"
    done = outreach(env, "people", "correct", "0381234567", "--set", "sex", *why)
    assert (done.returncode, "sex=female" in done.stderr) == (2, True)
    assert "Forgotten." in outreach(env, "people", "forget", "0381234567", *why).stdout
    held = json.loads(outreach(env, "people", "show", "0381234567", *why, "--json").stdout)
    assert (held["registered"], held["person"]) == (False, {})
    assert held["stopped_at"]


def test_s22_an_operator_gives_accounts_and_takes_them_back(env: dict[str, str]) -> None:
    assert outreach(env, "db", "migrate").returncode == 0
    assert "no account yet" in outreach(env, "staff", "list").stdout
    given = outreach(env, "staff", "add", "dara", "--role", "auditor", "--role", "approver")
    assert re.search(r"One-time code of dara: (?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}\n", given.stdout)
    (line,) = outreach(env, "staff", "list", "--json").stdout.splitlines()
    account = json.loads(line)
    assert (account["name"], account["roles"]) == ("dara", ["approver", "auditor"])
    assert account["state"] == "invited"
    refused = outreach(env, "staff", "add", "sokha", "--role", "coordinator")
    assert (refused.returncode, "--province" in refused.stderr) == (2, True)
    assert outreach(env, "staff", "close", "dara").returncode == 0
    assert "closed" in outreach(env, "staff", "list").stdout
    assert "Sessions ended: 0" in outreach(env, "staff", "sign-out-all").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("campaigns", "check", "nowhere"), 3, "no such campaign folder"),
        (("people", "import", "nowhere.csv"), 3, "no such file"),
        (("campaigns", "schedule", "x"), 2, "either --at or --cron"),
        (("serve", "--host", "0.0.0.0"), 5, "no sign-in yet"),
        (("serve", "--port", "99999"), 2, "--port"),
        (("delivery", "stop", "campaign:9", "--reason", "test"), 3, "nothing was stopped"),
        (
            ("people", "correct", "0381234567", "--set", "sex=x", "--reason", "asked us"),
            2,
            "female",
        ),
        (("keywords", "test", "nowhere.jsonl"), 2, "Check its name"),
        (("keys", "export", "/proc/nowhere"), 6, "/proc/nowhere: No such file or directory."),
        (("campaigns", "schedule", "x", "--at", "tomorrow"), 2, "can't be read. Write a time"),
        (("campaigns", "schedule", "x", "--at", "២០២៧-០៣-០១T១៨:០០"), 3, "no campaign 'x'"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_an_exit_code(
    env: dict[str, str], arguments: tuple[str, ...], code: int, said: str
) -> None:
    outreach(env, "db", "migrate")
    done = outreach(env, *arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert said in done.stderr


@pytest.mark.parametrize(
    "arguments", [("serve", "--port", "0"), ("reach", "report"), ("campaigns", "cost", "x")]
)
def test_a_database_that_was_never_migrated_says_what_to_run(
    env: dict[str, str], arguments: tuple[str, ...]
) -> None:
    done = outreach(env, *arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (6, False)
    assert "outreach db migrate" in done.stderr


@pytest.mark.parametrize("arguments", [("db", "migrate"), ("delivery", "status")])
@pytest.mark.parametrize(
    ("content", "said"),
    [("no database, but a long enough text", "is no database"), (None, "opened")],
)
def test_a_file_that_can_not_be_the_database_is_told(
    env: dict[str, str], tmp_path: Path, arguments: tuple[str, ...], content: str | None, said: str
) -> None:
    path = tmp_path / "x.sqlite"
    path.mkdir() if content is None else path.write_text(content)
    done = outreach(env, *arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (6, False)
    assert said in done.stderr


def test_s32_a_campaign_is_stopped_by_its_name_or_by_its_number_in_any_digits(
    env: dict[str, str],
) -> None:
    for step in (("db", "migrate"), ("campaigns", "load", "campaigns/safe-migration")):
        assert outreach(env, *step).returncode == 0
    why = ("--reason", "test")
    for named in ("campaign:safe-migration", "campaign:១", "campaign:1"):
        assert (
            outreach(env, "delivery", "stop", named, *why).stdout
            == "Stopped: campaign:safe-migration.\n"
        )
        assert outreach(env, "campaigns", "resume", "safe-migration", *why).returncode == 0


def test_a_full_disk_is_told(env: dict[str, str]) -> None:
    with (
        Path("/dev/full").open("w") as full,
        subprocess.Popen(
            [sys.executable, "-m", "outreach", "directory", "check"],
            env=env,
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        ) as done,
    ):
        assert done.stderr
        said = done.stderr.read()
    assert ("No space left on device." in said, "Traceback" in said) == (True, False)


def test_a_database_that_does_not_answer_is_told(env: dict[str, str]) -> None:
    env = env | {"OUTREACH_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    done = process(env, "reach", "report")
    assert (done.returncode, "Traceback" in done.stderr) == (6, False)
    assert "does not answer" in done.stderr


@pytest.mark.parametrize("command", ["serve", "simulator"])
def test_a_port_in_use_is_told_without_a_traceback(env: dict[str, str], command: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        outreach(env, "db", "migrate")
        done = process(env, command, "--port", str(taken.getsockname()[1]))
    assert (done.returncode, "Traceback" in done.stderr) == (4, False)
    assert "is in use" in done.stderr


def test_a_server_that_is_told_to_end_is_known_no_more_to_hold_its_keys(
    env: dict[str, str], tmp_path: Path
) -> None:
    outreach(env, "db", "migrate")
    port = free_port()
    arguments, url = ["--port", str(port)], f"http://127.0.0.1:{port}"
    server = Process("serve", arguments, env, tmp_path, url)
    with contextlib.closing(sqlite3.connect(tmp_path / "x.sqlite")) as database:
        holders = partial(database.execute, "SELECT count(*) FROM key_holder")
        server.start()
        assert holders().fetchone() == (1,)
        server.stop()
        assert holders().fetchone() == (0,)


def test_new_keys_can_be_used(env: dict[str, str]) -> None:
    keys = outreach(env, "keys", "new").stdout.strip()
    done = outreach(env | {"OUTREACH_SECRET_KEYS": keys}, "db", "migrate")
    assert done.returncode == 0, done.stderr


def test_the_list_of_groups_says_of_each_what_it_says_itself() -> None:
    said = {name: import_module(f"outreach.cli.{name}").app.info.help for name in GROUPS}
    assert said == GROUPS


@pytest.mark.parametrize(
    ("program", "unneeded"),
    [
        ("from outreach.__main__ import app; app(['--help'], standalone_mode=False)", "sqlalchemy"),
        ("import outreach.bootstrap, outreach.cli.people", "aiohttp alembic openpyxl"),
    ],
)
def test_a_start_loads_no_library_that_it_does_not_need(program: str, unneeded: str) -> None:
    check = f"{program}; import sys; print(sorted(set('{unneeded}'.split()) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("[]\n")
