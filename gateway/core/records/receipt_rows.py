"""A recipient's signed receipt as it is written down (`gateway.core.signed_receipts`)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignedReceiptRow:
    """`sealed` is the receipt under her data key; `event` is that of the leaf that commits to it."""

    message: str
    person: bytes
    event: str
    sealed: bytes
