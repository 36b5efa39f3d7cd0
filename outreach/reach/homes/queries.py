"""The SQL of homes; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select

from outreach.reach.crowds import Crowd
from outreach.reach.packing import Packed, unpack
from outreach.reach.queries import HOMES, put
from outreach.store.bulk import read_rows

HomeKey = tuple[int, str]  # a block of contacts and a dimension
_ROW = ("block", "dimension", "lengths", "contacts")


def homes(
    connection: Connection,
    blocks: Collection[int] | None = None,
    dimensions: Collection[str] | None = None,
) -> list[Crowd]:
    """What is stored, row by row; of all blocks, all dimensions where None."""
    query = select(HOMES.c.dimension, HOMES.c.lengths, HOMES.c.contacts)
    if blocks is not None:
        query = query.where(HOMES.c.block.in_(blocks))
    if dimensions is not None:
        query = query.where(HOMES.c.dimension.in_(dimensions))
    return [
        {dimension: unpack((lengths, contacts))}
        for dimension, lengths, contacts in read_rows(connection, query)
    ]


def put_homes(connection: Connection, packed: Iterable[tuple[HomeKey, Packed]]) -> None:
    """Stores rows in place of what was there."""
    put(connection, HOMES, _ROW, [(*key, *row) for key, row in packed])
