"""Ledger leaves: what the log says about a decision.

No personal value, no stable pseudonym, nothing that can be tried out.

A leaf's commitments are HMACs under a key of its own, which lies wrapped under the person's data key: destroying that
key leaves the log provable and stops it being about her (DESIGN section 6). Form: schemas/ledger/1.0.json.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from gateway.core.crypto.commitments import Committed, commitment
from gateway.core.crypto.keys import KEY_BYTES
from gateway.core.crypto.pseudonyms import message_id
from gateway.core.crypto.sealing import NONCE_BYTES, Place, seal_at_rest
from gateway.core.heads import Head, person_head
from gateway.core.ports import Entropy, Transaction
from gateway.core.stages import SealedLeaf
from schemas.canonical import canonical_trusted
from schemas.documents import Json

_VERSION = 1

BY_OPERATOR: Final[dict[str, Json]] = {"by": "operator"}
"""What an entry says that nobody but the operator did, at the gateway's own socket; also where an agency is named."""


@dataclass(frozen=True, slots=True)
class PersonSecret:
    """The person a leaf is about and her data key; what makes a commitment hers, and erasable."""

    person: bytes
    data_key: bytes


def sealed_leaf(
    entropy: Entropy,
    kind: str,
    at: datetime,
    fields: dict[str, Json],
    committed: dict[str, tuple[Committed, bytes]] | None = None,
    secret: PersonSecret | None = None,
) -> SealedLeaf:
    """Write a leaf of that type.

    `fields` are codes, ids and hashes only; `committed` are values to commit to, by field name. Without a `secret` the
    leaf key is thrown away: nobody can ever open those commitments.
    """
    event = message_id(entropy.bytes(16))
    leaf_key = entropy.bytes(KEY_BYTES) if committed else b""
    leaf: dict[str, Json] = {"v": _VERSION, "type": kind, "at": instant(at), "event": event, **fields}
    for name, (label, value) in (committed or {}).items():
        leaf[name] = commitment(leaf_key, label, value).hex()
    content = canonical_trusted(leaf)
    if secret is None or not leaf_key:
        return SealedLeaf(event, content, secret.person if secret else None)
    place = Place("person_leaf", "leaf_key", event.encode(), 1)
    nonce = entropy.bytes(NONCE_BYTES)
    wrapped = seal_at_rest(secret.data_key, place, leaf_key, nonce, length_shows=True)
    return SealedLeaf(event, content, secret.person, wrapped)


def heads_of(leaf: SealedLeaf) -> tuple[str, ...]:
    """Name the head of the person a leaf is about, for an item that asks `is_erased`."""
    return () if leaf.person is None else (person_head(leaf.person),)


def is_erased(leaf: SealedLeaf, transaction: Transaction) -> bool:
    """Say whether the person a leaf is about was erased since it was written: nothing may lead to her any more."""
    return any(not transaction.moved((Head(head, 0),)) for head in heads_of(leaf))


def still_hers(leaf: SealedLeaf, transaction: Transaction) -> SealedLeaf:
    """Return the leaf, about nobody where she was erased since it was written."""
    return replace(leaf, person=None, others=(), wrapped_key=None) if is_erased(leaf, transaction) else leaf


def instant(at: datetime) -> str:
    """Write a moment as RFC 3339 UTC with milliseconds."""
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
