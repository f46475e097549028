"""The one error tree of `consent`, by what a caller must conclude.

No error here carries a value from the data: a fault is a constant sentence, a place is a number.
"""

from enum import StrEnum, unique

__all__ = [
    "ConsentError",
    "Fault",
    "PolicyError",
    "ProofError",
    "ReachableEnforcementError",
    "SignatureError",
    "TamperedLedgerError",
    "UnreadableRecordError",
]


@unique
class Fault(StrEnum):
    """What can be wrong with the log, a proof, a note or a receipt. The value is the sentence for people."""

    HASH_LENGTH = "a hash is not 32 bytes long"
    TREE_SIZE = "a tree size is negative"
    FRONTIER_LENGTH = "the frontier has the wrong number of hashes for a tree of this size"
    INDEX_OUTSIDE_TREE = "the index does not lie inside the tree"
    LEAF_NOT_FRESH = "a proof from an append exists for the appended leaves only"
    OLDER_TREE_EMPTY = "an empty tree is consistent with everything, so nothing can be proven from it"
    OLDER_TREE_LARGER = "the older tree is larger than the newer one"
    PROOF_LENGTH = "the proof has the wrong number of hashes for this place in the tree"
    ROOT_DIFFERS = "the proof leads to another root hash"
    KEY_LENGTH = "an Ed25519 public key is not 32 bytes long"
    SIGNATURE_LENGTH = "an Ed25519 signature is not 64 bytes long"
    KEY_NOT_A_POINT = "the Ed25519 public key is not the canonical encoding of a usable point"
    SCALAR_NOT_CANONICAL = "the Ed25519 signature is not in its canonical form"
    SIGNATURE_WRONG = "the signature is not one of this key over this text"
    SIGNATURE_MISSING = "the note carries no signature of this key"
    ORIGIN_IS_NOT_THE_KEY = "the checkpoint speaks of another log than its key"
    WITNESSES_MISSING = "fewer witnesses vouch for the checkpoint than were asked for"
    COSIGNED_NEVER = "a witness vouches for a moment that no calendar has"
    SUBMISSION_FORM = "the text is not what a log sends to a witness"
    OLDER_TREE_OTHER = "the witness knows the log at another size"
    NOTE_FORM = "the text is not a signed note"
    NAME_FORM = "a key name is empty or holds a space or a plus sign"
    KEY_FORM = "the text is not an Ed25519 verifier key"
    CHECKPOINT_FORM = "the note is not a log checkpoint of three lines"
    LINE_CUT = "the last line is cut off"
    LINE_CONVERTED = "a line ends in a carriage return, so the file was changed on its way"
    LINE_NOT_AN_ENTRY = "a line is not one log entry"
    RECEIPT_FORM = "the file is not a receipt with leaf, index, proof and checkpoint"
    HISTORY_ORDER = "a line does not come after the line before it in the log"
    HISTORY_CHECKPOINT = "a line speaks of another checkpoint than the first line"
    HISTORY_EMPTY = "the file holds no entry"
    ENTRY_TOO_LONG = "an entry has more than 65,535 bytes"
    TILE_MISSING = "a tile or a bundle that the checkpoint asks for is not there"
    TILE_FORM = "a bundle does not hold the entries that its name says"
    TILE_DIFFERS = "a tile is not made of the entries below it"
    CHECKPOINT_DIFFERS = "the export does not agree with a checkpoint"
    CHECKPOINTS_CONTRADICT = "two checkpoints of one size have different roots: the log was shown in two versions"


class ConsentError(Exception):
    """Root of everything this package raises on purpose; `fault` is a member of `Fault` or a constant sentence."""

    def __init__(self, fault: str) -> None:
        """Keep the fault; its sentence is the message."""
        super().__init__(str(fault))
        self.fault = fault


class UnreadableRecordError(ConsentError):
    """Bytes do not have the form that their standard asks for; nothing may be concluded from them.

    `line` counts from 1 and is 0 where the fault has no line.
    """

    def __init__(self, fault: str, line: int = 0) -> None:
        """Keep the fault and its line."""
        super().__init__(fault)
        self.line = line


class ProofError(ConsentError):
    """A well-formed proof does not prove what it was shown for, or a proof that was asked for cannot exist."""


class SignatureError(ProofError):
    """A signature is missing, malformed or wrong. A retry does not help."""


class TamperedLedgerError(ConsentError):
    """The log is not the log that a checkpoint speaks of: an entry was changed, removed, inserted, moved or cut off.

    All three are counts of entries. The log is as it was up to `whole_until` (0: nothing is known to be) and not up
    to `broken_at`, so the damage lies between; `held` is what there is now, fewer than `broken_at` if some are missing.
    """

    def __init__(self, fault: Fault, *, whole_until: int, broken_at: int, held: int) -> None:
        """Keep where the log is still whole and where it is not."""
        super().__init__(fault)
        self.whole_until = whole_until
        self.broken_at = broken_at
        self.held = held


class PolicyError(ConsentError):
    """A country profile is unreadable, or would protect less than the code guarantees. Nothing starts on it."""


class ReachableEnforcementError(PolicyError):
    """Something could reach immigration enforcement (F-01). `agency` is the one that is the matter."""

    def __init__(self, fault: str, agency: str) -> None:
        """Keep the agency; its id is no personal datum, and is not in the message."""
        super().__init__(fault)
        self.agency = agency
