"""Three ways to seal to a key, each opened with its own private key and what it is bound to, and with nothing else."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Final

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, import_key
from rings import a_key_ring, bytes_from
from samples import vector

from gateway.core.boxes import PrivateKey, Sealing, boxed, check_key, unboxed
from gateway.core.crypto.sealed_message import SealContext, SealedMessage
from gateway.core.crypto.sealing import open_from, seal_to
from gateway.core.errors import RecipientError

RING = a_key_ring("boxes")
INFO = b"what it is bound to"


def a_key(how: Sealing, seed: str = "recipient") -> tuple[PrivateKey, bytes]:
    """Return a private key for that way, and the public one as it is registered."""
    curve = X25519PrivateKey.from_private_bytes(bytes_from(seed))
    match how:
        case Sealing.HPKE:
            return curve, curve.public_key().public_bytes_raw()
        case Sealing.HYBRID:
            lattice = MLKEM768PrivateKey.from_seed_bytes(bytes_from(seed, 64))
            public = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
            return MLKEM768X25519PrivateKey(lattice, curve), public
        case Sealing.JWE:
            private = derive_private_key(int.from_bytes(bytes_from(seed)) >> 1, SECP256R1())
            return private, private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@pytest.mark.parametrize("how", Sealing)
def test_what_was_sealed_opens_with_its_key_and_what_it_is_bound_to(how: Sealing) -> None:
    private, public = a_key(how)
    check_key(how, public)

    box = boxed(how, public, b"a narrative", INFO)

    assert unboxed(private, box, INFO) == b"a narrative"
    assert boxed(how, public, b"a narrative", INFO) != box
    for wrong in ((a_key(how, "other")[0], box, INFO), (private, box, b"bound to something else")):
        with pytest.raises(RecipientError):
            unboxed(*wrong)


@pytest.mark.parametrize("how", Sealing)
def test_no_altered_box_opens(how: Sealing) -> None:
    private, public = a_key(how)
    box = boxed(how, public, b"a narrative", INFO)
    for place in range(0, len(box), 29):
        altered = bytearray(box)
        altered[place] ^= 4
        with pytest.raises(RecipientError):
            unboxed(private, bytes(altered), INFO)


@pytest.mark.parametrize("how", Sealing)
def test_a_key_of_another_way_or_of_none_is_refused(how: Sealing) -> None:
    others = [a_key(other)[1] for other in Sealing if other is not how]
    for public in (*others, b"", a_key(how)[1][:-1], bytes(len(a_key(how)[1]))):
        with pytest.raises(RecipientError):
            check_key(how, public)


@pytest.mark.parametrize("how", Sealing)
def test_a_sealed_message_has_six_lengths_up_to_32_kib_whatever_the_way(how: Sealing) -> None:
    private, public = a_key(how)
    context = SealContext("shelter-one", "key-1", "0" * 26, "profile/shelter/1.0")

    def message(length: int) -> SealedMessage:
        return seal_to(public, context, b"x" * length, RING, how)

    again = SealedMessage.from_bytes(message(5000).to_bytes())
    assert open_from(private, RING.message_public_key(), "shelter-one", again) == b"x" * 5000
    lengths = {len(message(length).to_bytes()) for length in (0, 1, 1000, 1025, 2049, 5000, 9000, 16385, 32768)}
    assert len(lengths) == 6


def test_any_jose_library_opens_the_jwe() -> None:
    private, public = a_key(Sealing.JWE)
    box = boxed(Sealing.JWE, public, b"a narrative", INFO)
    header = json.loads(urlsafe_b64decode(box.split(b".")[0] + b"=="))
    assert (header["alg"], header["enc"], header["epk"]["crv"]) == ("ECDH-ES+A256KW", "A256GCM", "P-256")
    assert isinstance(private, EllipticCurvePrivateKey)
    key = ECKey.import_key(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert jwe.decrypt_compact(box, key, algorithms=["ECDH-ES+A256KW", "A256GCM"]).plaintext == b"a narrative"


def jwe_verdicts() -> tuple[int, list[int]]:
    """Open every Wycheproof JWE with the two algorithms we allow; which were opened."""
    ran, opened = 0, []
    for group in json.loads(vector("wycheproof", "json_web_encryption_test.json").read_text())["testGroups"]:
        key = import_key(group["private"])
        for case in group["tests"]:
            ran += 1
            try:
                plain = jwe.decrypt_compact(case["jwe"], key, algorithms=["ECDH-ES+A256KW", "A256GCM"]).plaintext
            except (JoseError, ValueError, TypeError, AttributeError, InvalidTag):
                continue
            assert case["result"] == "valid"
            assert plain == bytes.fromhex(case["pt"])
            opened.append(case["tcId"])
    return ran, opened


def test_every_wycheproof_jwe_but_the_one_in_our_algorithms_is_refused(
    record_property: Callable[[str, object], None],
) -> None:
    ran, opened = jwe_verdicts()
    assert (ran, opened) == (139, [66])
    record_property("table", f"Wycheproof JWE: {ran} vectors, {len(opened)} opened")


RFC_9180_A_1_1: Final = {
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "skRm": "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
    "enc": "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
    "aad": "436f756e742d30",
    "pt": "4265617574792069732074727574682c20747275746820626561757479",
    "ct": "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
}


def test_the_library_opens_the_vector_of_rfc_9180() -> None:
    """Appendix A.1.1, sequence number 0; it has associated data, which only the library's own tests can give."""
    given = {name: bytes.fromhex(value) for name, value in RFC_9180_A_1_1.items()}
    suite, key = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM), given["skRm"]
    box = given["enc"] + given["ct"]
    opened = openssl.hpke._decrypt_with_aad  # The library offers associated data to its own tests alone.
    private = X25519PrivateKey.from_private_bytes(key)
    assert opened(suite, box, private, given["info"], given["aad"]) == given["pt"]
    with pytest.raises(InvalidTag):
        opened(suite, box, private, given["info"], b"")
