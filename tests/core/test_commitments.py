"""Commitments: they bind, they are keyed, and their bytes never change."""

import hmac
import json
from pathlib import Path

import pytest
from rings import bytes_from

from gateway.core.crypto.commitments import Committed, commitment
from gateway.core.errors import Defect

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


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_leaf_key_of_another_length_is_a_defect(length: int) -> None:
    with pytest.raises(Defect):
        commitment(b"k" * length, Committed.RECORD, b"m")
