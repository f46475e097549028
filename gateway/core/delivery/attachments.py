"""Bringing the files a referral named, and fetching them: piece by piece, and never one piece more than may leave.

A sender brings the sealed bytes whose length and digest its referral named; they lie in pieces under her data key. When
all are there, and again when the recipient asks for them, everything is looked up and decided anew, and the entry
of the log is committed before a byte leaves. Whatever ends a disclosure deletes its files in the same transaction
(gateway.store.writing.attachments), so who is reading then gets no further piece. Nothing here reads what a file says.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final, Protocol

from consent.policy import Policy
from gateway.core.answers import ROUNDS, Stale
from gateway.core.crypto.sealed_file import MARK
from gateway.core.crypto.sealing import NONCE_BYTES, open_at_rest, seal_at_rest
from gateway.core.deciding_again import decided_again
from gateway.core.delivery.attachment_items import (
    BeginAttachment,
    EmptyAttachment,
    HandOut,
    KeepPiece,
    ReceiveAttachment,
    Standing,
)
from gateway.core.errors import OperatorError, SenderError
from gateway.core.heads import Head
from gateway.core.log.anchors import Outside
from gateway.core.log.leaves import sealed_leaf
from gateway.core.named_files import PIECE, Named, Shelf, Shelved, place_of_piece
from gateway.core.ports import Clock, Directory, Entropy, People, PersonKeys, Recorder

_UPLOAD_BYTES: Final = 16


class FileEndedError(OperatorError):
    """A file ended, or what it rests on moved, while it was read; nothing is wrong with the installation."""


class OtherFileError(SenderError):
    """What is brought is not what the referral named; the message is the rule that was broken."""


class OvertakenError(SenderError):
    """Another request began to bring the same file after this one, and only the last one counts."""


class NotThereYet:
    """A file that its sender has yet to bring."""


@dataclass(frozen=True, slots=True)
class Attachments:
    """Where files are brought and fetched. `largest` is in sealed bytes."""

    shelf: Shelf
    directory: Directory
    people: People
    person_keys: PersonKeys
    policy: Policy
    clock: Clock
    entropy: Entropy
    recorder: Recorder
    outside: Outside
    largest: int

    async def bringing(self, agency: str, referral: str, number: int) -> "Bringing | None":
        """Return how the caller's agency may bring that file of a referral it sent; None where there is none.

        Raises OtherFileError (`too_large`) for one that the installation does not take.
        """
        shelved = self.shelf.of_sender(agency, referral, number)
        if shelved is None:
            return None
        data_key = self.person_keys.of(shelved.parcel.person)
        named = shelved.named(data_key)
        if named.length > self.largest:
            raise OtherFileError("too_large")
        attempt = Bringing(self, shelved, named, data_key, self.entropy.bytes(_UPLOAD_BYTES))
        if not shelved.complete and not await self.recorder.record(BeginAttachment(shelved.id, attempt.upload)):
            return None
        return attempt

    async def fetching(
        self, agency: str, message: str, number: int, fits: Callable[[int], object] = bool
    ) -> "Fetching | NotThereYet | None":
        """Return a file of a message the caller's agency holds, once it is in the log that it has it; None for none.

        `fits` is asked with the file's length before that is written, and raises where nothing of it will leave. Raises
        OperatorError while nobody outside sees the log.
        """
        for _ in range(ROUNDS):
            shelved = self.shelf.of_recipient(agency, message, number, self.clock.now())
            if shelved is None or not shelved.complete:
                return None if shelved is None else NotThereYet()
            self.outside.require(shelved.parcel.stated.ground)
            standing = self._standing(shelved, "attachment.handed_out")
            if standing is None:
                return None
            data_key = self.person_keys.of(shelved.parcel.person)
            found = Fetching(self.shelf, shelved, standing.heads, shelved.named(data_key), data_key)
            fits(found.named.length)
            outcome = await self.recorder.record(HandOut(shelved.id, agency, standing))
            if not isinstance(outcome, Stale):
                return found if outcome else None
            self.people.forget(outcome.heads)
        raise OperatorError("the records a file rests on keep changing")

    async def received(self, brought: Shelved, upload: bytes) -> bool:
        """Say that all of a file is there; False where it may not be any more. Raises OvertakenError."""
        for _ in range(ROUNDS):
            shelved = self.shelf.of_sender(brought.parcel.sender, brought.parcel.referral, brought.number)
            standing = None if shelved is None else self._standing(shelved, "attachment.received")
            if standing is None:
                await self.recorder.record(EmptyAttachment(brought.id, upload))
                return False
            outcome = await self.recorder.record(ReceiveAttachment(brought.id, upload, standing))
            if not isinstance(outcome, Stale):
                return outcome or self.ended(brought)
            self.people.forget(outcome.heads)
        raise OperatorError("the records a file rests on keep changing")

    def ended(self, brought: Shelved) -> bool:
        """Say False of a file that may not be brought any more. Raises OvertakenError where another attempt may."""
        if self.shelf.of_sender(brought.parcel.sender, brought.parcel.referral, brought.number) is not None:
            raise OvertakenError("another attempt to bring this file began later")
        return False

    def _standing(self, shelved: Shelved, kind: str) -> Standing | None:
        """Decide again about the disclosure that names it; None where it may not leave any more."""
        parcel, now = shelved.parcel, self.clock.now()
        again = decided_again(self.directory, self.people, self.policy, parcel, now)
        if again.permit is None:  # No transaction looks at the heads of a no: another node may know better.
            self.people.forget([head.id for head in again.heads])
            again = decided_again(self.directory, self.people, self.policy, parcel, now)
        if again.permit is None:
            return None
        leaf = sealed_leaf(
            self.entropy,
            kind,
            now,
            {
                "sender": parcel.sender,
                "recipient": parcel.recipient,
                "purpose": parcel.purpose.value,
                "size_class": shelved.size_class,
            },
        )
        return Standing(
            again.heads, again.permit.holds_until, replace(leaf, person=parcel.person, referral=parcel.referral)
        )


class _Digest(Protocol):
    """What `hashlib` makes."""

    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


@dataclass(slots=True)
class Bringing:
    """One attempt to bring a file: `take` its bytes as they come, then `end`. Holds one piece, and no more."""

    at: Attachments
    shelved: Shelved
    named: Named
    data_key: bytes = field(repr=False)
    upload: bytes
    came: int = 0
    kept: int = 0
    _digest: _Digest = field(default_factory=sha256, repr=False)
    _held: bytearray = field(default_factory=bytearray, repr=False)

    async def take(self, chunk: bytes) -> bool:
        """Take what came next; False where the file may not be brought any more.

        Raises OtherFileError (`length`, `not_sealed`) as soon as it is seen; nothing of the file is kept then. Raises
        OvertakenError.
        """
        self.came += len(chunk)
        self._digest.update(chunk)
        if self.came > self.named.length:
            raise await self._other("length")
        if self.shelved.complete:  # It came before, and is only compared.
            return True
        self._held += chunk
        while len(self._held) >= PIECE:
            if not await self._kept(bytes(self._held[:PIECE])):
                return False
            del self._held[:PIECE]
        return True

    async def end(self) -> bool:
        """Say that this was all; False where the file may not be brought any more. Again is no harm.

        Raises OtherFileError (`length`, `digest`) where it is not the file that was named, OvertakenError.
        """
        if self.came != self.named.length:
            raise await self._other("length")
        if self._digest.digest() != self.named.digest:
            raise await self._other("digest")
        if self.shelved.complete:
            return True
        if self._held and not await self._kept(bytes(self._held)):
            return False
        return await self.at.received(self.shelved, self.upload)

    async def _kept(self, piece: bytes) -> bool:
        if self.kept == 0 and not piece.startswith(MARK):  # M-09: nothing that could be read here is taken.
            raise await self._other("not_sealed")
        place, nonce = place_of_piece(self.shelved.id, self.kept), self.at.entropy.bytes(NONCE_BYTES)
        sealed = seal_at_rest(self.data_key, place, piece, nonce, length_shows=True)
        keeping = KeepPiece(self.shelved.id, self.upload, self.kept, sealed)
        self.kept += 1
        return await self.at.recorder.record(keeping) or self.at.ended(self.shelved)

    async def _other(self, rule: str) -> OtherFileError:
        if self.kept:
            await self.at.recorder.record(EmptyAttachment(self.shelved.id, self.upload))
        return OtherFileError(rule)


@dataclass(frozen=True, slots=True)
class Fetching:
    """A file that its recipient may have; that it has it is in the log already."""

    shelf: Shelf
    shelved: Shelved
    heads: tuple[Head, ...]
    named: Named
    data_key: bytes = field(repr=False)

    async def bytes_between(self, first: int, last: int) -> AsyncIterator[bytes]:
        """Yield the sealed bytes from one place to another, both included, a piece at a time.

        Raises FileEndedError where the file ended meanwhile, or anything it rests on has moved: what was withdrawn is
        not read to its end, and who asks for the rest is decided about anew.
        """
        for number in range(first // PIECE, last // PIECE + 1):
            kept = await self.shelf.piece(self.shelved.id, number, self.heads)
            if kept is None:
                raise FileEndedError("a file ended while it was fetched")
            piece, start = open_at_rest(self.data_key, place_of_piece(self.shelved.id, number), kept), number * PIECE
            yield piece[max(first - start, 0) : last - start + 1]
