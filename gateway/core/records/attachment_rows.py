"""An attachment as a record, and what happens to it inside the writer's transaction (M-09)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """One file that a disclosure names and its sender has yet to bring. `sealed` is its length and digest."""

    id: str
    message: str
    referral: str
    number: int
    person: bytes
    size_class: int
    sealed: bytes
    expires: datetime


class AttachmentSteps(Protocol):
    """What happens to attachments inside the writer's transaction.

    `upload` names one attempt: a later one takes its place, and the earlier one keeps nothing more.
    """

    def begin(self, attachment: str, upload: bytes) -> bool:
        """Begin to bring one, from its first byte; False where it is there already or has ended."""
        ...

    def keep(self, attachment: str, upload: bytes, number: int, sealed: bytes) -> bool:
        """Keep one piece; False where that attempt does not count any more."""
        ...

    def empty(self, attachment: str, upload: bytes) -> None:
        """Forget the pieces of that attempt."""
        ...

    def complete(self, attachment: str, upload: bytes) -> bool:
        """Say that all of it is there; False where that attempt does not count any more."""
        ...

    def end(self, message: str) -> None:
        """Delete the files of a message, whatever became of that (C-15, C-16)."""
        ...

    def may_be_fetched(self, attachment: str, recipient: str) -> bool:
        """Say whether its recipient holds the message still, and all of it is there."""
        ...
