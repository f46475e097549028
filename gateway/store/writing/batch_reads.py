"""What the items of a batch look at, read for all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import Connection, select

from gateway.core.ports import Answered, Needs
from gateway.store.prepared import PreparedIn, Value, together
from gateway.store.rows.line import CLIENT, HEAD, IDEMPOTENCY, REFERRAL, REVOKED_TOKEN, USED_PROOF, json_document
from schemas.documents import Document

# Heads are read in ascending id and held until the commit, so that two nodes never wait for each other in a ring.
_HEADS = PreparedIn(
    lambda values: select(HEAD.c.id, HEAD.c.version).where(HEAD.c.id.in_(values)).order_by(HEAD.c.id).with_for_update()
)
_USED = PreparedIn(lambda values: select(USED_PROOF.c.id).where(USED_PROOF.c.id.in_(values)))
_REVOKED = PreparedIn(lambda values: select(REVOKED_TOKEN.c.jti).where(REVOKED_TOKEN.c.jti.in_(values)))
_ENABLED = PreparedIn(lambda values: select(CLIENT.c.id).where(CLIENT.c.id.in_(values), CLIENT.c.enabled))
_ANSWERED = PreparedIn(
    lambda values: (
        select(IDEMPOTENCY.c.key, IDEMPOTENCY.c.digest, IDEMPOTENCY.c.answer, REFERRAL.c.answer)
        .join(REFERRAL, REFERRAL.c.id == IDEMPOTENCY.c.referral, isouter=True)
        .where(IDEMPOTENCY.c.key.in_(values))
    )
)


_ERASED: Document = {"outcome": "unknown"}
"""What a repeated request is answered whose referral was erased since."""


@dataclass(slots=True)
class Seen:
    """The state of a batch: as read at its start, and moved on by every item that is merged."""

    versions: dict[str, int] = field(default_factory=dict)
    used: set[bytes] = field(default_factory=set)
    revoked_tokens: set[str] = field(default_factory=set)
    enabled_clients: set[str] = field(default_factory=set)
    answers: dict[bytes, Answered] = field(default_factory=dict)


def locked_heads(connection: Connection, needs: Sequence[Needs]) -> dict[str, int]:
    """Read and hold the heads those items named."""
    heads = sorted({head for need in needs for head in need.heads})
    return dict(cast("Sequence[tuple[str, int]]", _HEADS.rows(connection, heads)))


def read_for(connection: Connection, needs: Sequence[Needs], versions: dict[str, int]) -> Seen:
    """Read everything else those items named.

    Called when the head of the log is held too: no other node commits any more, so what is read here stays true until
    the commit. A kill switch or a used proof that another node committed while this one waited is seen.
    """
    callers = [caller for need in needs for caller in need.callers]
    keys = {key for need in needs for key in need.idempotency}
    proofs = {caller.proof.id for caller in callers} | {proof for need in needs for proof in need.proofs}
    tokens = {caller.token_jti for caller in callers} | {token for need in needs for token in need.tokens}
    clients = {caller.client_id for caller in callers} | {client for need in needs for client in need.clients}
    with together(connection):
        used, revoked = _USED.asked(connection, [*proofs]), _REVOKED.asked(connection, [*tokens])
        enabled, answered = _ENABLED.asked(connection, [*clients]), _ANSWERED.asked(connection, [*keys])
    return Seen(
        versions,
        {cast("bytes", proof) for (proof,) in used()},
        {str(token) for (token,) in revoked()},
        {str(client) for (client,) in enabled()},
        {cast("bytes", key): _answer(*row) for key, *row in answered()},
    )


def _answer(digest: Value, own: Value, of_referral: Value) -> Answered:
    written = own if own is not None else of_referral
    return Answered(cast("bytes", digest), _ERASED if written is None else json_document(str(written)))
