"""Reads an audience's rule back as a sentence, in Khmer or English (Khmer awaits native review)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from babel import Locale
from babel.lists import format_list

from outreach.content.audience.rule import AllOf, AnyOf, Condition, Not, Rule, Saved
from outreach.content.audience.terms import COUNTRIES, TERMS
from outreach.kernel.dimensions import NOT_ASKED, PREFER_NOT
from outreach.kernel.i18n import mark as _
from outreach.kernel.i18n import translations
from outreach.kernel.labels import VALUE_LABELS

_TITLES: dict[str, str] = {
    "sex": _("sex"),
    "age_band": _("age"),
    "audience": _("group"),
    "language": _("language"),
    "channel": _("prefers"),
    "reads": _("can read"),
    "shows_khmer": _("phone shows Khmer"),
    "phone_is": _("phone"),
    "sector": _("sector"),
    "destination": _("destination"),
    "present": _("now in"),
}
# Their values speak for themselves.
_BARE = frozenset({"sex", "age_band", "audience"})
_UNCLEAR = frozenset({NOT_ASKED, PREFER_NOT, "other"})
_PHRASES: dict[str, str] = {
    "place": _("from {names}"),
    "community": _("in the community {names}"),
    "community_kind": _("in a community of this kind: {names}"),
    "reached_within": _("reached in the last {names} days"),
    "not_reached_for": _("not reached for {names} days"),
    "received": _("got the campaign {names}"),
    "listened_to": _("listened to the campaign {names}"),
    "joined_within": _("joined in the last {names} days"),
    "joined_since": _("joined since {names}"),
}
_KINDS: dict[str, str] = {
    "province": _("province"),
    "district": _("district"),
    "commune": _("commune"),
    "village": _("village"),
    "factory": _("factory"),
    "port": _("fishing port"),
    "returnee_centre": _("centre for people who came back"),
    "destination_group": _("people of one destination"),
}
_ORDER = {kind: place for place, kind in enumerate((*_TITLES, *_PHRASES))}

# (kind, value) → language → what it is called there.
Names = Mapping[tuple[str, str], Mapping[str, str]]


def sentence(rule: Rule, language: str, names: Names) -> str:
    """The rule in words. `names` holds those of its places, communities and campaigns; what has
    none is shown by its code."""
    speaker = _Speaker(language, names)
    words = speaker.say(rule)
    return speaker.translate(_("{sentence}.")).format(sentence=words[:1].upper() + words[1:])


@dataclass(frozen=True)
class _Speaker:
    language: str
    names: Names
    translate: Callable[[str], str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "translate", translations(self.language).gettext)

    def say(self, rule: Rule, *, inside: bool = False) -> str:
        """The words of a rule; `inside` another one it needs brackets where it has parts."""
        match rule:
            case Condition():
                return self.condition(rule)
            case Not(part):
                return self.denial(part)
            case AllOf(()):
                return self.translate(_("everybody in the register"))
            case AllOf(parts):
                words = _together([self.say(part, inside=True) for part in _in_order(parts)])
            case AnyOf(parts):
                words = self.one_of([self.say(part, inside=True) for part in _in_order(parts)])
            case Saved(name):
                return name
        return f"({words})" if inside else words

    def denial(self, part: Rule) -> str:
        words = self.translate(_("not {what}")).format(what=self.say(part, inside=True))
        if not isinstance(part, Condition) or not _leaves_unasked_out(part):
            return words
        also = self.translate(_("(people who were not asked are included)"))
        return f"{words} {also}"

    def condition(self, rule: Condition) -> str:
        called = self.either(self.called(rule.kind, value) for value in rule.values)
        if rule.kind in _PHRASES:
            return self.translate(_PHRASES[rule.kind]).format(names=called)
        if rule.kind in _BARE and not _UNCLEAR & set(rule.values):
            return called
        title = self.translate(_TITLES[rule.kind])
        return self.translate(_("{title}: {values}")).format(title=title, values=called)

    def called(self, kind: str, value: str) -> str:
        own = self.names.get((kind, value))
        if own:
            return own[self.language]
        if kind == "community_kind":
            return self.translate(_KINDS[value])
        if value in VALUE_LABELS and kind in _TITLES:
            return self.translate(VALUE_LABELS[value])
        if kind in COUNTRIES:
            return str(Locale(self.language).territories.get(value, value))
        return value

    def one_of(self, parts: list[str]) -> str:
        # Where a part is a list itself, a comma or an "or" would not say which belongs to which.
        if any(mark in part for part in parts for mark in (",", ":", "៖", " ")):
            return self.translate(_("; or ")).join(parts)
        return self.either(parts)

    def either(self, words: Iterable[str]) -> str:
        return format_list(list(words), style="or", locale=self.language)


def _together(words: list[str]) -> str:
    return ("; " if any("," in one for one in words) else ", ").join(words)


def _in_order(parts: Iterable[Rule]) -> list[Rule]:
    """Who people are, then where, then what they heard, then what is more complicated."""

    def place(part: Rule) -> int:
        inner = part.part if isinstance(part, Not) else part
        return _ORDER[inner.kind] if isinstance(inner, Condition) else len(_ORDER)

    return sorted(parts, key=place)


def _leaves_unasked_out(condition: Condition) -> bool:
    kind = condition.kind
    asked = kind == "place" or NOT_ASKED in TERMS[kind].values
    return asked and NOT_ASKED not in condition.values
