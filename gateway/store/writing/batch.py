"""One batch's transaction: what its items want written, gathered and written together.

Everything the items of a batch will look at is read up front in a few statements; what they write is inserted together
at the end, the log last.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Table, bindparam, update
from sqlmodel import SQLModel

from gateway.core.answers import LeafSlot, Proof
from gateway.core.errors import Defect
from gateway.core.ports import Answered
from gateway.core.rows import IdempotencyRow, ReferralRow, Row
from gateway.core.stages import SealedLeaf
from gateway.store.ledger import Frontier, append
from gateway.store.moments import ticks_of_seconds
from gateway.store.prepared import PreparedStatement, prepared_insert, together
from gateway.store.rows.line import HEAD, PERSON_LEAF, USED_PROOF, insertion
from gateway.store.tables.columns import Values
from gateway.store.writing.batch_reads import Seen
from gateway.store.writing.drafts import Draft

# Built once: making a statement costs more than running it.
_INSERTS = {table: prepared_insert(table) for table in SQLModel.metadata.tables.values()}
_MOVE = PreparedStatement(
    update(HEAD).where(HEAD.c.id == bindparam("head"), HEAD.c.version < bindparam("to")).values(version=bindparam("to"))
)


class Batch:
    """A transaction for several items, in order; later ones see what earlier ones wrote."""

    def __init__(self, connection: Connection, now: datetime, seen: Seen, ledger: Frontier) -> None:
        """Work on an open connection whose transaction has begun; `seen` and `ledger` were read in it."""
        self.connection = connection
        self.now = now
        self.seen = seen
        self._ledger = ledger
        self._leaves: list[tuple[SealedLeaf, LeafSlot]] = []
        self._stored = set(seen.versions)  # Heads that have a row.
        self._moved: dict[str, int] = {}
        self._erased: set[str] = set()
        self._inserts: dict[Table, list[Values]] = {}

    @property
    def next_index(self) -> int:
        """Where the next leaf will stand."""
        return self._ledger.size + len(self._leaves)

    @property
    def moved_heads(self) -> tuple[str, ...]:
        """The heads this batch moved, and those of people it erased."""
        return (*self._moved, *self._erased)

    def merge(self, draft: Draft) -> None:
        """Take over what a successful item wants written."""
        self._forget(draft.erased)
        self.seen.versions.update(draft.versions)
        self._moved.update(draft.versions)
        self.seen.used.update(draft.used)
        self.seen.enabled_clients -= draft.disabled_clients  # What comes later in this batch is refused already.
        self.seen.revoked_tokens |= draft.revoked_tokens
        for proof, expires in draft.used.items():
            self._insert(USED_PROOF, {"id": proof, "expires": ticks_of_seconds(expires)})
        self._leaves += draft.leaves
        for leaf, slot in draft.leaves:
            entry: Values = {"leaf_index": slot.index, "event": leaf.event, "referral": leaf.referral}
            if leaf.person is not None:
                self._insert(PERSON_LEAF, {**entry, "person": leaf.person, "wrapped_key": leaf.wrapped_key})
            for person in leaf.others:
                self._insert(PERSON_LEAF, {**entry, "person": person, "wrapped_key": None})
        for row in draft.rows:
            self._insert(*insertion(row))
            self._remember_answer(row, draft.rows)

    def flush(self) -> None:
        """Insert what was gathered so far, so that statements of this transaction see it."""
        with together(self.connection):
            for table, rows in self._inserts.items():
                _INSERTS[table].many(self.connection, rows)
        self._inserts.clear()

    def finish(self) -> None:
        """Write everything that is left, the ledger last: its row is the one every other node waits for."""
        self.flush()
        for head, version in sorted(self._moved.items()):
            self._move(head, version)
        if not self._leaves:
            return
        grown = append(self.connection, self._ledger, [leaf.content for leaf, _ in self._leaves])
        for leaf, slot in self._leaves:
            slot.proof = Proof(leaf.content, slot.index, grown.head, grown.inclusion_proof(slot.index))

    def also_read(self, heads: Mapping[str, int]) -> None:
        """Take up heads that could not be named before, read in this transaction."""
        self._stored.update(heads)
        self.seen.versions = {**heads, **self.seen.versions}

    def _remember_answer(self, row: Row, beside: Sequence[Row]) -> None:
        """Let later items of this batch see an answer that is written in it; that of a referral stands in its row."""
        if not isinstance(row, IdempotencyRow):
            return
        answers = (other.answer for other in beside if isinstance(other, ReferralRow) and other.id == row.referral)
        answer = row.answer if row.answer is not None else next(answers)
        self.seen.answers[row.idempotency.key] = Answered(row.idempotency.digest, answer)

    def _insert(self, table: Table, values: Values) -> None:
        self._inserts.setdefault(table, []).append(values)

    def _forget(self, heads: set[str]) -> None:
        """Heads that an erasure deleted: from here on they have version 0, and nothing is left to move."""
        for head in heads:
            self.seen.versions.pop(head, None)
            self._moved.pop(head, None)
        self._stored -= heads
        self._erased |= heads

    def _move(self, head: str, version: int) -> None:
        if head not in self._stored:
            _INSERTS[HEAD].many(self.connection, [{"id": head, "version": version}])
            return
        if _MOVE.changed(self.connection, {"head": head, "to": version}) != 1:
            raise Defect("a head was moved that was not read")
