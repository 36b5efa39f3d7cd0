"""Reads TwiML, in the subset that Twilio and Somleng both obey; anything else is an error."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

UNREADABLE, INVALID = 12100, 12200
_PROMPTS = ("Play", "Say")
_LARGEST = 64 * 1024


class BadDocument(Exception):
    """A document that the network can't obey. `code` is Twilio's; the text holds no content."""

    def __init__(self, code: int, why: str) -> None:
        self.code, self.why = code, why
        super().__init__(f"{code}: {why}")


@dataclass(frozen=True, slots=True)
class Play:
    """Plays the recording at `url` (perhaps relative), `loop` times."""

    url: str
    loop: int = 1


@dataclass(frozen=True, slots=True)
class Say:
    """Speaks; the network only counts how long that takes."""

    text: str


@dataclass(frozen=True, slots=True)
class Gather:
    """Plays, then waits for keys. `timeout` is in seconds; `digits` 0 means any number of keys."""

    prompts: tuple[Play | Say, ...]
    action: str
    method: str
    timeout: float
    digits: int
    finish_on: str
    even_empty: bool


@dataclass(frozen=True, slots=True)
class Record:
    """Records what is said; people of the network say nothing, so it ends by `timeout`."""

    timeout: float


@dataclass(frozen=True, slots=True)
class Redirect:
    """Goes on with another document."""

    url: str
    method: str


@dataclass(frozen=True, slots=True)
class Hangup:
    """Ends the call."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Doesn't take the call; `reason` is busy or rejected."""

    reason: str


Verb = Play | Say | Gather | Record | Redirect | Hangup | Reject


def parse(document: bytes) -> tuple[Verb, ...]:
    """The verbs of a document, in order. Raises BadDocument."""
    if len(document) > _LARGEST or b"<!DOCTYPE" in document:
        raise BadDocument(UNREADABLE, "too large, or it declares a document type")
    try:
        # Our own server's document; without a DOCTYPE there are no entities to expand.
        root = ElementTree.fromstring(document)  # noqa: S314
    except ElementTree.ParseError:
        raise BadDocument(UNREADABLE, "not well-formed XML") from None
    if root.tag != "Response":
        raise BadDocument(INVALID, "the root is not Response")
    return tuple(_verb(element) for element in root)


def _verb(element: ElementTree.Element) -> Verb:
    text = (element.text or "").strip()
    match element.tag:
        case "Play" | "Say":
            return _prompt(element)
        case "Gather":
            return _gather(element)
        case "Record":
            return Record(_number(element, "timeout", 5))
        case "Redirect":
            return Redirect(text, _method(element))
        case "Hangup":
            return Hangup()
        case "Reject":
            return Reject(element.get("reason", "rejected"))
    raise BadDocument(INVALID, "an unknown verb")


def _prompt(element: ElementTree.Element) -> Play | Say:
    text = (element.text or "").strip()
    if not text:
        raise BadDocument(INVALID, f"an empty {element.tag}")
    if element.tag == "Say":
        return Say(text)
    return Play(text, max(1, int(_number(element, "loop", 1))))


def _gather(element: ElementTree.Element) -> Gather:
    if any(child.tag not in _PROMPTS for child in element):
        raise BadDocument(INVALID, "Gather holds something else than Say and Play")
    if element.get("input", "dtmf") != "dtmf":
        raise BadDocument(INVALID, "Gather waits for something else than keys")
    return Gather(
        prompts=tuple(_prompt(child) for child in element),
        action=element.get("action", ""),
        method=_method(element),
        timeout=_number(element, "timeout", 5),
        digits=int(_number(element, "numDigits", 0)),
        finish_on=element.get("finishOnKey", "#"),
        even_empty=element.get("actionOnEmptyResult", "false").lower() == "true",
    )


def _method(element: ElementTree.Element) -> str:
    method = element.get("method", "POST").upper()
    if method not in ("GET", "POST"):
        raise BadDocument(INVALID, "a method that is neither GET nor POST")
    return method


def _number(element: ElementTree.Element, name: str, default: float) -> float:
    text = element.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise BadDocument(INVALID, f"{name} is not a number")
    return float(text)
