"""Ledger leaves: what the log says about a decision.

No personal value, no stable pseudonym, nothing that can be tried out.

A leaf's commitments are HMACs under a key of its own, which lies wrapped under the person's data key: destroying that
key leaves the log provable and stops it being about her (DESIGN section 6). Form: schemas/ledger/1.0.json.
"""

from dataclasses import dataclass
from datetime import datetime

from gateway.core.commitments import Committed, commitment
from gateway.core.keys import KEY_BYTES
from gateway.core.ports import Entropy
from gateway.core.pseudonyms import message_id
from gateway.core.sealing import NONCE_BYTES, Place, seal_at_rest
from gateway.core.stages import SealedLeaf
from schemas.canonical import canonical_trusted
from schemas.documents import Json

_VERSION = 1


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
    return SealedLeaf(
        event, content, secret.person, seal_at_rest(secret.data_key, place, leaf_key, entropy.bytes(NONCE_BYTES))
    )


def instant(at: datetime) -> str:
    """Write a moment as RFC 3339 UTC with milliseconds."""
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
