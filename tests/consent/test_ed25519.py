"""The verifier against Wycheproof, against the library that the gateway signs with, and against forgery."""

import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import vector

from consent.ed25519 import verify
from consent.errors import Fault, SignatureError

ORDER = 2**252 + 27742317777372353535851937790883648493
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()


def disagreements(check: Callable[[bytes, bytes, bytes], None]) -> tuple[int, list[int]]:
    """Count the vectors and give the ids of those whose verdict is not ours."""
    document = json.loads(vector("wycheproof", "ed25519_test.json").read_text())
    count, wrong = 0, []
    for group in document["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            count += 1
            try:
                check(public, bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))
                verdict = "valid"
            except SignatureError:
                verdict = "invalid"
            if verdict != case["result"]:
                wrong.append(case["tcId"])
    return count, wrong


def test_every_wycheproof_vector_gets_its_verdict() -> None:
    assert disagreements(verify) == (151, [])


def test_canary_a_verifier_that_takes_malleable_signatures_disagrees_with_wycheproof() -> None:
    def lenient(public: bytes, message: bytes, signature: bytes) -> None:
        scalar = int.from_bytes(signature[32:], "little") % ORDER
        verify(public, message, signature[:32] + scalar.to_bytes(32, "little"))

    assert disagreements(lenient)[1]


@settings(max_examples=16, deadline=None, derandomize=True, database=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_it_agrees_with_the_library_that_signs_and_refuses_one_flipped_bit(seed: bytes, text: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(text)
    verify(public, text, signature)
    with pytest.raises(SignatureError):
        verify(public, text, (int.from_bytes(signature) ^ 1 << bit).to_bytes(64))
    with pytest.raises(SignatureError, match=Fault.SIGNATURE_WRONG):
        verify(public, text + b".", signature)
    with pytest.raises(SignatureError, match=Fault.SIGNATURE_WRONG):
        verify(PUBLIC, text, signature)


@pytest.mark.parametrize(
    "encoded",
    [
        (1).to_bytes(32, "little"),  # the identity
        (2**255 - 20).to_bytes(32, "little"),  # order 2: y = -1
        bytes(32),  # order 4: y = 0
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),  # order 8
        (2**255 - 19 + 3).to_bytes(32, "little"),  # y = p + 3, another spelling of the usable point with y = 3
        (1 | 1 << 255).to_bytes(32, "little"),  # x = 0 with a sign
        (2).to_bytes(32, "little"),  # not on the curve
    ],
    ids=["identity", "order-2", "order-4", "order-8", "not-canonical", "minus-zero", "no-point"],
)
def test_a_key_for_which_anybody_could_sign_or_that_is_no_point_is_refused(encoded: bytes) -> None:
    with pytest.raises(SignatureError) as caught:
        verify(encoded, b"", bytes(64))
    assert caught.value.fault is Fault.KEY_NOT_A_POINT


@pytest.mark.parametrize(
    ("public", "signature", "fault"),
    [
        (PUBLIC[:31], KEY.sign(b""), Fault.KEY_LENGTH),
        (PUBLIC, KEY.sign(b"")[:63], Fault.SIGNATURE_LENGTH),
        (PUBLIC, KEY.sign(b"") + b"\0", Fault.SIGNATURE_LENGTH),
        (PUBLIC, bytes(32) + ORDER.to_bytes(32, "little"), Fault.SCALAR_NOT_CANONICAL),
        (PUBLIC, bytes(64), Fault.SIGNATURE_WRONG),
    ],
    ids=["short-key", "short-signature", "long-signature", "scalar-is-the-order", "zeros"],
)
def test_what_is_malformed_is_refused_with_its_fault(public: bytes, signature: bytes, fault: Fault) -> None:
    with pytest.raises(SignatureError) as caught:
        verify(public, b"", signature)
    assert caught.value.fault is fault
