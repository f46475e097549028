"""What the items of a batch look at, read for all of them together."""

from collections.abc import Iterable
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


def read_for(connection: Connection, needs: Iterable[Needs]) -> Seen:
    """Read everything those items named."""
    wanted = list(needs)
    callers = [caller for need in wanted for caller in need.callers]
    heads = {head for need in wanted for head in need.heads}
    keys = {key for need in wanted for key in need.idempotency}
    seen = Seen()
    if heads:
        seen.versions = {name: version for name, version in connection.execute(_HEADS, {"any": sorted(heads)})}
    proofs = {caller.proof.id for caller in callers} | {proof for need in wanted for proof in need.proofs}
    if proofs:
        tokens = {caller.token_jti for caller in callers} | {token for need in wanted for token in need.tokens}
        clients = {caller.client_id for caller in callers} | {client for need in wanted for client in need.clients}
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
