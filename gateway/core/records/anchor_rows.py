"""What somebody outside said of a checkpoint, as a row. Nothing about anybody."""

from dataclasses import dataclass
from datetime import datetime

from schemas.vocabulary import Coded


class AnchorKind(Coded):
    """What somebody outside can say of a checkpoint."""

    COSIGNATURE = "cosignature", "A witness saw that it continues what it saw before."
    TIME_STAMP = "time_stamp", "An authority saw it at that time (RFC 3161)."


@dataclass(frozen=True, slots=True)
class AnchorRow:
    """One checkpoint as somebody outside saw it.

    `content` is the signature line of a witness, or the answer of a time-stamping authority (DER), byte for byte.
    """

    kind: AnchorKind
    by: str
    size: int
    at: datetime
    note: str
    content: bytes
