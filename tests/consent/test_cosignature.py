"""Cosignatures: what a witness signs, and what is believed of it (C2SP tlog-cosignature)."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.checkpoint import Checkpoint, NoteSignature, VerifierKey, note, opened, parse_note, signed
from consent.cosignature import WitnessKey, cosignature, cosigned_at, witnessed
from consent.errors import ConsentError, Fault, SignatureError, UnreadableRecordError

AT = 1_930_000_000
LOG, NEAR, FAR = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2, 3))
LOG_KEY = VerifierKey("log.example", LOG.public_key().public_bytes_raw())
NEAR_KEY = WitnessKey("near.example/w", NEAR.public_key().public_bytes_raw())
FAR_KEY = WitnessKey("far.example/w", FAR.public_key().public_bytes_raw())
CHECKPOINT = Checkpoint("log.example", 7, sha256(b"seven").digest())


def cosigned(*cosignatures: NoteSignature) -> str:
    own = parse_note(signed(CHECKPOINT, LOG_KEY, LOG.sign))
    return note(own.body, [*own.signatures, *cosignatures])


NEAR_SAYS = cosignature(CHECKPOINT, NEAR_KEY, AT, NEAR.sign)
FAR_SAYS = cosignature(CHECKPOINT, FAR_KEY, AT + 60, FAR.sign)


def test_what_is_signed_is_the_moment_and_the_whole_body() -> None:
    """The message of the standard, tried with a library of somebody else's."""
    message = f"cosignature/v1\ntime {AT}\n{CHECKPOINT.body}".encode()
    NEAR.public_key().verify(NEAR_SAYS.signature[8:], message)
    assert int.from_bytes(NEAR_SAYS.signature[:8], "big") == AT


def test_a_witness_key_is_named_by_its_type_too() -> None:
    raw = NEAR_KEY.public_key
    assert NEAR_KEY.key_id == sha256(b"near.example/w\n\x04" + raw).digest()[:4]
    assert WitnessKey.parsed(NEAR_KEY.text) == NEAR_KEY
    for other, text in ((VerifierKey, NEAR_KEY.text), (WitnessKey, LOG_KEY.text)):
        with pytest.raises(UnreadableRecordError):
            other.parsed(text)


def test_a_cosigned_checkpoint_is_still_the_logs_own() -> None:
    assert opened(cosigned(NEAR_SAYS, FAR_SAYS), LOG_KEY) == CHECKPOINT


def test_the_newest_moment_counts() -> None:
    older = cosignature(CHECKPOINT, NEAR_KEY, AT - 9, NEAR.sign)
    assert cosigned_at(cosigned(NEAR_SAYS, older), NEAR_KEY) == datetime.fromtimestamp(AT, UTC)


@pytest.mark.parametrize(
    "claimed",
    [
        FAR_SAYS,
        NoteSignature(NEAR_KEY.name, NEAR_KEY.key_id, FAR_SAYS.signature),
        NoteSignature(NEAR_KEY.name, NEAR_KEY.key_id, (AT + 1).to_bytes(8, "big") + NEAR_SAYS.signature[8:]),
        NoteSignature(NEAR_KEY.name, NEAR_KEY.key_id, NEAR_SAYS.signature[8:]),
        NoteSignature(NEAR_KEY.name, NEAR_KEY.key_id, NEAR.sign(CHECKPOINT.body.encode())),
        cosignature(CHECKPOINT, NEAR_KEY, 1 << 60, NEAR.sign),
        cosignature(Checkpoint("log.example", 8, CHECKPOINT.root), NEAR_KEY, AT, NEAR.sign),
    ],
    ids=["another's", "another's key", "another moment", "no moment", "no header", "no such moment", "another tree"],
)
def test_what_this_witness_did_not_say_is_refused(claimed: NoteSignature) -> None:
    with pytest.raises(SignatureError):
        cosigned_at(cosigned(claimed), NEAR_KEY)


def test_one_wrong_cosignature_spoils_the_right_one_beside_it() -> None:
    wrong = NoteSignature(NEAR_KEY.name, NEAR_KEY.key_id, FAR_SAYS.signature)
    with pytest.raises(SignatureError):
        cosigned_at(cosigned(NEAR_SAYS, wrong), NEAR_KEY)


def test_a_quorum_of_witnesses_is_enough_and_one_less_is_not() -> None:
    both = (NEAR_KEY, FAR_KEY)
    witnessed(cosigned(NEAR_SAYS, FAR_SAYS), both, 2)
    witnessed(cosigned(FAR_SAYS), both, 1)
    with pytest.raises(SignatureError, match=Fault.WITNESSES_MISSING):
        witnessed(cosigned(FAR_SAYS), both, 2)


@pytest.mark.parametrize("again", [NEAR_KEY, replace(NEAR_KEY, name="another.example")], ids=["name", "another name"])
def test_one_witness_named_twice_is_one(again: WitnessKey) -> None:
    """Whoever holds one key may sign under any name; two names are not two witnesses."""
    says = cosignature(CHECKPOINT, again, AT, NEAR.sign)
    text = cosigned(NEAR_SAYS) if again == NEAR_KEY else cosigned(NEAR_SAYS, says)
    with pytest.raises(SignatureError, match=Fault.WITNESSES_MISSING):
        witnessed(text, (NEAR_KEY, again), 2)


def test_a_signature_of_another_length_is_not_written() -> None:
    with pytest.raises(ConsentError):
        cosignature(CHECKPOINT, NEAR_KEY, AT, lambda _: b"short")
