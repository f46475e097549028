"""Commitments: they bind, they are keyed, and their bytes never change."""

import hmac
import json
from pathlib import Path

import pytest
from rings import bytes_from

from gateway.core.commitments import Committed, check_commitment, commitment
from gateway.core.errors import Defect, OperatorError

PINS = json.loads((Path(__file__).parent / "pins" / "commitments.json").read_text())
KEY = bytes_from("leaf")


@pytest.mark.parametrize("pin", PINS, ids=[pin["label"] for pin in PINS])
def test_the_bytes_of_a_commitment_are_pinned(pin: dict[str, str]) -> None:
    made = commitment(bytes.fromhex(pin["leaf_key"]), Committed(pin["label"]), bytes.fromhex(pin["message"]))
    assert made.hex() == pin["commitment"]


def test_every_label_is_pinned() -> None:
    assert {pin["label"] for pin in PINS} == set(Committed)


def test_an_auditor_needs_only_the_standard_library() -> None:
    framed = b"referral-gateway/commitment/1\0inbound\0body"
    assert commitment(KEY, Committed.INBOUND, b"body") == hmac.new(KEY, framed, "sha256").digest()


def test_other_key_label_or_message_gives_another_commitment() -> None:
    made = [
        commitment(key, label, message)
        for key in (KEY, bytes_from("other leaf"))
        for label in Committed
        for message in (b"", b"m", b"\0m")
    ]
    assert len(set(made)) == len(made)


def test_the_right_message_passes_the_check() -> None:
    check_commitment(KEY, Committed.RECORD, b"m", commitment(KEY, Committed.RECORD, b"m"))


@pytest.mark.parametrize(
    ("key", "label", "message"),
    [(KEY, Committed.RECORD, b"n"), (KEY, Committed.RECEIPT, b"m"), (bytes_from("other leaf"), Committed.RECORD, b"m")],
    ids=["message", "label", "key"],
)
def test_a_wrong_one_does_not(key: bytes, label: Committed, message: bytes) -> None:
    with pytest.raises(OperatorError):
        check_commitment(key, label, message, commitment(KEY, Committed.RECORD, b"m"))


def test_no_flipped_bit_passes_the_check() -> None:
    claimed = bytearray(commitment(KEY, Committed.RECORD, b"m"))
    for bit in range(len(claimed) * 8):
        claimed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(OperatorError):
            check_commitment(KEY, Committed.RECORD, b"m", bytes(claimed))
        claimed[bit // 8] ^= 1 << bit % 8
    check_commitment(KEY, Committed.RECORD, b"m", bytes(claimed))


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_leaf_key_of_another_length_is_a_defect(length: int) -> None:
    with pytest.raises(Defect):
        commitment(b"k" * length, Committed.RECORD, b"m")
