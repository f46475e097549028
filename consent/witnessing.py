"""The questions between a log and its witness (C2SP tlog-witness, `add-checkpoint`), and how a witness judges one.

Here is what a witness must look at before it signs, so that anybody can run one and everybody can read what it does.
It reads no file and signs nothing: who keeps the newest checkpoint and the key is the caller.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass

from consent.checkpoint import Checkpoint, VerifierKey, opened
from consent.errors import ConsentError, Fault, ProofError, UnreadableRecordError
from consent.merkle import HASH_BYTES, TreeHead, verify_consistency

__all__ = ["OtherTreeError", "Submission", "judged", "parse_submission", "submission"]

MOST_HASHES = 63
_OLD = re.compile("old (0|[1-9][0-9]{0,18})")


class OtherTreeError(ConsentError):
    """The log does not begin where the witness knows it to end; `size` is what the witness knows.

    With `Fault.OLDER_TREE_OTHER` the log may ask again, from that size. With `Fault.CHECKPOINTS_CONTRADICT` it was
    shown in two versions, and the checkpoint that was refused is the proof of it.
    """

    def __init__(self, fault: Fault, size: int) -> None:
        """Keep what the witness knows."""
        super().__init__(fault)
        self.size = size


@dataclass(frozen=True, slots=True)
class Submission:
    """A checkpoint, and the proof that it continues the tree of `older` leaves. A claim, until it was judged."""

    older: int
    proof: tuple[bytes, ...]
    note: str


def submission(older: int, proof: Sequence[bytes], note: str) -> str:
    """Write what a log sends to a witness."""
    return "".join((f"old {older}\n", *(f"{b64encode(one).decode()}\n" for one in proof), "\n", note))


def parse_submission(text: str) -> Submission:
    """Read what a log sent, by its form alone. Raises `UnreadableRecordError`."""
    head, blank, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    old = _OLD.fullmatch(first)
    if not blank or old is None or len(lines) > MOST_HASHES:
        raise UnreadableRecordError(Fault.SUBMISSION_FORM)
    return Submission(int(old[1]), tuple(_hash(line) for line in lines), note)


def judged(sent: Submission, known: TreeHead, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint that may be cosigned, given the newest one this witness cosigned.

    Raises, in the order of the standard: `SignatureError` (the log did not sign it), `UnreadableRecordError` (the older
    tree is larger), `OtherTreeError` (the witness knows another tree), `ProofError` (it does not continue it).
    """
    checkpoint = opened(sent.note, key)
    if sent.older > checkpoint.size:
        raise UnreadableRecordError(Fault.OLDER_TREE_LARGER)
    if sent.older != known.size:
        raise OtherTreeError(Fault.OLDER_TREE_OTHER, known.size)
    if checkpoint.size == known.size and checkpoint.root != known.root:
        raise OtherTreeError(Fault.CHECKPOINTS_CONTRADICT, known.size)
    if known.size:
        verify_consistency(known, checkpoint.head, sent.proof)
    elif sent.proof:  # Every tree continues the empty one, and there is no proof of it.
        raise ProofError(Fault.PROOF_LENGTH)
    return checkpoint


def _hash(line: str) -> bytes:
    try:
        found = b64decode(line, validate=True)
    except (Base64Error, ValueError) as error:
        raise UnreadableRecordError(Fault.SUBMISSION_FORM) from error
    if len(found) != HASH_BYTES:
        raise UnreadableRecordError(Fault.SUBMISSION_FORM)
    return found
