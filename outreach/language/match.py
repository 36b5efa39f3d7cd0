"""Understands a text that a person sent us: its intent, its language, and whether it says STOP.

The rules are KHMER.md's: HELP and danger anywhere win; STOP counts as the whole message or its
first word; START, EXIT and language names count as the whole message only. Where no form and no
pattern is found, what was learned from labelled examples decides; where it is sure, it also lifts a
topic to one that goes before it, or takes a form for said by the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

from outreach.language import keywords, learned
from outreach.language.digits import to_ascii_digits
from outreach.language.keywords import Form, Lexicon
from outreach.language.khmer import KhmerIndex
from outreach.language.latin import LatinIndex
from outreach.language.learned import Learned, Model
from outreach.language.patterns import PatternIndex
from outreach.language.runs import Polite, Run, cut
from outreach.language.thai import ThaiIndex

# Where several topics match, the first of these wins.
ORDER = [
    "HELP",
    "POLICE",
    "SHELTER",
    "CHILD",
    "LEGAL",
    "WAGES",
    "DEBT",
    "PASSPORT",
    "HEALTH",
    "HOME",
    "JOB",
    "INFO",
    "LANG",
]
_RANK = {intent: rank for rank, intent in enumerate(ORDER)}
# Rules that no learning goes before: who asks for help gets it, and opting out is to the letter.
_RULED = frozenset({"HELP", "STOP", "START", "LANG", "EXIT"})
_SURE = 0.6  # ahead of the next intent: right oftener than a form said by the way, on unseen texts
_WHOLE_INTENTS = frozenset({"START", "EXIT"})
_SCRIPT_LANGUAGE = {"khmer": "km", "thai": "th"}
_HASH = re.compile(
    "[\\s\u200b-\u200f\u2060\ufeff]*[#＃﹟][\ufe0f\u20e3\\s\u200b-\u200f\u2060\ufeff]*"
)
# JOIN and a community's code, such as JOIN BTB12.
_JOIN = re.compile(
    r"\s*(?:join|start|ចុះឈ្មោះ|đăng ký|dang ky|สมัคร)\s+([a-z]{0,4}[0-9]{1,6})[\s.!]*", re.IGNORECASE
)
_KHMER, _THAI = re.compile("[\u1780-\u17ff]"), re.compile("[\u0e00-\u0e7f]")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u1780-\u17ff]")
_COLON = re.compile("[:：﹕︓]")
_LONGEST = 4000  # code points read; an SMS of ten parts has 670


@dataclass(frozen=True, slots=True)
class Match:
    """What a text means.

    `language`: km, th, vi, en, or None where the text does not tell. `matched`: the form that
    decided and how, never the text itself. `opt_out`: the text begins with STOP. `lang`: the
    language asked for (LANG). `code`: what followed JOIN, lower case. `danger`: names danger.
    `digit`: the one digit that the text is, whether or not the menu has it. `whole`: the text is
    the form that decided, and no more. `learned`: no form decided, but what examples teach.
    """

    intent: str
    language: str | None = None
    matched: str = ""
    opt_out: bool = False
    lang: str | None = None
    danger: bool = False
    code: str | None = None
    digit: str | None = None
    whole: bool = False
    learned: bool = False


@dataclass(frozen=True, slots=True)
class _Hit:
    form: Form
    how: str
    first: bool
    whole: bool


class Matcher:
    """A lexicon, ready to match texts; `model` has a say where its forms tell little."""

    def __init__(self, lexicon: Lexicon, model: Model | None = None) -> None:
        forms = lexicon.forms
        lookalikes = lexicon.lookalikes
        self._polite = Polite.of(lexicon.company)
        self._around_digit = Polite.of(lexicon.company, "digit")  # number 1, press 9
        self._around_tongue = Polite.of(lexicon.company, "language")  # change to English
        self._khmer = KhmerIndex(
            (form for form in forms if _KHMER.search(form.text)),
            (word for lang, word in lookalikes if lang == "km"),
        )
        self._thai = ThaiIndex(
            (form for form in forms if _THAI.search(form.text)),
            (word for lang, word in lookalikes if lang == "th"),
        )
        self._latin = LatinIndex(
            (form for form in forms if not _UNSPACED.search(form.text)),
            lexicon.company,
            lookalikes,
        )
        self._patterns = PatternIndex(lexicon)
        self._model = model
        self._digits = {form.text: form for form in forms if form.lang == "digit"}

    def match(self, text: str) -> Match:
        """What `text` means; never raises."""
        text = text[:_LONGEST]
        if _HASH.fullmatch(text):
            return Match("LANG", None, "# (menu)")
        join = _JOIN.fullmatch(to_ascii_digits(text))
        if join:
            return Match("START", None, "join (und, with a code)", code=join[1].lower())
        found = self._read(text)
        if _COLON.search(text):  # a colon after Khmer may be U+17C7 or punctuation
            other = self._read(_COLON.sub(" ", text))
            found = min(
                (found, other),
                key=lambda match: _RANK.get(match.intent, 99 if match.intent == "UNKNOWN" else -1),
            )
        return self._learned(text, found)

    def _learned(self, text: str, found: Match) -> Match:
        if self._model is None or found.digit or found.whole or found.intent in _RULED:
            return found
        told = self._model.meaning(text)
        if told is None or not _goes_before(told, found):
            return found
        matched = f"learned, {told.ahead:.2f} ahead"
        if found.matched:
            matched += f", before {found.matched}"
        return replace(found, intent=told.intent, matched=matched, learned=True)

    def _read(self, text: str) -> Match:
        runs = cut(text)
        core = self._polite.strip(runs)
        language = self._language(runs)
        digit = self._digit(core)
        if digit:
            return self._of_digit(digit, language)
        # A form may hold a polite word itself (xin việc): both readings count, but only the core
        # tells what comes first.
        hits = list(self._hits(core))
        if core != runs:
            hits += [replace(hit, first=hit.whole) for hit in self._hits(runs)]
        asked = self._around_tongue.strip(core)
        if asked != core:
            hits += [hit for hit in self._hits(asked) if hit.whole and hit.form.asks_for]
        return self._decide(core, hits, language)

    def _decide(self, core: list[Run], hits: list[_Hit], language: str | None) -> Match:
        stop = next(
            (
                hit
                for hit in hits
                if hit.form.intent == "STOP" and (hit.whole or (hit.first and not hit.form.whole))
            ),
            None,
        )
        topics = [hit for hit in hits if hit.form.intent in _RANK and not hit.form.whole]
        help_ = min(
            (hit for hit in topics if hit.form.intent == "HELP"), key=_exactness, default=None
        )
        if help_:
            return _match(help_, language, opt_out=stop is not None)
        if stop:
            return _match(stop, language, opt_out=True)
        whole = next(
            (
                hit
                for hit in hits
                if hit.whole and (hit.form.whole or hit.form.intent in _WHOLE_INTENTS)
            ),
            None,
        )
        if whole:
            return _match(whole, language)
        if topics:
            return _match(
                min(topics, key=lambda hit: (_RANK[hit.form.intent], _exactness(hit))), language
            )
        return Match("UNKNOWN", language)

    def _hits(self, runs: list[Run]) -> Iterator[_Hit]:
        alone = len(runs) == 1
        for index, run in enumerate(runs):
            for form, start, end, how in chain(self._find(run), self._put_together(run)):
                first = index == 0 and start == 0
                yield _Hit(form, how, first, first and alone and end == len(run.units))

    def _find(self, run: Run) -> Iterator[tuple[Form, int, int, str]]:
        if run.script == "khmer":
            for hit in self._khmer.find(list(run.units)):
                if hit.form:
                    yield hit.form, hit.start, hit.end, "exact" if hit.exact else "one sign off"
        elif run.script == "thai":
            for found in self._thai.find("".join(run.units)):
                yield found.form, found.start, found.end, found.how
        else:
            for near in self._latin.find(list(run.units)):
                yield near.form, near.start, near.end, near.how

    def _put_together(self, run: Run) -> Iterator[tuple[Form, int, int, str]]:
        language = self._latin.language(list(run.units)) if run.script == "latin" else None
        return self._patterns.find(run, language)

    def _language(self, runs: list[Run]) -> str | None:
        for script in ("khmer", "thai"):
            if any(run.script == script for run in runs):
                return _SCRIPT_LANGUAGE[script]
        return self._latin.language([word for run in runs for word in run.units])

    def _digit(self, core: list[Run]) -> str | None:
        unit = _only_unit(core) or _only_unit(self._around_digit.strip(core)) or ""
        return unit if len(unit) == 1 and unit.isdecimal() else None

    def _of_digit(self, digit: str, language: str | None) -> Match:
        form = self._digits.get(digit)
        if form is None:
            return Match("UNKNOWN", language, digit=digit)
        stops = form.intent == "STOP"
        return Match(form.intent, language, f"{digit} (menu digit)", stops, digit=digit)


def _goes_before(told: Learned, found: Match) -> bool:
    if found.intent == "UNKNOWN":
        return told.intent != "UNKNOWN"
    lifts = told.intent == "UNKNOWN" or _RANK[told.intent] < _RANK[found.intent]
    return lifts and told.ahead >= _SURE


def _only_unit(runs: list[Run]) -> str | None:
    return runs[0].units[0] if len(runs) == 1 and len(runs[0].units) == 1 else None


def _match(hit: _Hit, language: str | None, *, opt_out: bool = False) -> Match:
    form = hit.form
    spoken = {"km-Latn": "km", "und": None, "digit": None}.get(form.lang, form.lang)
    return Match(
        form.intent,
        language or spoken,
        f"{form.text} ({form.lang}, {hit.how}{', danger' if form.danger else ''})",
        opt_out,
        form.asks_for,
        form.danger,
        whole=hit.whole,
    )


def _exactness(hit: _Hit) -> int:
    return 0 if hit.how == "exact" else 1


@lru_cache(maxsize=1)
def _shipped() -> Matcher:
    return Matcher(keywords.shipped(), learned.shipped())


def match(text: str) -> Match:
    """What `text` means by the shipped lexicon and model; never raises, under a millisecond.

    >>> match("ជួយខ្ញុំផង").intent
    'HELP'
    """
    return _shipped().match(text)
