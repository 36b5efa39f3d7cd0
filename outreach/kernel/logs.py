"""Logging for every process: one stream to stderr, phone numbers taken out of everything (S18)."""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import structlog
from structlog.types import EventDict, Processor

from outreach.kernel.mask import scrub

# These log addresses with query strings, or a line per job: below WARNING they are noise at best
# and numbers at worst.
_QUIET = ("twilio.http_client", "apscheduler", "uvicorn.access", "sqlalchemy.engine", "aiohttp")
# Our own values, in which no number can stand; scrubbing them would eat dates and long figures.
_OURS = frozenset({"timestamp", "level", "logger"})
_TOO_DEEP = 6
_LONG_FIGURE = 1_000_000


def configure(level: str, *, json: bool | None = None) -> None:
    """Sends our log, every library's, warnings and what nobody caught to stderr from `level` on:
    lines of JSON, or (on a terminal, or where `json` is False) lines for people.

    A line that can't be written is told in one line; nothing that logs ever fails for it.
    """
    as_json = not sys.stderr.isatty() if json is None else json
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _Calm(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.stdlib.PositionalArgumentsFormatter(),
                structlog.processors.format_exc_info,
                redact,  # nothing is added behind it
                _renderer(as_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_a_thread


def redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Takes what could be a phone number out of a log event, however deep it lies."""
    return {
        _clean_name(name): value if name in _OURS else _clean(value)
        for name, value in event.items()
    }


class _Calm(logging.StreamHandler[Any]):
    """Says in one line that a line can't be written; the standard one shows its raw arguments."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        error = sys.exc_info()[0]
        where = f"{record.name} ({record.module}.py, line {record.lineno})"
        self.stream.write(
            f"a log line of {where} can't be shown: {error.__name__ if error else 'no reason'}\n"
        )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _renderer(as_json: bool) -> Processor:
    if as_json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    # Tracebacks are text by now, scrubbed; a renderer of its own would show the variables in them.
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty() and not os.environ.get("NO_COLOR"),
        exception_formatter=structlog.dev.plain_traceback,
    )


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    told = "".join(traceback.format_exception(kind, error, trace))
    logging.getLogger("outreach").critical("Nobody caught this error:\n%s", told)


def _uncaught_in_a_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and not issubclass(told.exc_type, SystemExit):
        _uncaught(told.exc_type, told.exc_value, told.exc_traceback)


def _clean(value: Any, depth: int = 0) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float) and abs(value) < _LONG_FIGURE:
        return value
    if isinstance(value, float):
        return scrub(f"{value:.0f}")
    if isinstance(value, str):
        return _scrubbed(value)
    if isinstance(value, bytes | bytearray):
        return scrub(value.decode("utf-8", "replace"))
    if depth >= _TOO_DEEP:
        return "…"
    if isinstance(value, Mapping):
        return {_clean_name(name): _clean(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item, depth + 1) for item in value]
    return _scrubbed(_repr(value))


def _clean_name(name: Any) -> str:
    return _scrubbed(name if isinstance(name, str) else _repr(name))


def _scrubbed(text: str) -> str:
    # Half a surrogate pair, as JSON may bring it, can't be written to any stream.
    return scrub(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def _repr(value: Any) -> str:
    try:
        return repr(value)
    except Exception as error:  # a log line must never be what breaks
        return f"<{type(value).__name__}, repr raised {type(error).__name__}>"
