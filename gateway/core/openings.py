"""How every item begins that a request asked for: what it looks at in the transaction, in which order, and why.

First whether what it rests on still stands, because a request that is prepared again has used nothing up. Then its
proof, because a replayed request must learn nothing, not even an earlier answer. Then whether it was answered already;
what is answered now is kept for that, as the last thing an item does.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from gateway.core.answers import KeyConflict, NotFresh, Repeated, Stale
from gateway.core.callers import Caller
from gateway.core.heads import Head
from gateway.core.ports import Needs, Transaction
from gateway.core.rows import IdempotencyRow
from gateway.core.stages import Idempotency
from schemas.documents import Document

KEEPS_ANSWERS: Final = timedelta(hours=24)
"""How long a repeated request gets its first answer."""


def needed(
    heads: Sequence[Head], caller: Caller | None = None, idempotency: Idempotency | None = None, *more: str
) -> Needs:
    """Return what the batch reads beforehand for an item that rests on these; `more` are ids of further heads.

    A `caller` of None asks at the gateway's own socket, where there is no proof.
    """
    keys = (idempotency.key,) if idempotency else ()
    return Needs((*(head.id for head in heads), *more), (caller,) if caller else (), keys)


def halted(transaction: Transaction, heads: Sequence[Head], caller: Caller | None) -> Stale | NotFresh | None:
    """Return why nothing may be written, or None. The proof is used up then, unless the item is prepared again."""
    if moved := transaction.moved(heads):
        return Stale(moved)
    return transaction.consume(caller) if caller else None


def halted_or_answered(
    transaction: Transaction, heads: Sequence[Head], caller: Caller | None, idempotency: Idempotency | None
) -> Stale | NotFresh | Repeated | KeyConflict | None:
    """Return as `halted`, or the earlier answer to this very request."""
    return halted(transaction, heads, caller) or (repeated(transaction, idempotency) if idempotency else None)


def refused_or_answered(
    transaction: Transaction, caller: Caller, idempotency: Idempotency | None
) -> NotFresh | Repeated | KeyConflict | None:
    """Use up the proof of a request that rests on no head: why it is refused, its earlier answer, or None."""
    return transaction.consume(caller) or (repeated(transaction, idempotency) if idempotency else None)


def repeated(transaction: Transaction, idempotency: Idempotency) -> Repeated | KeyConflict | None:
    """Return the earlier answer to this very request, a conflict when the key came with other bytes, or None."""
    earlier = transaction.answered(idempotency.key)
    if earlier is None:
        return None
    return Repeated(earlier.answer) if earlier.digest == idempotency.digest else KeyConflict()


def keep_answer(transaction: Transaction, idempotency: Idempotency, answer: Document) -> None:
    """Keep what is answered now, for a repetition of this request."""
    transaction.add(IdempotencyRow(idempotency, None, answer, transaction.now + KEEPS_ANSWERS))


def keep_referral(transaction: Transaction, idempotency: Idempotency, referral: str) -> None:
    """Keep which referral this request made: its answer is that of the referral, and ends with it."""
    transaction.add(IdempotencyRow(idempotency, referral, None, transaction.now + KEEPS_ANSWERS))
