"""Keeps what the first fact of each contact says of them; crowds tell only who was elsewhere.

Which fact is a contact's first never changes: the ledger only grows. So what is said here once is
true for ever, and the same whether it was folded in one go or in many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from pyroaring import BitMap
from sqlalchemy import Row

from outreach.kernel.dimensions import NOT_ASKED, PERSONAL
from outreach.reach.crowds import Crowd, Sets, among, together
from outreach.reach.homes.queries import HomeKey
from outreach.reach.packing import Packed, pack
from outreach.reach.rules.milestones import LINKED, UNLINKED
from outreach.store.ledger import FOLDED

# Contacts are kept by blocks of neighbours, so that new ones change little of what is stored.
_BLOCK = 1 << 16
_KIND = itemgetter(FOLDED.index("kind"))
_CONTACT = itemgetter(FOLDED.index("contact_id"))
_PERSONAL = tuple((name, itemgetter(FOLDED.index(name))) for name in PERSONAL)


def blocks_of(contacts: Iterable[int]) -> set[int]:
    """The blocks that have any of `contacts`."""
    return {contact // _BLOCK for contact in contacts}


def contacts_in(facts: Iterable[Row[Any]]) -> BitMap:
    """Whom some facts are of."""
    return BitMap([contact for contact in map(_CONTACT, facts) if contact is not None])


class Homes:
    """Homes as far as they are known here: `sets` of contacts by dimension and value."""

    def __init__(self, stored: Collection[Crowd] = ()) -> None:
        self.sets: Sets = {name: {} for name in PERSONAL} | together(stored)
        self._known = BitMap.union(BitMap(), *self.sets[PERSONAL[0]].values())
        self._learned = BitMap()

    def learn(self, facts: Sequence[Row[Any]]) -> None:
        """Takes the homes of whom nothing was known from their first of `facts`."""
        homeless = set(contacts_in(facts) - self._known)
        if not homeless:
            return
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for fact in facts:
            contact = _CONTACT(fact)
            # That two numbers are one person's says nothing of the person.
            if contact in homeless and _KIND(fact) not in (LINKED, UNLINKED):
                homeless.remove(contact)
                self._learned.add(contact)
                for name, value_of in _PERSONAL:
                    found[name, value_of(fact) or NOT_ASKED].append(contact)
        for (name, value), contacts in found.items():
            self.sets[name].setdefault(value, BitMap()).update(contacts)
        self._known |= self._learned

    def learned(self) -> Iterator[tuple[HomeKey, Packed]]:
        """The rows in which anything was learned, as they are stored."""
        for block in sorted(blocks_of(self._learned)):
            here = among(self.sets, BitMap(range(block * _BLOCK, (block + 1) * _BLOCK)))
            for dimension, sets in here.items():
                yield (block, dimension), pack(sets)
