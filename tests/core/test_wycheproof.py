"""The primitives we build on, against C2SP's Wycheproof: a change of library or platform that breaks one is seen here.

The counts are pinned, so that a filter that has gone wrong cannot pass by running nothing.
"""

import hmac
import json
from collections.abc import Iterator

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from samples import vector

Case = dict[str, str]


def cases(name: str) -> Iterator[tuple[dict[str, object], Case]]:
    document = json.loads(vector("wycheproof", f"{name}_test.json").read_text())
    for group in document["testGroups"]:
        for case in group["tests"]:
            yield group, case


def raw(case: Case, member: str) -> bytes:
    return bytes.fromhex(case[member])


def test_aes_256_gcm_with_our_nonce_and_tag_length() -> None:
    ran = 0
    for group, case in cases("aes_gcm"):
        if (group["keySize"], group["ivSize"], group["tagSize"]) != (256, 96, 128):
            continue
        ran += 1
        cipher, sealed = AESGCM(raw(case, "key")), raw(case, "ct") + raw(case, "tag")
        if case["result"] == "valid":
            assert cipher.decrypt(raw(case, "iv"), sealed, raw(case, "aad")) == raw(case, "msg")
            assert cipher.encrypt(raw(case, "iv"), raw(case, "msg"), raw(case, "aad")) == sealed
        else:
            with pytest.raises(InvalidTag):
                cipher.decrypt(raw(case, "iv"), sealed, raw(case, "aad"))
    assert ran == 66


def test_hmac_sha256_of_both_libraries() -> None:
    ran = 0
    for _, case in cases("hmac_sha256"):
        ran += 1
        keyed = HMAC(raw(case, "key"), SHA256())
        keyed.update(raw(case, "msg"))
        made, tag = keyed.finalize(), raw(case, "tag")
        assert made == hmac.digest(raw(case, "key"), raw(case, "msg"), "sha256")
        assert hmac.compare_digest(made[: len(tag)], tag) is (case["result"] == "valid")
    assert ran == 174


def test_hkdf_sha256_expand_after_a_plain_extract() -> None:
    ran = 0
    for _, case in cases("hkdf_sha256"):
        ran += 1
        pseudorandom = hmac.digest(raw(case, "salt") or bytes(32), raw(case, "ikm"), "sha256")
        length = int(case["size"])
        if case["result"] == "valid":
            assert HKDFExpand(SHA256(), length, raw(case, "info")).derive(pseudorandom) == raw(case, "okm")
        else:
            with pytest.raises(ValueError, match="larger"):
                HKDFExpand(SHA256(), length, raw(case, "info"))
    assert ran == 86


def test_x25519_agrees_or_refuses_a_zero_secret() -> None:
    ran = refused = 0
    for _, case in cases("x25519"):
        ran += 1
        private, public = X25519PrivateKey.from_private_bytes(raw(case, "private")), raw(case, "public")
        if raw(case, "shared") == bytes(32):
            refused += 1
            with pytest.raises(ValueError, match="Error computing shared key"):
                private.exchange(X25519PublicKey.from_public_bytes(public))
        else:
            assert private.exchange(X25519PublicKey.from_public_bytes(public)) == raw(case, "shared")
    assert (ran, refused) == (518, 31)


def test_ed25519_accepts_the_valid_and_nothing_else() -> None:
    ran = 0
    for group, case in cases("ed25519"):
        ran += 1
        public = group["publicKey"]
        assert isinstance(public, dict)
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public["pk"]))
        if case["result"] == "valid":
            key.verify(raw(case, "sig"), raw(case, "msg"))
        else:
            with pytest.raises(InvalidSignature):
                key.verify(raw(case, "sig"), raw(case, "msg"))
    assert ran == 151
