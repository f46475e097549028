"""What opens an agency's own system: a password, or the gateway's private key there. Sealed under the key ring.

The key is derived for the agency by a MAC, which every kind of ring can do, and the epoch it is of stands in front.
"""

from typing import Final

from gateway.core.endpoints import Endpoint
from gateway.core.errors import OperatorError
from gateway.core.keys import KeyRing, KeyUse, MacKeys, Ring
from gateway.core.ports import Entropy
from gateway.core.sealing import NONCE_BYTES, Place, open_at_rest, seal_at_rest

_EPOCH_BYTES: Final = 4
_PURPOSE: Final = b"endpoint"


def sealed_credential(keys: KeyRing, entropy: Entropy, agency: str, credential: bytes) -> bytes:
    """Seal it under the current epoch of the ring whose epoch stays."""
    epoch = keys.epoch(Ring.PERSON)
    key = keys.mac(KeyUse.CREDENTIAL, agency.encode(), _PURPOSE, epoch)
    return epoch.to_bytes(_EPOCH_BYTES) + seal_at_rest(key, _place(agency), credential, entropy.bytes(NONCE_BYTES))


def opened_credential(keys: MacKeys, endpoint: Endpoint) -> bytes:
    """Open it. Raises OperatorError where it is missing, altered, another agency's, or its epoch is gone."""
    if len(endpoint.sealed) <= _EPOCH_BYTES:
        raise OperatorError("an endpoint's credential is not there; register the endpoint again")
    epoch = int.from_bytes(endpoint.sealed[:_EPOCH_BYTES])
    key = keys.mac(KeyUse.CREDENTIAL, endpoint.agency.encode(), _PURPOSE, epoch)
    return open_at_rest(key, _place(endpoint.agency), endpoint.sealed[_EPOCH_BYTES:])


def _place(agency: str) -> Place:
    return Place("endpoint", "sealed", agency.encode(), 1)
