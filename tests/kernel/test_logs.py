"""No number stands in a log line, whoever writes it and however it is written (S18)."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest
import structlog

from outreach.kernel import logs

WAYS = (
    "+855381234567",
    "+855 38 123 4567",
    "0381234567",
    "038 123 4567",
    "038-123-4567",
    "038.123.4567",
    "038/123/4567",
    "(038) 123–4567",
    "038\u200b123\u00a04567",
    "%2B855381234567",
    "00855381234567",
    "tel0381234567",
    "០៣៨ ១២៣ ៤៥៦៧",
    "๐๓๘๑๒๓๔๕๖๗",
)
TELLING = ("1234567", "123 4567", "123-4567", "123.4567", "4567", "១២៣", "๑๒๓", "៥៦៧", "๕๖๗")


class Odd:
    def __repr__(self) -> str:
        raise RuntimeError("no")


@pytest.fixture(autouse=True)
def _quiet_after() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, threading.excepthook
    levels = {name: logging.getLogger(name).level for name in logs._QUIET}
    # A server that ran in this process before may have silenced its log of requests.
    logging.getLogger("uvicorn.access").propagate = True
    with warnings.catch_warnings():
        yield
        logging.captureWarnings(False)
    root.handlers, root.level, sys.excepthook, threading.excepthook = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    structlog.reset_defaults()


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


def told_of(text: str) -> list[str]:
    """What still tells of the number; a line's own time may hold such digits."""
    without_times = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "", text)
    return [part for part in TELLING if part in without_times]


@pytest.mark.parametrize("written", WAYS)
@pytest.mark.parametrize("as_json", [True, False])
def test_s18_no_notation_of_a_number_comes_through(
    capsys: pytest.CaptureFixture[str], written: str, as_json: bool
) -> None:
    logs.configure("INFO", json=as_json)
    log = structlog.get_logger("outreach.test")
    log.info(f"texted {written}", to=written, deep={"n": [written, {"k": (written,)}]})
    log.info("texted %s", written)
    log.info("keyed", by={written: 1})
    logging.getLogger("anything").warning("raw %r", written.encode())
    logging.getLogger("anything").warning("escaped %s", ascii(written), stack_info=True)
    try:
        raise ValueError(f"bad number {written}")
    except ValueError:
        log.exception("it broke")
        logging.getLogger("anything").exception("it broke")
    text = said(capsys)
    assert text.count("[number]") >= 9
    assert told_of(text) == []


@pytest.mark.parametrize("written", WAYS)
@pytest.mark.parametrize("name", ["uvicorn.error", "uvicorn.access", "aiohttp.client", "asyncio"])
def test_s18_an_address_in_a_librarys_line_holds_no_number(
    capsys: pytest.CaptureFixture[str], written: str, name: str
) -> None:
    logs.configure("INFO", json=True)
    line = '%s - "GET %s HTTP/%s" %d'
    for asked in (written, quote(written), quote_plus(written), quote(quote(written))):
        logging.getLogger(name).warning(line, "127.0.0.1:5", f"/?To={asked}", "1.1", 200)
    text = said(capsys)
    assert text.count("GET /") == 4
    assert told_of(text) == []


@pytest.mark.parametrize(
    "value", [855381234567, 381234567.0, b"0381234567", bytearray(b"0381234567")]
)
def test_s18_a_number_that_is_no_text_is_taken_out_too(
    capsys: pytest.CaptureFixture[str], value: object
) -> None:
    logs.configure("INFO", json=True)
    structlog.get_logger("x").info("sent", to=value, deep=[{"n": value}])
    line = json.loads(said(capsys))
    assert (line["to"], line["deep"]) == ("[number]", [{"n": "[number]"}])


def test_a_line_of_json_says_when_where_and_how_bad(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", json=True)
    structlog.get_logger("outreach.test").warning("careful", path="/hooks", parts=12, took=0.5)
    line = json.loads(said(capsys))
    assert (line["event"], line["level"], line["logger"]) == ("careful", "warning", "outreach.test")
    assert (line["path"], line["parts"], line["took"]) == ("/hooks", 12, 0.5)
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize(
    "value",
    [Odd(), [Odd()], {Odd(): 1}, float("nan"), 10**5000, "\ud83d", object()],
    ids=["repr", "deep", "name", "nan", "huge", "half", "object"],
)
def test_a_value_that_cant_be_shown_does_not_break_the_line(
    capsys: pytest.CaptureFixture[str], value: object, as_json: bool
) -> None:
    logs.configure("INFO", json=as_json)
    structlog.get_logger("x").info("odd one", value=value)
    assert "odd one" in said(capsys)


def test_s18_a_line_whose_arguments_do_not_fit_is_told_without_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("INFO", json=True)
    logging.getLogger("x").info("to %d", "0381234567")
    structlog.get_logger("y").info("to %d", "0381234567")
    text = said(capsys)
    assert text.count("can't be shown: TypeError") == 2
    assert "test_logs.py" in text
    assert told_of(text) == []


def test_s18_what_nobody_caught_and_warnings_are_scrubbed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("INFO", json=True)

    def fails() -> None:
        raise ValueError("no such number: 0381234567")

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    try:
        fails()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    warnings.simplefilter("always")
    warnings.warn("odd number 0381234567", stacklevel=1)
    text = said(capsys)
    assert text.count("no such number: [number]") >= 2
    assert "odd number [number]" in text
    assert told_of(text) == []


@pytest.mark.parametrize("name", logs._QUIET)
def test_libraries_that_log_addresses_are_kept_quiet(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    logs.configure("DEBUG", json=True)
    logging.getLogger(name).info("POST https://example.org/?To=…")
    assert said(capsys) == ""
    logging.getLogger(name).warning("this matters")
    assert "this matters" in said(capsys)
