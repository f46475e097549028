"""A shelf without files: attachments are tested on a real database."""

from collections.abc import Sequence
from datetime import datetime

from gateway.core.heads import Head
from gateway.core.named_files import Shelved


class EmptyShelf:
    """`gateway.core.named_files.Shelf` where nothing was ever named."""

    def of_sender(self, agency: str, referral: str, number: int) -> Shelved | None:
        return None

    def of_recipient(self, agency: str, message: str, number: int, now: datetime) -> Shelved | None:
        return None

    async def piece(self, attachment: str, number: int, heads: Sequence[Head]) -> bytes | None:
        return None


class NoAttachments:
    """`gateway.core.records.attachment_rows.AttachmentSteps` where there is none."""

    def begin(self, attachment: str, upload: bytes) -> bool:
        return False

    def keep(self, attachment: str, upload: bytes, number: int, sealed: bytes) -> bool:
        return False

    def empty(self, attachment: str, upload: bytes) -> None:
        return None

    def complete(self, attachment: str, upload: bytes) -> bool:
        return False

    def end(self, message: str) -> None:
        return None

    def may_be_fetched(self, attachment: str, recipient: str) -> bool:
        return False
