"""Checking what leaves the log: an export of all its entries, and a receipt for one of them.

An export is JSON Lines: each line is the exact bytes of one leaf and a newline, in the order of the log, and nothing
else is in the file. Checkpoints are files of their own, because they must come from somewhere else than the export.
Checking hashes the lines as they stand; it never parses and writes an entry again, so no difference of JSON libraries
can make a true log look false, or a false one true.

A receipt is a JSON object with four members, others being ignored:
`leaf` (the exact leaf as a string, or its base64), `index` (from 0), `proof` (base64 hashes, from the leaf's sibling
upwards) and `checkpoint` (a signed note). A history is JSON Lines of receipts, in the order of the log, all of them
under one checkpoint. A receipt may also be a text of `consent.tlog_proof`.
"""

import json
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from consent.checkpoint import Checkpoint, VerifierKey, opened, unproven
from consent.cosignature import WitnessKey, witnessed
from consent.errors import Fault, ProofError, TamperedLedgerError, UnreadableRecordError
from consent.merkle import TreeHead, from_frontier, leaf_hash, node_hash, root, verify_inclusion
from consent.tlog_proof import HEADER, parse_tlog_proof

__all__ = [
    "Accumulator",
    "History",
    "Receipt",
    "Report",
    "checked_leaves",
    "proven_history",
    "proven_receipt",
    "verified",
]


@dataclass(frozen=True, slots=True)
class Report:
    """What an export holds and how much of it the checkpoints cover.

    `covered` counts the entries, from the first, that are as the checkpoints say; 0 means that nothing was proven.
    What comes after them is well-formed and no more.
    """

    head: TreeHead
    covered: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """An entry proven to stand at `index` of the log of `checkpoint`."""

    leaf: bytes
    index: int
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class History:
    """Entries proven to stand, in this order, in the log of one checkpoint."""

    leaves: tuple[bytes, ...]
    checkpoint: Checkpoint


class Accumulator:
    """Takes leaf hashes one after another and knows the head at any moment; its memory is the frontier alone."""

    __slots__ = ("_frontier", "size")

    def __init__(self) -> None:
        """Start with the empty tree."""
        self.size = 0
        self._frontier: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Put one more leaf hash to the right."""
        complete, size = leaf, self.size
        while size & 1:
            complete = node_hash(self._frontier.pop(), complete)
            size >>= 1
        self._frontier.append(complete)
        self.size += 1

    def head(self) -> TreeHead:
        """Fold what was added so far."""
        return TreeHead(self.size, root(self.size, from_frontier(self.size, self._frontier)))


def verified(lines: Iterable[bytes], checkpoints: Sequence[Checkpoint]) -> Report:
    """Check an export against every checkpoint in one pass over its lines, newline included.

    Raises `TamperedLedgerError` with the stretch in which the damage lies, or before reading a line where two
    checkpoints contradict each other, and `UnreadableRecordError` with the line that is not an entry. Without
    checkpoints it can only find the latter: then `covered` is 0.
    """
    return checked_leaves(_leaves(lines), checkpoints)


def checked_leaves(leaves: Iterable[bytes], checkpoints: Sequence[Checkpoint]) -> Report:
    """Check entries, as the log holds them and in its order, against every checkpoint; see `verified`."""
    held = sorted({one.head for one in checkpoints}, key=lambda head: head.size)
    for head, following in pairwise(held):
        if head.size == following.size:
            raise TamperedLedgerError(Fault.CHECKPOINTS_CONTRADICT, whole_until=0, broken_at=head.size, held=0)
    wanted = {head.size for head in held}
    tree = Accumulator()
    heads = {0: tree.head()}
    for leaf in leaves:
        tree.add(leaf_hash(leaf))
        if tree.size in wanted:
            heads[tree.size] = tree.head()
    whole = 0
    for head in held:
        if heads.get(head.size) != head:
            fault = Fault.CHECKPOINT_DIFFERS
            raise TamperedLedgerError(fault, whole_until=whole, broken_at=head.size, held=tree.size)
        whole = head.size
    return Report(tree.head(), whole)


def proven_receipt(
    document: str, key: VerifierKey | None, witnesses: Sequence[WitnessKey] = (), quorum: int = 0
) -> Receipt:
    """Check one receipt: the key vouches for its checkpoint, and its leaf stands in that tree at its index.

    At least `quorum` of the witnesses must vouch for the checkpoint too.

    Raises a `ConsentError`. With `key` None the signature stays unchecked, and the receipt proves only that it fits
    itself. It says nothing of other members of the document, nor whether others are shown the same log.
    """

    def one_note(text: str) -> Checkpoint:
        witnessed(text, witnesses, quorum)
        return unproven(text) if key is None else opened(text, key)

    return _proven(document, one_note)


def proven_history(lines: Iterable[str], key: VerifierKey | None) -> History:
    """Check every line of a history like a receipt: each entry once, in the order of the log, under one checkpoint.

    Raises a `ConsentError`. It proves what is in the file; that nothing was left out of it, nobody can prove.
    """
    notes: dict[str, Checkpoint] = {}

    def one_note(text: str) -> Checkpoint:
        if text in notes:
            return notes[text]
        if notes:
            raise ProofError(Fault.HISTORY_CHECKPOINT)
        notes[text] = unproven(text) if key is None else opened(text, key)
        return notes[text]

    leaves: list[bytes] = []
    last = -1
    for line in lines:
        receipt = _proven(line, one_note)
        if receipt.index <= last:
            raise ProofError(Fault.HISTORY_ORDER)
        last = receipt.index
        leaves.append(receipt.leaf)
    if not notes:
        raise UnreadableRecordError(Fault.HISTORY_EMPTY)
    return History(tuple(leaves), *notes.values())


def _proven(document: str, note: Callable[[str], Checkpoint]) -> Receipt:
    if document.startswith(HEADER):
        given = parse_tlog_proof(document)
        checkpoint = note(given.note)
        verify_inclusion(leaf_hash(given.leaf), given.index, given.path, checkpoint.head)
        return Receipt(given.leaf, given.index, checkpoint)
    match _json(document):
        # True and False are integers to Python, and no index.
        case {"index": bool()}:
            raise UnreadableRecordError(Fault.RECEIPT_FORM)
        case {"leaf": str(leaf), "index": int(index), "proof": list(proof), "checkpoint": str(text)}:
            checkpoint = note(text)
            data = _leaf(leaf)
            verify_inclusion(leaf_hash(data), index, [_base64(one) for one in proof], checkpoint.head)
            return Receipt(data, index, checkpoint)
        case _:
            raise UnreadableRecordError(Fault.RECEIPT_FORM)


def _leaves(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Take the newline off each line, refusing what cannot be an entry."""
    for number, line in enumerate(lines, 1):
        if not line.endswith(b"\n"):
            raise UnreadableRecordError(Fault.LINE_CUT, number)
        leaf = line[:-1]
        if leaf.endswith(b"\r"):
            raise UnreadableRecordError(Fault.LINE_CONVERTED, number)
        # The canonical JSON of an object begins and ends so; more is not asked, the hash sees every byte.
        if not (leaf.startswith(b"{") and leaf.endswith(b"}")):
            raise UnreadableRecordError(Fault.LINE_NOT_AN_ENTRY, number)
        yield leaf


def _json(document: str) -> object:
    try:
        read: object = json.loads(document, object_pairs_hook=_members)
    except (ValueError, RecursionError) as error:
        raise UnreadableRecordError(Fault.RECEIPT_FORM) from error
    return read


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a member that stands twice: people would read one and the check the other."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise UnreadableRecordError(Fault.RECEIPT_FORM)
    return members


def _leaf(text: str) -> bytes:
    """Give the leaf's bytes; the canonical JSON of an object begins with a brace, which base64 never does."""
    try:
        return text.encode() if text.startswith("{") else _base64(text)
    except UnicodeEncodeError as error:
        raise UnreadableRecordError(Fault.RECEIPT_FORM) from error


def _base64(encoded: object) -> bytes:
    if not isinstance(encoded, str):
        raise UnreadableRecordError(Fault.RECEIPT_FORM)
    try:
        return b64decode(encoded, validate=True)
    except (Base64Error, ValueError) as error:
        raise UnreadableRecordError(Fault.RECEIPT_FORM) from error
