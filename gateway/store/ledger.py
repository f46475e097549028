"""The log's storage: leaves, complete subtree hashes, and the head row that every append reads inside its transaction.

The frontier is never trusted from memory: it is read in the same transaction that moves it, under the write lock.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Engine, bindparam, select, tuple_, update

from consent.merkle import (
    Appended,
    NodeAt,
    TreeHead,
    appended,
    asked,
    consistency_proof,
    from_frontier,
    inclusion_proof,
    leaf_hash,
    root,
)
from gateway.core.errors import OperatorError
from gateway.store.prepared import Named, PreparedStatement, prepared_insert, together
from gateway.store.rows.line import LEDGER_HEAD, LEDGER_LEAF, LEDGER_NODE

_HASH = 32
_CHUNK = 10_000
_READ_HEAD = select(LEDGER_HEAD.c.size, LEDGER_HEAD.c.frontier).where(LEDGER_HEAD.c.id == 1)
_LOCK_HEAD = PreparedStatement(_READ_HEAD.with_for_update())
_MOVE_HEAD = PreparedStatement(
    update(LEDGER_HEAD)
    .where(LEDGER_HEAD.c.id == 1, LEDGER_HEAD.c.size == bindparam("grown_from"))
    .values(size=bindparam("to"), frontier=bindparam("hashes"))
)
_INSERT_LEAF, _INSERT_NODE = prepared_insert(LEDGER_LEAF), prepared_insert(LEDGER_NODE)


@dataclass(frozen=True, slots=True)
class Frontier:
    """Size and frontier of the tree as read under the write lock."""

    size: int
    hashes: tuple[bytes, ...]


def read_frontier(connection: Connection) -> Frontier:
    """Read the head row. Raises OperatorError in a database that `init` did not prepare."""
    rows = cast("Sequence[tuple[int, bytes]]", _LOCK_HEAD.rows(connection, {}))
    if not rows:
        raise OperatorError("the database has no ledger; run `referral-gateway init`")
    [(size, packed)] = rows
    return Frontier(size, tuple(packed[at : at + _HASH] for at in range(0, len(packed), _HASH)))


def append(connection: Connection, grown_from: Frontier, leaves: Sequence[bytes]) -> Appended:
    """Write leaves, the nodes they complete, and the head, in this transaction."""
    node_at = from_frontier(grown_from.size, grown_from.hashes)
    grown = appended(grown_from.size, [leaf_hash(leaf) for leaf in leaves], node_at)
    numbered = enumerate(leaves, grown_from.size)
    nodes: list[Named] = [{"level": level, "index": index, "hash": digest} for level, index, digest in grown.nodes]
    with together(connection):
        _INSERT_LEAF.many(connection, [{"index": index, "content": leaf} for index, leaf in numbered])
        _INSERT_NODE.many(connection, nodes)
    head: Named = {"grown_from": grown_from.size, "to": grown.size, "hashes": b"".join(grown.frontier)}
    if _MOVE_HEAD.changed(connection, head) != 1:
        raise OperatorError("the ledger was moved by somebody else inside this transaction")
    return grown


def read_head(connection: Connection) -> TreeHead:
    """Return size and root as this connection sees them."""
    size, packed = connection.execute(_READ_HEAD).one()
    hashes = tuple(packed[at : at + _HASH] for at in range(0, len(packed), _HASH))
    return TreeHead(size, root(size, from_frontier(size, hashes)))


@dataclass(frozen=True, slots=True)
class LedgerReader:
    """Reads the log: its head, proofs, and an export line by line."""

    engine: Engine

    def head(self) -> TreeHead:
        """Return size and root as committed now."""
        with self.engine.connect() as connection:
            return read_head(connection)

    def written(self) -> datetime | None:
        """Return the moment in the newest entry, by the clock of whoever wrote it; None where there is none."""
        newest = select(LEDGER_LEAF.c.content).order_by(LEDGER_LEAF.c.index.desc()).limit(1)
        with self.engine.connect() as connection:
            content = connection.execute(newest).scalar_one_or_none()
        return None if content is None else datetime.fromisoformat(json.loads(content)["at"])

    def leaf(self, index: int) -> bytes:
        """Return the exact bytes of one leaf."""
        with self.engine.connect() as connection:
            content: bytes = connection.execute(
                select(LEDGER_LEAF.c.content).where(LEDGER_LEAF.c.index == index)
            ).scalar_one()
            return content

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Prove a leaf in the tree of that size (RFC 9162, section 2.1.3)."""
        return self._proof(lambda node_at: inclusion_proof(index, size, node_at))

    def consistency(self, older: int, newer: int) -> tuple[bytes, ...]:
        """Prove that the tree of `newer` leaves begins with that of `older` (RFC 9162, section 2.1.4)."""
        return self._proof(lambda node_at: consistency_proof(older, newer, node_at))

    def hashes(self, level: int, first: int, count: int) -> list[bytes]:
        """Return neighbouring nodes of one level, as a tile holds them; fewer where there are no more."""
        of = LEDGER_NODE.c
        query = select(of.hash).where(of.level == level, of.index >= first, of.index < first + count)
        with self.engine.connect() as connection:
            return [bytes(found) for found in connection.execute(query.order_by(of.index)).scalars()]

    def leaves(self, until: int, since: int = 0) -> Iterator[bytes]:
        """Yield the exact bytes of the leaves from `since` until before `until`, in order: the lines of an export."""
        for start in range(since, until, _CHUNK):
            query = (
                select(LEDGER_LEAF.c.content)
                .where(LEDGER_LEAF.c.index >= start, LEDGER_LEAF.c.index < min(start + _CHUNK, until))
                .order_by(LEDGER_LEAF.c.index)
            )
            with self.engine.connect() as connection:
                yield from connection.execute(query).scalars()

    def _proof(self, made: Callable[[NodeAt], tuple[bytes, ...]]) -> tuple[bytes, ...]:
        """Fetch in one statement what a proof reads, then make it."""
        of, places = LEDGER_NODE.c, asked(made)
        query = select(of.level, of.index, of.hash).where(tuple_(of.level, of.index).in_(places))
        with self.engine.connect() as connection:
            known = {(level, at): digest for level, at, digest in connection.execute(query)}
        return made(lambda level, at: known[level, at])
