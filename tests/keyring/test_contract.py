"""What every key ring promises, the encrypted file and the device alike (`gateway.core.crypto.keys.KeptRing`)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from devices import PIN, a_token
from rings import an_entropy, bytes_from

from gateway.core.crypto.keys import KeptRing, KeyUse, Operation, Ring
from gateway.core.errors import Defect, OperatorError
from gateway.keyring.device import DeviceKeyRing
from gateway.keyring.local import LocalKeyRing

PERSON, OTHER, DATA_KEY = bytes_from("person", 16), bytes_from("other", 16), bytes_from("data key")
DAY, LATER = date(2031, 3, 14), date(2031, 9, 1)


class Kept:
    """One ring, and how it is opened again as another process would."""

    def __init__(self, ring: KeptRing, again: Callable[[], KeptRing]) -> None:
        self.ring, self.again = ring, again


@pytest.fixture(params=["file", "device"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    if request.param == "file":
        path = tmp_path / "keyring.json"
        ring: KeptRing = LocalKeyRing.create(path, lambda: PIN, an_entropy("contract"), DAY)
        return Kept(ring, lambda: LocalKeyRing.open(path, lambda: PIN, an_entropy("again")))
    device = a_token("contract")
    made = DeviceKeyRing.create(device, lambda: PIN, DAY)
    return Kept(made, lambda: DeviceKeyRing.open(device, lambda: PIN))


def test_it_does_the_same_when_it_is_opened_again(kept: Kept) -> None:
    ring, again = kept.ring, kept.again()
    for use in (one for one in KeyUse if one.operation is Operation.MAC):
        assert again.mac(use, b"context", b"message") == ring.mac(use, b"context", b"message")
    assert again.unwrap_data_key(PERSON, ring.wrap_data_key(PERSON, DATA_KEY)) == DATA_KEY
    assert again.checkpoint_public_key() == ring.checkpoint_public_key() != ring.message_public_key()
    assert again.token_signing_key() == ring.token_signing_key() != ring.token_signing_key(None, 1)


def test_no_use_no_context_and_no_message_gives_the_bytes_of_another(kept: Kept) -> None:
    uses = [use for use in KeyUse if use.operation is Operation.MAC]
    made = [kept.ring.mac(use, context, message) for use in uses for context in (b"", b"c") for message in (b"", b"m")]
    assert len({*made}) == len(made)
    assert {len(mac) for mac in made} == {32}


def test_a_data_key_opens_for_its_person_and_nobody_else(kept: Kept) -> None:
    wrapped = kept.ring.wrap_data_key(PERSON, DATA_KEY)
    assert kept.ring.unwrap_data_key(PERSON, wrapped) == DATA_KEY
    for person, bad in ((OTHER, wrapped), (PERSON, wrapped[:-1] + bytes((wrapped[-1] ^ 1,))), (PERSON, wrapped[1:])):
        with pytest.raises(OperatorError):
            kept.ring.unwrap_data_key(person, bad)


def test_a_key_for_another_operation_makes_no_mac(kept: Kept) -> None:
    for use in (KeyUse.CHECKPOINT, KeyUse.DATA_KEY, KeyUse.ACCESS_TOKEN):
        with pytest.raises(Defect):
            kept.ring.mac(use, b"", b"")


def test_signatures_verify_under_the_public_key_of_their_use_and_epoch(kept: Kept) -> None:
    ring = kept.ring
    before, signed = ring.checkpoint_public_key(), ring.sign_checkpoint(b"message")
    assert ring.rotate(Ring.LEDGER, LATER) == 2
    assert ring.checkpoint_public_key(1) == kept.again().checkpoint_public_key(1) == before
    Ed25519PublicKey.from_public_bytes(before).verify(signed, b"message")
    now = Ed25519PublicKey.from_public_bytes(ring.checkpoint_public_key())
    now.verify(ring.sign_checkpoint(b"message"), b"message")
    Ed25519PublicKey.from_public_bytes(ring.message_public_key()).verify(ring.sign_message(b"message"), b"message")
    for signature in (signed, ring.sign_message(b"message")):
        with pytest.raises(InvalidSignature):
            now.verify(signature, b"message")


def test_a_new_wrapping_key_names_nobody_anew_and_older_ones_open_until_retired(kept: Kept) -> None:
    ring = kept.ring
    named, old = ring.mac(KeyUse.PSEUDONYM, b"c", PERSON), ring.wrap_data_key(PERSON, DATA_KEY)
    assert ring.rotate(Ring.DATA, LATER) == 2
    new = ring.rewrap_data_key(PERSON, old)
    assert new != old
    assert ring.rewrap_data_key(PERSON, new) == new
    assert (ring.epochs(), ring.epochs(Ring.DATA)) == ((1,), (1, 2))
    assert ring.mac(KeyUse.PSEUDONYM, b"c", PERSON) == named
    ring.retire(Ring.DATA, 1)
    for after in (ring, kept.again()):
        assert after.epochs(Ring.DATA) == (2,)
        assert after.unwrap_data_key(PERSON, new) == DATA_KEY
        with pytest.raises(OperatorError):
            after.unwrap_data_key(PERSON, old)
    for epoch in (1, 2, 3):
        with pytest.raises(OperatorError):
            ring.retire(Ring.DATA, epoch)


def test_what_another_process_wrapped_under_a_newer_epoch_opens_at_once(kept: Kept) -> None:
    other = kept.again()
    other.rotate(Ring.DATA, LATER)
    assert kept.ring.unwrap_data_key(PERSON, other.wrap_data_key(PERSON, DATA_KEY)) == DATA_KEY


def test_it_says_since_when_each_epoch_is(kept: Kept) -> None:
    kept.ring.rotate(Ring.DATA, LATER)
    assert kept.ring.since() == {**dict.fromkeys(Ring, DAY), Ring.DATA: LATER}


def test_the_token_key_is_a_p_256_key(kept: Kept) -> None:
    key = load_pem_private_key(kept.ring.token_signing_key(), None)
    assert isinstance(key, EllipticCurvePrivateKey)
    assert key.curve.name == "secp256r1"


def test_an_epoch_that_is_not_held_does_nothing(kept: Kept) -> None:
    for work in (lambda: kept.ring.mac(KeyUse.CODE, b"", b"", 9), lambda: kept.ring.checkpoint_public_key(9)):
        with pytest.raises(OperatorError):
            work()
