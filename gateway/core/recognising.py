"""How a referral is known again: repeated, by its key and bytes; taken back, by the sender's own number.

And by what a person of a document may be named.
"""

from typing import Final

from gateway.core.crypto.blind import blind_idempotency, blind_sender_reference, request_digest
from gateway.core.crypto.keys import MacKeys
from gateway.core.crypto.sealing import NONCE_BYTES, Place, seal_at_rest
from gateway.core.log.leaves import PersonSecret
from gateway.core.ports import Entropy
from gateway.core.stages import Authenticated, Idempotency, OwnReference

_LONGEST_SUBJECT: Final = 200


def can_be_a_subject(text: str) -> bool:
    """Say whether a text can be how a document names a person: one line of letters, with nothing around them."""
    return 0 < len(text) <= _LONGEST_SUBJECT and text.isprintable() and text == text.strip()


def idempotency_of(keys: MacKeys, asked: Authenticated) -> Idempotency:
    """Return the blind index of the request's key, and the keyed digest of its headers and bytes."""
    routing = asked.routing
    routed = (routing.recipient, routing.purpose, routing.urgency, routing.ground)
    more = (asked.inbound.subject, routing.preview, routing.capacity, routing.replaces)
    words = "\0".join((*routed, *(said or "" for said in more)))
    return Idempotency(
        blind_idempotency(keys, asked.caller.client_id, "referrals", routing.idempotency_key),
        request_digest(keys, words.encode(), asked.inbound.body, asked.supplement or b""),
    )


def own_reference(
    keys: MacKeys, entropy: Entropy, reference: str | None, sender: str, referral: str, secret: PersonSecret
) -> OwnReference | None:
    """Seal the sender's own number for the way back, and make it findable blind; None where it said none."""
    if reference is None:
        return None
    place = Place("referral", "sender_reference", referral.encode(), 1)
    sealed = seal_at_rest(secret.data_key, place, reference.encode(), entropy.bytes(NONCE_BYTES))
    return OwnReference(sealed, blind_sender_reference(keys, sender, reference))
