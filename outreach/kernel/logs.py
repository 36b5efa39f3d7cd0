"""Logging for every process: one stream to stderr, phone numbers taken out of everything (S18)."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
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


def configure(level: str, *, json: bool | None = None) -> None:
    """Sends our log and every library's to stderr from `level` on: lines of JSON, or (on a
    terminal, or where `json` is False) lines for people."""
    as_json = not sys.stderr.isatty() if json is None else json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Takes what could be a phone number out of a log event, however deep it lies."""
    return {name: value if name in _OURS else _clean(value) for name, value in event.items()}


def _clean(value: Any, depth: int = 0) -> Any:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 1_000_000 else _clean(str(value))
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, bytes):
        return scrub(value.decode("utf-8", "replace"))
    if depth >= _TOO_DEEP:
        return "…"
    if isinstance(value, Mapping):
        return {scrub(str(name)): _clean(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item, depth + 1) for item in value]
    return scrub(_repr(value))


def _repr(value: Any) -> str:
    try:
        return repr(value)
    except Exception as error:  # a log line must never be what breaks
        return f"<{type(value).__name__}, repr raised {type(error).__name__}>"
