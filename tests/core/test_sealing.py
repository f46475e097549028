"""Sealed to a recipient: she opens it, with ten lines of her own; nobody else does, and nothing altered opens."""

import hmac
import json
from base64 import urlsafe_b64decode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from rings import a_key_ring, bytes_from

from gateway.core.boxes import Sealing, check_key
from gateway.core.crypto.padding import pad
from gateway.core.crypto.sealed_message import SealContext, SealedMessage, key_id
from gateway.core.crypto.sealing import open_from, seal_to
from gateway.core.errors import Defect, RecipientError

RING = a_key_ring("sealing", epochs=2)
PINNED = RING.message_public_key()
PRIVATE = X25519PrivateKey.from_private_bytes(bytes_from("shelter key"))
PUBLIC = PRIVATE.public_key().public_bytes_raw()
CONTEXT = SealContext("shelter-one", key_id("X25519", PUBLIC), "0" * 26, "profile/shelter/1.0")
DOCUMENT = b'{"canary":"narrative"}'
MESSAGE = seal_to(PUBLIC, CONTEXT, DOCUMENT, RING)


def opened(message: SealedMessage, private: X25519PrivateKey = PRIVATE, recipient: str = "shelter-one") -> bytes | None:
    try:
        return open_from(private, PINNED, recipient, message)
    except RecipientError:
        return None


def signed_again(message: SealedMessage) -> SealedMessage:
    """What a thief of the signing key could make: the signature is right, only HPKE stands in the way."""
    info = message.context("shelter-one").info()
    return replace(message, signature=RING.sign_message(info + b"\n" + message.box))


def test_the_recipient_opens_what_was_sealed_to_her() -> None:
    assert opened(MESSAGE) == opened(SealedMessage.from_bytes(MESSAGE.to_bytes())) == DOCUMENT


def test_an_integrator_opens_it_with_cryptography_alone() -> None:
    wire, my_agency_id, my_private_key, pinned_gateway_key = MESSAGE.to_bytes(), "shelter-one", PRIVATE, PINNED
    m = json.loads(wire)
    box, sig = (urlsafe_b64decode(m[part] + "==") for part in ("box", "sig"))
    info = "\n".join(("referral-gateway/sealed/1", my_agency_id, m["to"], m["id"], m["schema"])).encode()
    Ed25519PublicKey.from_public_bytes(pinned_gateway_key).verify(sig, info + b"\n" + box)
    padded = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM).decrypt(box, my_private_key, info)
    document = padded.rstrip(b"\0")[:-1]
    assert document == DOCUMENT


def test_the_box_is_rfc_9180_as_anybody_can_compute_it() -> None:
    info, enc, ciphertext = CONTEXT.info(), MESSAGE.box[:32], MESSAGE.box[32:]
    kem, suite = b"KEM\x00\x20", b"HPKE\x00\x20\x00\x01\x00\x02"

    def extract(suite_id: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite_id + label + ikm, "sha256")

    def expand(suite_id: bytes, prk: bytes, label: bytes, context: bytes, length: int) -> bytes:
        return hmac.digest(prk, length.to_bytes(2) + b"HPKE-v1" + suite_id + label + context + b"\x01", "sha256")[
            :length
        ]

    shared = PRIVATE.exchange(X25519PublicKey.from_public_bytes(enc))
    secret = expand(kem, extract(kem, b"", b"eae_prk", shared), b"shared_secret", enc + PUBLIC, 32)
    context = b"\0" + extract(suite, b"", b"psk_id_hash", b"") + extract(suite, b"", b"info_hash", info)
    schedule = extract(suite, secret, b"secret", b"")
    key, nonce = expand(suite, schedule, b"key", context, 32), expand(suite, schedule, b"base_nonce", context, 12)
    assert AESGCM(key).decrypt(nonce, ciphertext, b"") == pad(DOCUMENT)


def test_another_recipients_key_or_name_opens_nothing() -> None:
    other = X25519PrivateKey.from_private_bytes(bytes_from("police key"))
    assert opened(MESSAGE, private=other) is None
    assert opened(MESSAGE, recipient="police-north") is None
    assert opened(MESSAGE, recipient="") is None


@pytest.mark.parametrize(
    "elsewhere",
    [replace(MESSAGE, key_id="other"), replace(MESSAGE, message_id="other"), replace(MESSAGE, schema="other")],
    ids=["key id", "message id", "schema"],
)
def test_another_context_opens_nothing_even_signed_by_us(elsewhere: SealedMessage) -> None:
    assert opened(elsewhere) is None
    assert opened(signed_again(elsewhere)) is None


def test_another_signer_is_not_believed() -> None:
    forged = seal_to(PUBLIC, CONTEXT, DOCUMENT, a_key_ring("attacker"))
    assert opened(forged) is None
    assert opened(replace(forged, signer=MESSAGE.signer)) is None


def test_a_message_of_an_older_epoch_opens_with_the_older_key() -> None:
    old = seal_to(PUBLIC, CONTEXT, DOCUMENT, a_key_ring("sealing", epochs=1))
    assert opened(old) is None
    assert open_from(PRIVATE, RING.message_public_key(1), "shelter-one", old) == DOCUMENT


def test_no_flipped_bit_on_the_wire_opens() -> None:
    wire = MESSAGE.to_bytes()
    for bit in range(len(wire) * 8):
        altered = bytearray(wire)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RecipientError):
            open_from(PRIVATE, PINNED, "shelter-one", SealedMessage.from_bytes(bytes(altered)))


def test_no_flipped_bit_of_the_box_opens_even_signed_by_us() -> None:
    for bit in range(0, len(MESSAGE.box) * 8, 5):
        altered = bytearray(MESSAGE.box)
        altered[bit // 8] ^= 1 << bit % 8
        assert opened(signed_again(replace(MESSAGE, box=bytes(altered)))) is None
    assert opened(signed_again(MESSAGE)) == DOCUMENT


def test_a_box_that_holds_no_padding_of_ours_does_not_open() -> None:
    unpadded = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM).encrypt(
        DOCUMENT, PRIVATE.public_key(), CONTEXT.info()
    )
    assert opened(signed_again(replace(MESSAGE, box=unpadded))) is None


def test_sealed_lengths_have_six_values_up_to_32_kib() -> None:
    lengths = [
        0,
        1,
        *(1 << power for power in range(16)),
        *((1 << power) + 1 for power in range(15)),
        5000,
        20000,
        32768,
    ]
    sealed = {len(seal_to(PUBLIC, CONTEXT, b"x" * length, RING).to_bytes()) for length in lengths}
    assert len(sealed) == 6


def test_sealing_the_same_twice_shares_no_bytes() -> None:
    again = seal_to(PUBLIC, CONTEXT, DOCUMENT, RING)
    assert again.box[:32] != MESSAGE.box[:32]
    assert again.box[32:] != MESSAGE.box[32:]


@pytest.mark.parametrize(
    "public",
    [b"", PUBLIC[:31], PUBLIC + b"\0", bytes(32), b"\x01" + bytes(31)],
    ids=["empty", "short", "long", "zero point", "order one"],
)
def test_a_key_that_cannot_be_sealed_to_is_refused(public: bytes) -> None:
    with pytest.raises(RecipientError):
        check_key(Sealing.HPKE, public)
    with pytest.raises(RecipientError):
        seal_to(public, CONTEXT, DOCUMENT, RING)


def test_a_usable_key_passes_the_check() -> None:
    check_key(Sealing.HPKE, PUBLIC)


def test_a_malformed_gateway_key_opens_nothing() -> None:
    with pytest.raises(RecipientError):
        open_from(PRIVATE, b"short", "shelter-one", MESSAGE)


def test_a_malformed_context_is_a_defect() -> None:
    with pytest.raises(Defect):
        seal_to(PUBLIC, replace(CONTEXT, schema="two\nlines"), DOCUMENT, RING)
