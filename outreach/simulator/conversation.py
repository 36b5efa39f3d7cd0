"""An answered call: fetches TwiML, plays it to the person, and posts the keys they press."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urljoin

from outreach.kernel.clock import Clock
from outreach.kernel.loopback import is_loopback
from outreach.simulator import forms
from outreach.simulator.audio import MPEG, WAV, seconds_of
from outreach.simulator.book import Call
from outreach.simulator.caller import Caller
from outreach.simulator.chance import Chance
from outreach.simulator.config import NetworkConfig
from outreach.simulator.fate import Press, press
from outreach.simulator.schedule import Schedule
from outreach.simulator.twiml import (
    BadDocument,
    Gather,
    Hangup,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    Verb,
    parse,
)

_NOT_FETCHED, _NOT_HERE, _NO_AUDIO, _TOO_LONG = 11200, 21609, 13420, 13210
_MAX_DOCUMENTS = 20
_CHARACTERS_PER_SECOND = 12.0


class HungUp(Exception):
    """The person has hung up."""


@dataclass(frozen=True, slots=True)
class _Request:
    """Where the next document comes from."""

    url: str
    method: str = "POST"
    extra: Mapping[str, str] = field(default_factory=dict)


async def first_verbs(caller: Caller, config: NetworkConfig, call: Call) -> tuple[Verb, ...]:
    """The verbs that the account's server gives for `call`. Raises BadDocument."""
    return await _fetch(caller, config, call, _Request(call.url, call.method))


class Conversation:
    """One answered call and the person who took it."""

    def __init__(
        self,
        config: NetworkConfig,
        call: Call,
        clock: Clock,
        schedule: Schedule,
        caller: Caller,
        chance: Chance,
    ) -> None:
        self._config, self._call = config, call
        self._clock, self._schedule = clock, schedule
        self._caller, self._chance = caller, chance
        self._stays = 1.0
        self._questions = 0

    async def hold(self, stays: float) -> None:
        """Goes on until somebody hangs up; the person stays for that share of the first recording.

        Raises BadDocument for what can't be fetched, read or played.
        """
        self._stays = stays
        request = _Request(self._call.url, self._call.method)
        try:
            for _ in range(_MAX_DOCUMENTS):
                verbs = await _fetch(self._caller, self._config, self._call, request)
                following = await self._perform(verbs, request.url)
                if following is None:
                    return
                request = following
        except HungUp:
            return
        raise BadDocument(_TOO_LONG, "more documents than any call needs")

    async def _perform(self, verbs: tuple[Verb, ...], base: str) -> _Request | None:
        for verb in verbs:
            match verb:
                case Play() | Say():
                    await self._listen(await self._length(verb, base))
                case Gather():
                    answer = await self._gather(verb, base)
                    if answer is not None:
                        return answer
                case Record(timeout):
                    await self._wait(timeout)
                case Redirect(url, method):
                    return _Request(urljoin(base, url), method)
                case Hangup() | Reject():
                    return None
        return None

    async def _gather(self, verb: Gather, base: str) -> _Request | None:
        """The request that follows a key, or the lack of one; None to go on to the next verb."""
        call = self._call
        does = press(self._chance, call.handset.number, call.nth, self._questions)
        self._questions += 1
        lengths = [await self._length(prompt, base) for prompt in verb.prompts]
        await self._hear_and_press(does, sum(lengths), verb.timeout)
        digits = "" if does.key == verb.finish_on else does.key
        if digits and verb.digits != 1:
            await self._wait(verb.timeout)  # more keys may follow
        if not digits and not verb.even_empty:
            return None
        return _Request(urljoin(base, verb.action), verb.method, {"Digits": digits})

    async def _hear_and_press(self, does: Press, seconds: float, patience: float) -> None:
        if does.key and does.share < min(1.0, self._stays):
            await self._hear(seconds * does.share)
            self._stays = 1.0
        else:
            await self._listen(seconds)
            await self._wait(min(does.waits, patience) if does.key else patience)
        self._call.keys += does.key

    async def _listen(self, seconds: float) -> None:
        """Listens; raises HungUp if the person leaves before the end."""
        if self._stays < 1.0 and seconds > 0:
            await self._hear(seconds * self._stays)
            raise HungUp
        await self._hear(seconds)

    async def _hear(self, seconds: float) -> None:
        await self._wait(seconds)
        self._call.heard += seconds

    async def _wait(self, seconds: float) -> None:
        await self._schedule.until(self._clock.now() + timedelta(seconds=seconds))

    async def _length(self, prompt: Play | Say, base: str) -> float:
        if isinstance(prompt, Say):
            return len(prompt.text) / _CHARACTERS_PER_SECOND
        url = urljoin(base, prompt.url)
        if not is_loopback(url):
            raise BadDocument(_NOT_HERE, "a recording that is not on this machine")
        answer = await self._caller.ask("GET", url, {})
        if answer is None or not answer.ok:
            raise BadDocument(_NOT_FETCHED, "a recording could not be fetched")
        seconds = seconds_of(answer.media_type, answer.body)
        if seconds is None:
            known = answer.media_type in WAV | MPEG
            raise BadDocument(_NO_AUDIO, "a broken recording" if known else "not a recording")
        return seconds * prompt.loop


async def _fetch(
    caller: Caller, config: NetworkConfig, call: Call, request: _Request
) -> tuple[Verb, ...]:
    if not is_loopback(request.url):
        raise BadDocument(_NOT_HERE, "a document that is not on this machine")
    form = {**forms.call(config, call), **request.extra}
    answer = await caller.ask(request.method, request.url, form)
    if answer is None or not answer.ok:
        raise BadDocument(_NOT_FETCHED, "a document could not be fetched")
    return parse(answer.body)
