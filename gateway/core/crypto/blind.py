"""Blind indexes: how something sealed is found again without keeping it readable. The key is not in the database."""

from dataclasses import dataclass

from gateway.core.crypto.keys import KeyRing, KeyUse, MacKeys, Ring
from gateway.core.crypto.pseudonyms import as_written


def blind_person_ref(keys: MacKeys, agency: str, person_ref: str) -> bytes:
    """Index of an agency's own reference for a person, or of the pseudonym it holds for her."""
    return keys.mac(KeyUse.BLIND_INDEX, b"binding.person_ref", _joined(agency, as_written(person_ref)))


def blind_pair(keys: MacKeys, client: str, person_ref: str) -> bytes:
    """Index of one (client, person reference): what probing is counted by, also for people nobody knows."""
    return keys.mac(KeyUse.BLIND_INDEX, b"probe.pair", _joined(client, as_written(person_ref)))[:16]


def blind_tries(keys: MacKeys, client: str, record: bytes) -> bytes:
    """Index of one (client, record of a person): what probing is counted by under whatever reference.

    Where nobody is known, `record` is the blind index of the reference.
    """
    return keys.mac(KeyUse.BLIND_INDEX, b"probe.record", _joined(client, record.hex()))[:16]


def blind_sender_reference(keys: MacKeys, agency: str, reference: str) -> bytes:
    """Index of an agency's own case number, so that it can take back what it sent."""
    return keys.mac(KeyUse.BLIND_INDEX, b"referral.sender_reference", _joined(agency, reference))[:16]


def blind_hint(keys: MacKeys, hook: str, record: str) -> bytes:
    """Index of a record that a hook was told of, so that it waits once, however often it is hinted at."""
    return keys.mac(KeyUse.BLIND_INDEX, b"hint.name", _joined(hook, record))


@dataclass(frozen=True, slots=True)
class Mark:
    """By what an erased record is recognised, should a backup bring it back; `epoch` is its ring's."""

    epoch: int
    digest: bytes


def erased_mark(keys: KeyRing, person: bytes, epoch: int | None = None) -> Mark:
    """Mark of a record that is erased, under an epoch of the ring; default: the current one."""
    under = keys.epoch(Ring.PERSON) if epoch is None else epoch
    return Mark(under, keys.mac(KeyUse.BLIND_INDEX, b"erased.person", person, under))


def blind_idempotency(keys: MacKeys, client: str, operation: str, key: str) -> bytes:
    """Index of an Idempotency-Key, scoped to (client, operation, key)."""
    return keys.mac(KeyUse.IDEMPOTENCY, b"key", _joined(client, operation, key))


def request_digest(keys: MacKeys, *parts: bytes) -> bytes:
    """Keyed digest of a request's bytes.

    Tells a repetition from another body, and says nothing to a thief of the database.
    """
    return keys.mac(KeyUse.IDEMPOTENCY, b"body", b"".join(len(part).to_bytes(8, "big") + part for part in parts))


def _joined(*parts: str) -> bytes:
    """Join so that no two lists of parts give equal bytes."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
