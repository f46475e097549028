"""A receipt as C2SP tlog-proof: written, read back, proven, and refused where anything of it is not so."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.checkpoint import Checkpoint, VerifierKey, note, parse_note, signed
from consent.cosignature import WitnessKey, cosignature
from consent.errors import ConsentError, Fault, UnreadableRecordError
from consent.export import proven_receipt
from consent.merkle import appended, leaf_hash
from consent.tlog_proof import parse_tlog_proof, tlog_proof

PRIVATE, WITNESS = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
KEY = VerifierKey("log.example", PRIVATE.public_key().public_bytes_raw())
WITNESS_KEY = WitnessKey("w.example", WITNESS.public_key().public_bytes_raw())
LEAVES = [b'{"n":%d}' % number for number in range(11)]


def _none(level: int, index: int) -> bytes:
    raise KeyError((level, index))


GROWN = appended(0, [leaf_hash(leaf) for leaf in LEAVES], _none)
CHECKPOINT = Checkpoint(KEY.name, GROWN.size, GROWN.root)
NOTE = signed(CHECKPOINT, KEY, PRIVATE.sign)


def proof(index: int = 4, text: str = NOTE) -> str:
    return tlog_proof(LEAVES[index], index, GROWN.inclusion_proof(index), text)


def test_it_is_written_as_the_standard_says() -> None:
    lines = proof().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 4"
    assert proof().endswith("\n\n" + NOTE)


@pytest.mark.parametrize("index", range(11))
def test_every_entry_is_proven(index: int) -> None:
    receipt = proven_receipt(proof(index), KEY)
    assert (receipt.leaf, receipt.index, receipt.checkpoint) == (LEAVES[index], index, CHECKPOINT)


def test_an_only_entry_has_an_empty_path() -> None:
    head = Checkpoint(KEY.name, 1, leaf_hash(LEAVES[0]))
    assert proven_receipt(tlog_proof(LEAVES[0], 0, (), signed(head, KEY, PRIVATE.sign)), KEY).index == 0


def test_witnesses_are_asked_for_where_they_are_named() -> None:
    own = parse_note(NOTE)
    cosigned = note(own.body, [*own.signatures, cosignature(CHECKPOINT, WITNESS_KEY, 1_930_000_000, WITNESS.sign)])
    assert proven_receipt(proof(text=cosigned), KEY, [WITNESS_KEY], 1).index == 4
    with pytest.raises(ConsentError, match=Fault.WITNESSES_MISSING):
        proven_receipt(proof(), KEY, [WITNESS_KEY], 1)


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text.replace("index 4", "index 5"),
        lambda text: text.replace("index 4", "index 04"),
        lambda text: text.replace("extra ", "extra AA"),
        lambda text: text.replace(text.split("\n")[1] + "\n", ""),
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("\n\n", "\n", 1),
        lambda text: text.replace(text.split("\n")[3], "?"),
        lambda text: text.replace(text.split("\n")[3], "A" * 43 + "="),
        lambda text: text.replace("\n11\n", "\n12\n"),
    ],
    ids=["place", "zero", "extra", "no extra", "version", "no blank", "no hash", "another hash", "another size"],
)
def test_a_changed_one_is_refused(changed: Callable[[str], str]) -> None:
    assert changed(proof()) != proof()
    with pytest.raises(ConsentError):
        proven_receipt(changed(proof()), KEY)


def test_what_has_no_entry_with_it_is_unreadable() -> None:
    with pytest.raises(UnreadableRecordError):
        parse_tlog_proof("c2sp.org/tlog-proof@v1\nindex 0\n\nnote")
    assert parse_tlog_proof(proof()).path == GROWN.inclusion_proof(4)
