"""Looks up what an audience names: places, communities, campaigns, a saved audience.

A rule as people write it names things; a rule as it is stored and asked holds codes. What means
nothing, or more than one thing, is told with its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from sqlalchemy import Connection

from outreach.content.audience.rule import Condition, Rule, Saved, canonical, changed, conditions
from outreach.content.audience.written import stored
from outreach.content.source import Problem, refuse
from outreach.people import queries as people
from outreach.people.places import ABOVE_VILLAGES
from outreach.people.rules.gazetteer import DIGITS, Gazetteer, Node
from outreach.people.rules.spelling import OTHER_NAMES, plain, untitled
from outreach.planning.audience.saved import queries
from outreach.planning.audience.words import Names

_CAMPAIGN_TERMS = ("received", "listened_to")
_SHOWN = 6


@dataclass(frozen=True)
class _Told:
    """What is wrong with a name, and what to do."""

    what: str
    todo: str


def look_up(connection: Connection, path: Path, rule: Rule, *, own: str = "") -> Rule:
    """`rule` with codes for names, canonical. `path` is the file it was written in, `own` the
    campaign it is for, which need not be known yet. Raises BadInput with every problem."""
    problems: list[Problem] = []
    if isinstance(rule, Saved):
        found = _saved(connection, path, rule, problems)
        refuse(problems)
        return found
    names = {
        **_places(connection, rule),
        **_communities(connection, rule),
        **_campaigns(connection, rule, own),
    }

    def coded(condition: Condition) -> Rule:
        codes = []
        for value in condition.values:
            code = names.get((condition.kind, value), value)
            if isinstance(code, _Told):
                what = f"{condition.kind}: {code.what}"
                problems.append(Problem(path, condition.line, what, code.todo))
            else:
                codes.append(code)
        return Condition(condition.kind, tuple(codes), condition.line)

    looked_up = canonical(changed(rule, coded))
    refuse(sorted(problems, key=lambda problem: problem.line))
    return looked_up


def names_in(connection: Connection, rule: Rule) -> Names:
    """What the places, communities and campaigns of a looked-up rule are called."""
    found: dict[tuple[str, str], Mapping[str, str]] = {}
    gazetteer = _gazetteer(connection) if _values(rule, "place") else ()
    for node in gazetteer:
        tail = "" if node.kind == "province" else f" ({node.code})"
        found["place", node.code] = {"km": node.name_km + tail, "en": node.name_en + tail}
    for row in queries.communities(connection, _values(rule, "community")):
        found["community", row.public_id] = {"km": row.name_km, "en": row.name_en}
    for row in queries.campaign_names(connection):
        for kind in _CAMPAIGN_TERMS:
            found[kind, row.slug] = {"km": row.name_km, "en": row.name_en}
    return found


def _values(rule: Rule, *kinds: str) -> list[str]:
    return sorted({v for c in conditions(rule) if c.kind in kinds for v in c.values})


def _saved(connection: Connection, path: Path, rule: Saved, problems: list[Problem]) -> Rule:
    row = queries.by_slug(connection, rule.name)
    if row is not None:
        return stored(row.rule)
    todo = _close(rule.name, [saved.slug for saved in queries.all_saved(connection)])
    what = f"There is no saved audience {rule.name!r}."
    problems.append(Problem(path, rule.line, what, todo or "Save it: outreach audience save FILE"))
    return rule


def _places(connection: Connection, rule: Rule) -> dict[tuple[str, str], str | _Told]:
    written = _values(rule, "place")
    if not written:
        return {}
    gazetteer = _gazetteer(connection)
    return {("place", text): _place(gazetteer, text) for text in written}


def _place(gazetteer: Gazetteer, text: str) -> str | _Told:
    if not gazetteer:
        return _Told("no places are known.", "Run: outreach places load")
    if text.isdecimal() and len(text) == DIGITS["village"]:
        return _Told(
            f"{text} is a village, and nobody's village is kept (S17).",
            f"Name its commune, {text[: DIGITS['commune']]}, or its community.",
        )
    likely = gazetteer.search(text)
    named = [node for node in likely if _is_called(node, text)]
    highest = [node for node in named if len(node.code) == min(len(n.code) for n in named)]
    if len(highest) == 1:
        return highest[0].code
    if highest:
        codes = ", ".join(node.code for node in highest[:_SHOWN])
        todo = f"Write the larger place too ({text}, Siem Reap), or a code: {codes}."
        return _Told(f"there are {len(highest)} places called {text!r}.", todo)
    near = " or ".join(f"{node.name_en} ({node.code})" for node in likely[:2])
    todo = f"Did you mean {near}?" if near else "See: outreach places search NAME"
    return _Told(f"there is no place {text!r}.", todo)


def _is_called(node: Node, text: str) -> bool:
    """Whether that is its code or its very name; what only sounds like it is asked back."""
    given = untitled(plain(text.split(",")[0]))
    names = (node.name_km, node.name_en, *OTHER_NAMES.get(node.code, ()))
    return text == node.code or given in {untitled(plain(name)) for name in names}


def _gazetteer(connection: Connection) -> Gazetteer:
    rows = people.places(connection, ABOVE_VILLAGES)
    return Gazetteer(Node(row.code, row.kind, row.name_km, row.name_en) for row in rows)


def _communities(connection: Connection, rule: Rule) -> dict[tuple[str, str], str | _Told]:
    written = _values(rule, "community")
    if not written:
        return {}
    rows = queries.communities(connection, [*written, *map(str.upper, written)])
    known = {key: row.public_id for row in rows for key in (row.public_id, row.join_code)}
    todo = "Give a join code: outreach communities list"
    found: dict[tuple[str, str], str | _Told] = {}
    for text in written:
        code = known.get(text) or known.get(text.upper())
        found["community", text] = code or _Told(f"there is no community {text!r}.", todo)
    return found


def _campaigns(connection: Connection, rule: Rule, own: str) -> dict[tuple[str, str], str | _Told]:
    if not _values(rule, *_CAMPAIGN_TERMS):
        return {}
    slugs = [own, *(row.slug for row in queries.campaign_names(connection))]
    found: dict[tuple[str, str], str | _Told] = {}
    for kind in _CAMPAIGN_TERMS:
        for text in _values(rule, kind):
            if text not in slugs:
                todo = _close(text, slugs) or "Give a loaded campaign's folder name."
                found[kind, text] = _Told(f"there is no campaign {text!r}.", todo)
    return found


def _close(text: str, known: list[str]) -> str:
    close = get_close_matches(text.casefold(), {name.casefold(): name for name in known}, n=1)
    return f"Did you mean {next(n for n in known if n.casefold() == close[0])}?" if close else ""
