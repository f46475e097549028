"""Reads the leaves that are about people, with their proofs, in one look at the database."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select, tuple_

from consent.merkle import TreeHead, asked, inclusion_proof
from gateway.core.histories import Entry
from gateway.store.ledger import read_head
from gateway.store.rows.line import LEDGER_LEAF, LEDGER_NODE, PERSON_LEAF

_AT_ONCE = 400
"""Nodes asked for in one statement: databases bound how many values a statement may carry."""


@dataclass(frozen=True, slots=True)
class PersonLeafReader:
    """`gateway.core.histories.PersonLeaves` over the database."""

    engine: Engine

    async def about(self, people: Sequence[bytes]) -> tuple[TreeHead, tuple[Entry, ...]]:
        """Return every leaf about any of them, read beside the event loop: a thousand take a tenth of a second."""
        return await asyncio.to_thread(self._about, people)

    def _about(self, people: Sequence[bytes]) -> tuple[TreeHead, tuple[Entry, ...]]:
        """Read the head first: what is appended meanwhile is left for later."""
        query = (
            select(PERSON_LEAF.c.leaf_index, LEDGER_LEAF.c.content, PERSON_LEAF.c.referral)
            .join(LEDGER_LEAF, LEDGER_LEAF.c.index == PERSON_LEAF.c.leaf_index)
            .where(PERSON_LEAF.c.person.in_(people))
            .order_by(PERSON_LEAF.c.leaf_index)
        )
        with self.engine.connect() as connection:
            head = read_head(connection)
            rows = {row.leaf_index: row for row in connection.execute(query) if row.leaf_index < head.size}
            nodes = _nodes(connection, rows, head.size)
        proofs = {index: inclusion_proof(index, head.size, lambda level, at: nodes[level, at]) for index in rows}
        return head, tuple(Entry(index, row.content, proofs[index], row.referral) for index, row in rows.items())


def _nodes(connection: Connection, indexes: Iterable[int], size: int) -> dict[tuple[int, int], bytes]:
    places = sorted({place for index in indexes for place in _asked(index, size)})
    found: dict[tuple[int, int], bytes] = {}
    for start in range(0, len(places), _AT_ONCE):
        query = select(LEDGER_NODE.c.level, LEDGER_NODE.c.index, LEDGER_NODE.c.hash).where(
            tuple_(LEDGER_NODE.c.level, LEDGER_NODE.c.index).in_(places[start : start + _AT_ONCE])
        )
        found |= {(level, at): digest for level, at, digest in connection.execute(query)}
    return found


def _asked(index: int, size: int) -> Sequence[tuple[int, int]]:
    return asked(lambda node_at: inclusion_proof(index, size, node_at))
