"""What opens an agency's own system: a password, or the gateway's private key there. Sealed under the key ring.

So is what else must be read again without being about a person whose data key is known, such as the id in a hint.
The key is derived for the place by a MAC, which every kind of ring can do, and the epoch it is of stands in front.
"""

from typing import Final

from gateway.core.crypto.keys import KeyRing, KeyUse, MacKeys, Ring
from gateway.core.crypto.sealing import NONCE_BYTES, Place, open_at_rest, seal_at_rest
from gateway.core.endpoints import Endpoint
from gateway.core.errors import OperatorError
from gateway.core.ports import Entropy

_EPOCH_BYTES: Final = 4


def sealed_credential(keys: KeyRing, entropy: Entropy, agency: str, credential: bytes) -> bytes:
    """Seal it under the current epoch of the ring whose epoch stays."""
    return sealed_by_ring(keys, entropy, _place(agency), credential)


def opened_credential(keys: MacKeys, endpoint: Endpoint) -> bytes:
    """Open it. Raises OperatorError where it is missing, altered, another agency's, or its epoch is gone."""
    if len(endpoint.sealed) <= _EPOCH_BYTES:
        raise OperatorError("an endpoint's credential is not there; register the endpoint again")
    return opened_by_ring(keys, _place(endpoint.agency), endpoint.sealed)


def sealed_by_ring(keys: KeyRing, entropy: Entropy, place: Place, value: bytes) -> bytes:
    """Seal a value at its place, under the current epoch of the ring whose epoch stays."""
    epoch = keys.epoch(Ring.PERSON)
    sealed = seal_at_rest(_key(keys, place, epoch), place, value, entropy.bytes(NONCE_BYTES))
    return epoch.to_bytes(_EPOCH_BYTES) + sealed


def opened_by_ring(keys: MacKeys, place: Place, sealed: bytes) -> bytes:
    """Open a value at its place. Raises OperatorError where it was altered, is another's, or its epoch is gone."""
    epoch = int.from_bytes(sealed[:_EPOCH_BYTES])
    return open_at_rest(_key(keys, place, epoch), place, sealed[_EPOCH_BYTES:])


def _key(keys: MacKeys, place: Place, epoch: int) -> bytes:
    return keys.mac(KeyUse.CREDENTIAL, place.subject, place.table.encode(), epoch)


def _place(agency: str) -> Place:
    return Place("endpoint", "sealed", agency.encode(), 1)
