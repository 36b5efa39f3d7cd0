"""No number stands in a log line, whoever writes it and however it is written (S18)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from outreach.kernel import logs

WAYS = (
    "+855381234567",
    "+855 38 123 4567",
    "0381234567",
    "038 123 4567",
    "038-123-4567",
    "%2B855381234567",
    "00855381234567",
    "០៣៨ ១២៣ ៤៥៦៧",
    "๐๓๘๑๒๓๔๕๖๗",
)
TELLING = ("1234567", "123 4567", "123-4567", "១២៣", "๑๒๓")


@pytest.fixture(autouse=True)
def _quiet_after() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


@pytest.mark.parametrize("written", WAYS)
@pytest.mark.parametrize("as_json", [True, False])
def test_s18_no_notation_of_a_number_comes_through(
    capsys: pytest.CaptureFixture[str], written: str, as_json: bool
) -> None:
    logs.configure("INFO", json=as_json)
    log = structlog.get_logger("outreach.test")
    log.info(f"texted {written}", to=written, deep={"n": [written, {"k": (written,)}]})
    logging.getLogger("uvicorn.error").info("GET /?To=%s", written)
    logging.getLogger("anything").warning("raw %r", written.encode())
    try:
        raise ValueError(f"bad number {written}")
    except ValueError:
        log.exception("it broke")
        logging.getLogger("anything").exception("it broke")
    text = said(capsys)
    assert text.count("[number]") >= 6
    assert not [part for part in TELLING if part in text]


def test_a_line_of_json_says_when_where_and_how_bad(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", json=True)
    structlog.get_logger("outreach.test").warning("careful", path="/hooks")
    line = json.loads(said(capsys))
    assert (line["event"], line["level"], line["logger"]) == ("careful", "warning", "outreach.test")
    assert line["path"] == "/hooks"
    assert line["timestamp"].endswith("Z")


def test_a_value_that_cant_be_shown_does_not_break_the_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Odd:
        def __repr__(self) -> str:
            raise RuntimeError("no")

    logs.configure("INFO", json=True)
    structlog.get_logger("x").info("odd", value=Odd())
    assert "repr raised RuntimeError" in said(capsys)


@pytest.mark.parametrize("name", ["twilio.http_client", "apscheduler", "uvicorn.access"])
def test_libraries_that_log_addresses_are_kept_quiet(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    logs.configure("DEBUG", json=True)
    logging.getLogger(name).info("POST https://example.org/?To=…")
    assert said(capsys) == ""
