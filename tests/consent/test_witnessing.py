"""How a witness judges what a log sends (C2SP tlog-witness): it vouches for what continues the tree it knows."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.checkpoint import Checkpoint, VerifierKey, signed
from consent.errors import ConsentError, Fault, ProofError, SignatureError, UnreadableRecordError
from consent.merkle import EMPTY_ROOT, TreeHead, appended, consistency_proof, leaf_hash
from consent.witnessing import OtherTreeError, Submission, judged, parse_submission, submission

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey("log.example", PRIVATE.public_key().public_bytes_raw())
NOTHING = TreeHead(0, EMPTY_ROOT)


LONG = "old 1\n" + ("A" * 43 + "=\n") * 64 + "\nnote"


class Log:
    """A log that can show any of its states, and prove that one continues another."""

    def __init__(self, name: str, size: int) -> None:
        self.hashes = [leaf_hash(f"{name} {number}".encode()) for number in range(size)]
        self.nodes = {(level, index): digest for level, index, digest in appended(0, self.hashes, _none).nodes}

    def head(self, size: int) -> TreeHead:
        return appended(0, self.hashes[:size], _none).head

    def sent(self, older: int, size: int) -> Submission:
        proof = consistency_proof(older, size, lambda level, index: self.nodes[level, index]) if older else ()
        head = self.head(size)
        return Submission(older, proof, signed(Checkpoint(KEY.name, size, head.root), KEY, PRIVATE.sign))


def _none(level: int, index: int) -> bytes:
    raise KeyError((level, index))


LOG, OTHER = Log("one", 40), Log("other", 40)


def test_every_step_of_one_log_is_vouched_for() -> None:
    for older, size in pairwise((0, 1, 2, 7, 8, 8, 31, 40)):
        known = LOG.head(older) if older else NOTHING
        assert judged(LOG.sent(older, size), known, KEY).head == LOG.head(size)


def test_a_second_version_of_the_log_is_not_whatever_its_size() -> None:
    for size in (8, 9, 40):
        with pytest.raises((OtherTreeError, ProofError)):
            judged(OTHER.sent(8, size), LOG.head(8), KEY)


def test_a_log_that_is_shown_shorter_than_it_was_is_not_vouched_for() -> None:
    with pytest.raises(UnreadableRecordError):
        judged(Submission(40, (), LOG.sent(0, 8).note), LOG.head(40), KEY)
    with pytest.raises(OtherTreeError) as told:
        judged(LOG.sent(8, 8), LOG.head(40), KEY)
    assert told.value.size == 40


def test_who_does_not_know_where_the_witness_is_is_told() -> None:
    with pytest.raises(OtherTreeError) as told:
        judged(LOG.sent(0, 40), LOG.head(31), KEY)
    assert (told.value.fault, told.value.size) == (Fault.OLDER_TREE_OTHER, 31)


@pytest.mark.parametrize(
    "proof",
    [
        lambda proof: (),
        lambda proof: proof[:-1],
        lambda proof: (bytes(32), *proof[1:]),
        lambda proof: (*proof, proof[0]),
    ],
    ids=["none", "short", "another", "long"],
)
def test_without_the_whole_proof_nothing_is_vouched_for(
    proof: Callable[[tuple[bytes, ...]], tuple[bytes, ...]],
) -> None:
    sent = LOG.sent(7, 31)
    with pytest.raises(ProofError):
        judged(Submission(7, proof(sent.proof), sent.note), LOG.head(7), KEY)


def test_the_first_checkpoint_of_a_log_has_no_proof() -> None:
    with pytest.raises(ProofError):
        judged(Submission(0, (bytes(32),), LOG.sent(0, 7).note), NOTHING, KEY)


def test_what_another_key_signed_is_not_looked_at() -> None:
    with pytest.raises(SignatureError):
        judged(LOG.sent(0, 7), NOTHING, VerifierKey(KEY.name, bytes(31) + b"\x01"))


def test_what_was_written_reads_back() -> None:
    sent = LOG.sent(7, 31)
    text = submission(sent.older, sent.proof, sent.note)
    assert text.startswith("old 7\n")
    assert parse_submission(text) == sent
    first = LOG.sent(0, 7)
    assert parse_submission(submission(0, (), first.note)) == first


@pytest.mark.parametrize(
    "text",
    ["", "old 1", "old 01\n\nnote", "old -1\n\nnote", "new 1\n\nnote", "old 1\n?\n\nnote", "old 1\nAAAA\n\nnote", LONG],
)
def test_what_is_no_submission_is_refused(text: str) -> None:
    with pytest.raises(ConsentError):
        parse_submission(text)
