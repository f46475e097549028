"""How an agency's own name for a person is kept: found by a blind index, readable under her data key only."""

from gateway.core.crypto.sealing import NONCE_BYTES, Place, open_at_rest, seal_at_rest
from gateway.core.log.leaves import PersonSecret
from gateway.core.ports import Entropy
from gateway.core.rows import BindingRow


def sealed_binding(entropy: Entropy, secret: PersonSecret, blind: bytes, agency: str, reference: str) -> BindingRow:
    """Return the binding of an agency's reference, whose blind index is `blind`, to that person."""
    sealed = seal_at_rest(secret.data_key, _place(secret.person), reference.encode(), entropy.bytes(NONCE_BYTES))
    return BindingRow(blind, secret.person, agency, sealed)


def reference_in(secret: PersonSecret, sealed: bytes) -> str:
    """Return the reference that was sealed; raises like `open_at_rest`."""
    return open_at_rest(secret.data_key, _place(secret.person), sealed).decode()


def _place(person: bytes) -> Place:
    return Place("binding", "sealed", person, 1)
