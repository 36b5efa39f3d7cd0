"""Finds places by code or by name: a row's place must be one and no other, a search shows all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from outreach.kernel.dimensions import NOT_ASKED
from outreach.language.matchkey import match_key
from outreach.people.rules.reasons import Reason
from outreach.people.rules.spelling import OTHER_NAMES, plain, sound, untitled

# Digits of a code, by kind.
DIGITS = {"province": 2, "district": 4, "commune": 6, "village": 8}
_PARTS = re.compile(r"[,›>|\n]")
# One slip of the pen in a name of six letters, two in one of twelve.
_SLIP_EACH = 6
_SHOWN = 20
# The last of the ways in which a name is looked up.
_BY_SOUND = 2


@dataclass(frozen=True)
class Node:
    """A place. `code` begins with the codes of all that it lies in."""

    code: str
    kind: str
    name_km: str
    name_en: str


class Gazetteer:
    """Places in memory, to be asked once per row of a file, or as somebody types."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._nodes = {node.code: node for node in nodes}
        self._plain: dict[str, set[str]] = {}
        self._sounds: dict[str, set[str]] = {}
        for node in self._nodes.values():
            for name in (node.name_km, node.name_en, *OTHER_NAMES.get(node.code, ())):
                for spelled in {plain(name), untitled(plain(name))}:
                    self._plain.setdefault(spelled, set()).add(node.code)
                    if heard := sound(spelled):
                        self._sounds.setdefault(heard, set()).add(node.code)
        self._heard = tuple(self._sounds)

    def __len__(self) -> int:
        return len(self._nodes)

    def __iter__(self) -> Iterator[Node]:
        return iter(self._nodes.values())

    def path(self, code: str) -> tuple[Node, ...]:
        """The place with `code` and all that it lies in, the province first."""
        codes = (code[:digits] for digits in DIGITS.values() if digits <= len(code))
        return tuple(self._nodes[part] for part in codes if part in self._nodes)

    def search(self, text: str, *, kind: str = "", within: str = "") -> tuple[Node, ...]:
        """Places that `text` may mean, best first: a code, a name in any spelling, or several
        (`Samraong, Siem Reap`) of which each lies in the others."""
        parts = [part.strip() for part in _PARTS.split(text) if part.strip()]
        found = [self._likely(part, within) for part in parts]
        last = {
            code: None
            for codes in found
            for code in codes
            if all(any(code.startswith(other) for other in others) for others in found)
        }
        nodes = [self._nodes[code] for code in last]
        return tuple(node for node in nodes if kind in ("", node.kind))[:_SHOWN]

    def find(self, province: str, commune: str, district: str = "") -> tuple[str, str] | Reason:
        """(province code, commune code), each "not_asked" where nothing is given, or why not."""
        within = ""
        for given, kind in ((province, "province"), (district, "district"), (commune, "commune")):
            found = self._one(given, kind, within) if given else within
            if isinstance(found, Reason):
                return found
            if not found.startswith(within):
                return Reason.OTHER_PROVINCE
            within = found
        return within[: DIGITS["province"]] or NOT_ASKED, within if commune else NOT_ASKED

    def _one(self, text: str, kind: str, within: str) -> str | Reason:
        code = match_key(text).strip()
        if code.isdigit():
            return self._by_code(code, kind)
        known = False
        for tier, codes in enumerate(self._by_name(text)):
            ours = [code for code in codes if self._is(code, kind)]
            inside = [code for code in ours if code.startswith(within)]
            if inside and (tier < _BY_SOUND or self._is_safe(kind, within)):
                return inside[0] if len(inside) == 1 else Reason.AMBIGUOUS_PLACE
            known = known or bool(ours)
        if self._is_safe(kind, within):
            near = [near for near in self._near(text, within) if self._is(near[1], kind)]
            best = [code for slips, code in near if slips == near[0][0]]
            if len(best) == 1:
                return best[0]
        return Reason.OTHER_PROVINCE if known and within else Reason.NO_PLACE

    @staticmethod
    def _is_safe(kind: str, within: str) -> bool:
        """Whether a name may be spelled in another way: of all communes of the country, too many
        sound alike."""
        return kind == "province" or bool(within)

    def _by_code(self, code: str, kind: str) -> str | Reason:
        # Spreadsheets eat the leading zero.
        full = code.zfill(len(code) + len(code) % 2)
        if kind == "commune":
            full = full[: DIGITS[kind]]  # Of a village's code only its commune is kept (S17).
        return full if self._is(full, kind) else Reason.NO_PLACE

    def _likely(self, text: str, within: str) -> list[str]:
        code = match_key(text).replace(" ", "")
        if code.isdigit():
            full = code.zfill(len(code) + len(code) % 2)
            return [full] if full in self._nodes and full.startswith(within) else []
        found = {c: None for codes in self._by_name(text) for c in sorted(codes, key=_size)}
        inside = [code for code in found if code.startswith(within)]
        return inside or [code for _slips, code in self._near(text, within)]

    def _by_name(self, text: str) -> tuple[Collection[str], ...]:
        """The places of that name: as it is written, without its title, by its sound."""
        name = plain(text)
        bare = untitled(name)
        heard = self._sounds.get(sound(bare), ())
        return self._plain.get(name, ()), self._plain.get(bare, ()), heard

    def _near(self, text: str, within: str) -> list[tuple[int, str]]:
        """Places whose Latin name sounds like `text` but for a slip, nearest first."""
        heard = sound(untitled(plain(text)))
        most = len(heard) // _SLIP_EACH
        if not most:
            return []
        near = process.extract_iter(heard, self._heard, scorer=OSA.distance, score_cutoff=most)
        found = {
            (int(slips), code)
            for name, slips, _ in near
            for code in self._sounds[name]
            if code.startswith(within)
        }
        return sorted(found)

    def _is(self, code: str, kind: str) -> bool:
        return code in self._nodes and self._nodes[code].kind == kind


def _size(code: str) -> tuple[int, str]:
    return len(code), code
