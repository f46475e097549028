"""What the items of a batch look at, read for all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import BindParameter, Connection, Select, bindparam, select

from gateway.core.ports import Answered, Needs
from gateway.store.rows import CLIENT, HEAD, IDEMPOTENCY, REFERRAL, REVOKED_TOKEN, USED_PROOF, json_document

_ANY: BindParameter[list[str]] = bindparam("any", expanding=True)
# Heads are read in ascending id and held until the commit, so that two nodes never wait for each other in a ring.
_HEADS = select(HEAD.c.id, HEAD.c.version).where(HEAD.c.id.in_(_ANY)).order_by(HEAD.c.id).with_for_update()
_USED = select(USED_PROOF.c.id).where(USED_PROOF.c.id.in_(_ANY))
_REVOKED = select(REVOKED_TOKEN.c.jti).where(REVOKED_TOKEN.c.jti.in_(_ANY))
_ENABLED = select(CLIENT.c.id).where(CLIENT.c.id.in_(_ANY), CLIENT.c.enabled)
_ANSWERED = (
    select(IDEMPOTENCY.c.key, IDEMPOTENCY.c.digest, IDEMPOTENCY.c.answer, REFERRAL.c.answer)
    .join(REFERRAL, REFERRAL.c.id == IDEMPOTENCY.c.referral, isouter=True)
    .where(IDEMPOTENCY.c.key.in_(_ANY))
)

_Value = TypeVar("_Value", str, bytes)


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
    heads = {head for need in needs for head in need.heads}
    return dict(connection.execute(_HEADS, {"any": sorted(heads)}).all()) if heads else {}


def read_for(connection: Connection, needs: Sequence[Needs], versions: dict[str, int]) -> Seen:
    """Read everything else those items named.

    Called when the head of the log is held too: no other node commits any more, so what is read here stays true until
    the commit. A kill switch or a used proof that another node committed while this one waited is seen.
    """
    callers = [caller for need in needs for caller in need.callers]
    keys = {key for need in needs for key in need.idempotency}
    seen = Seen(versions)
    proofs = {caller.proof.id for caller in callers} | {proof for need in needs for proof in need.proofs}
    if proofs:
        tokens = {caller.token_jti for caller in callers} | {token for need in needs for token in need.tokens}
        clients = {caller.client_id for caller in callers} | {client for need in needs for client in need.clients}
        seen.used = _read(connection, _USED, proofs)
        seen.revoked_tokens = _read(connection, _REVOKED, tokens) if tokens else set()
        seen.enabled_clients = _read(connection, _ENABLED, clients)
    if keys:
        rows = connection.execute(_ANSWERED, {"any": list(keys)})
        seen.answers = {
            key: Answered(digest, json_document(own if own is not None else of_referral))
            for key, digest, own, of_referral in rows
        }
    return seen


def _read(connection: Connection, query: Select[_Value], values: set[_Value]) -> set[_Value]:
    return {value for (value,) in connection.execute(query, {"any": list(values)})}
