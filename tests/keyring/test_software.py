"""The ring that computes in the process: its bytes are pinned, its wrapping binds, its signatures verify."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from rings import a_key_ring, bytes_from

from gateway.core.crypto.keys import KeyUse, Operation, Ring
from gateway.core.errors import Defect, OperatorError
from gateway.keyring.software import SoftwareKeyRing

PINS = json.loads((Path(__file__).parent / "pins" / "software.json").read_text())
RING = a_key_ring("software", epochs=2)
OLD = a_key_ring("software", epochs=1)
PERSON, SOMEBODY_ELSE = bytes_from("person", 16), bytes_from("somebody else", 16)
DATA_KEY = bytes_from("data key")


@pytest.mark.parametrize("use", [use for use in KeyUse if use.operation is Operation.MAC])
def test_the_bytes_of_every_mac_are_pinned(use: KeyUse) -> None:
    assert RING.mac(use, b"context", b"message", 1).hex() == PINS["mac"][use.value]


def test_wrapped_keys_signatures_and_token_key_are_pinned() -> None:
    assert OLD.wrap_data_key(PERSON, DATA_KEY).hex() == PINS["wrapped"]
    assert OLD.sign_checkpoint(b"message").hex() == PINS["checkpoint"]
    assert OLD.sign_message(b"message").hex() == PINS["message"]
    assert token_key(OLD).private_numbers().private_value == int(PINS["token"], 16)


def test_aes_key_wrap_is_rfc_3394_section_4_6() -> None:
    key = bytes.fromhex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f")
    wrapped = "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"
    assert aes_key_wrap(bytes(range(32)), key).hex() == wrapped


def test_a_data_key_comes_back_to_its_person() -> None:
    wrapped = RING.wrap_data_key(PERSON, DATA_KEY)
    assert RING.unwrap_data_key(PERSON, wrapped) == DATA_KEY
    assert DATA_KEY not in wrapped
    assert len(wrapped) == 45


def test_a_data_key_opens_for_nobody_else() -> None:
    wrapped = RING.wrap_data_key(PERSON, DATA_KEY)
    with pytest.raises(OperatorError):
        RING.unwrap_data_key(SOMEBODY_ELSE, wrapped)
    with pytest.raises(OperatorError):
        a_key_ring("another installation").unwrap_data_key(PERSON, wrapped)


def test_no_flipped_bit_of_a_wrapped_key_opens() -> None:
    wrapped = RING.wrap_data_key(PERSON, DATA_KEY)
    for bit in range(len(wrapped) * 8):
        altered = bytearray(wrapped)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(OperatorError):
            RING.unwrap_data_key(PERSON, bytes(altered))


@pytest.mark.parametrize("length", [0, 1, 5, 37, 44, 46])
def test_a_wrapped_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(OperatorError):
        RING.unwrap_data_key(PERSON, RING.wrap_data_key(PERSON, DATA_KEY).ljust(60, b"\0")[:length])


def test_rewrapping_moves_to_the_current_epoch_and_then_rests() -> None:
    old = OLD.wrap_data_key(PERSON, DATA_KEY)
    new = RING.rewrap_data_key(PERSON, old)
    assert new != old
    assert RING.rewrap_data_key(PERSON, new) is new
    assert RING.unwrap_data_key(PERSON, old) == RING.unwrap_data_key(PERSON, new) == DATA_KEY
    with pytest.raises(OperatorError):
        OLD.unwrap_data_key(PERSON, new)


@pytest.mark.parametrize(
    ("person", "key"),
    [(b"", DATA_KEY), (PERSON, b""), (PERSON, DATA_KEY[:16]), (PERSON * 2, DATA_KEY)],
    ids=["no person", "no key", "short key", "long person"],
)
def test_other_lengths_than_agreed_are_a_defect(person: bytes, key: bytes) -> None:
    with pytest.raises(Defect):
        RING.wrap_data_key(person, key)


def test_checkpoint_and_message_signatures_do_not_stand_for_each_other() -> None:
    checkpoint, message = (
        Ed25519PublicKey.from_public_bytes(k) for k in (RING.checkpoint_public_key(), RING.message_public_key())
    )
    checkpoint.verify(RING.sign_checkpoint(b"m"), b"m")
    message.verify(RING.sign_message(b"m"), b"m")
    with pytest.raises(InvalidSignature):
        message.verify(RING.sign_checkpoint(b"m"), b"m")
    with pytest.raises(InvalidSignature):
        checkpoint.verify(RING.sign_checkpoint(b"m"), b"n")


def test_public_keys_of_older_epochs_stay_known_and_signing_uses_the_current() -> None:
    assert RING.checkpoint_public_key(1) == OLD.checkpoint_public_key() != RING.checkpoint_public_key()
    assert RING.message_public_key(1) == OLD.message_public_key() != RING.message_public_key()
    with pytest.raises(OperatorError):
        OLD.message_public_key(2)


def token_key(ring: SoftwareKeyRing, epoch: int | None = None) -> EllipticCurvePrivateKey:
    key = load_pem_private_key(ring.token_signing_key(epoch), None)
    assert isinstance(key, EllipticCurvePrivateKey)
    assert isinstance(key.curve, SECP256R1)
    return key


def test_the_token_key_signs_es256_and_changes_with_the_epoch() -> None:
    current = token_key(RING)
    current.public_key().verify(current.sign(b"m", ECDSA(SHA256())), b"m", ECDSA(SHA256()))
    assert token_key(RING, 1).private_numbers() == token_key(OLD).private_numbers() != current.private_numbers()


ROOTS = {ring: {1: bytes_from(ring)} for ring in Ring}


@pytest.mark.parametrize(
    "roots",
    [
        {},
        {ring: {} for ring in Ring},
        {ring: roots for ring, roots in ROOTS.items() if ring is not Ring.LEDGER},
        ROOTS | {Ring.TOKENS: {0: bytes_from("t")}},
        ROOTS | {Ring.TOKENS: {1: bytes_from("t", 16)}},
        ROOTS | {Ring.TOKENS: ROOTS[Ring.PERSON]},
    ],
    ids=["nothing", "no epochs", "no ledger", "epoch 0", "short root", "same root twice"],
)
def test_roots_that_are_incomplete_short_or_shared_are_refused(roots: dict[Ring, dict[int, bytes]]) -> None:
    SoftwareKeyRing(ROOTS)
    with pytest.raises(OperatorError):
        SoftwareKeyRing(roots)


def test_the_ring_shows_no_root() -> None:
    shown = repr(RING) + str(RING)
    assert not any(root.hex() in shown or repr(root) in shown for root in ROOTS[Ring.PERSON].values())


def test_many_threads_get_the_macs_of_one() -> None:
    fresh = a_key_ring("software", epochs=2)
    wanted = [(context, RING.mac(KeyUse.CURSOR, context, b"m" * 4096)) for context in (b"a", b"b", b"c")] * 200
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda pair: fresh.mac(KeyUse.CURSOR, pair[0], b"m" * 4096), wanted))
    assert made == [mac for _, mac in wanted]


def test_keys_kept_for_speed_are_bounded() -> None:
    for context in range(5000):
        OLD.mac(KeyUse.ETAG, context.to_bytes(2), b"m")
    assert OLD._keyed.cache_info().currsize == 4096
