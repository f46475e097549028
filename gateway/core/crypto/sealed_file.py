r"""A file, sealed by the sender's own client to the recipient in pieces: the gateway carries it and cannot read it.

    file      = "gx-file-1" LF, length of box (4 bytes), box, pieces
    box       = key (32 bytes) || length of the content (8), sealed in the way the recipient's key is registered for
    info      = "referral-gateway/file/1" LF recipient                                  (gateway.core.boxes)
    content   = the file, then zeros up to its size class                               (gateway.core.crypto.padding)
    piece     = AES-256-GCM of 64 KiB of content (the last may be shorter), 16 bytes longer
    nonce     = zeros (7 bytes) || number of the piece (4) || 1 for the last, else 0    (STREAM)
    AAD       = SHA-256 of everything before the pieces

The key is used for one file, so a nonce is used once. A piece that is missing, moved, doubled or of another file does
not open, and neither does a file that was cut off behind a piece. What of it is true is known piece by piece: keep
nothing of a file that raised. Who sealed it is not proven; the message that names its digest is signed by the gateway.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.core.boxes import PrivateKey, Sealing, boxed, unboxed
from gateway.core.crypto.padding import size_class
from gateway.core.errors import RecipientError, SenderError

MARK: Final = b"gx-file-1\n"
LARGEST: Final = 2**27
"""Bytes of one file before it is sealed."""

_PIECE: Final = 65_536
_TAG: Final = 16
_KEY: Final = 32
_LENGTH: Final = 8
_BOX_LENGTH: Final = 4
_LONGEST_BOX: Final = 4_096
_LABEL: Final = "referral-gateway/file/1"


class FileTooLargeError(SenderError):
    """A file is longer than can be sealed, or its length changed while it was."""


@dataclass(frozen=True, slots=True)
class SealedFile:
    """What a referral says of a sealed file: the length and the SHA-256 (in hex) of its sealed bytes."""

    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Cipher:
    """The key of one file, and what its pieces are bound to."""

    aead: AESGCM
    bound: bytes

    def seal(self, number: int, content: bytes, *, last: bool) -> bytes:
        return self.aead.encrypt(_nonce(number, last=last), content, self.bound)

    def open(self, number: int, piece: bytes, *, last: bool) -> bytes:
        try:
            return self.aead.decrypt(_nonce(number, last=last), piece, self.bound)
        except (InvalidTag, ValueError):
            raise _closed() from None


def seal_file(source: BinaryIO, into: Callable[[bytes], object], recipient: tuple[str, Sealing, bytes]) -> SealedFile:
    """Seal what is left of a seekable file, a piece at a time, to (agency id, way, public key).

    Randomness is the library's own. Raises FileTooLargeError, RecipientError.
    """
    agency, how, public_key = recipient
    length = _left(source)
    if length > LARGEST:
        raise FileTooLargeError("a file is longer than can be sealed")
    key = AESGCM.generate_key(8 * _KEY)
    box = boxed(how, public_key, key + length.to_bytes(_LENGTH), _info(agency))
    header = MARK + len(box).to_bytes(_BOX_LENGTH) + box
    cipher, digest, written = _Cipher(AESGCM(key), sha256(header).digest()), sha256(header), len(header)
    into(header)
    for number, content, last in _padded(source, length):
        piece = cipher.seal(number, content, last=last)
        digest.update(piece)
        written += len(piece)
        into(piece)
    return SealedFile(written, digest.hexdigest())


def open_file(source: BinaryIO, into: Callable[[bytes], object], recipient: str, key: PrivateKey) -> int:
    """Open a sealed file, a piece at a time; how long it was. Raises RecipientError for every fault alike.

    What was handed to `into` before it raised is a part of a file that somebody altered: keep none of it.
    """
    start = source.read(len(MARK) + _BOX_LENGTH)
    box_length = int.from_bytes(start[len(MARK) :])
    if start[: len(MARK)] != MARK or not 0 < box_length <= _LONGEST_BOX:
        raise _closed()
    box = source.read(box_length)
    told = unboxed(key, box, _info(recipient))
    length = int.from_bytes(told[_KEY:])
    if len(told) != _KEY + _LENGTH or length > LARGEST:
        raise _closed()
    cipher, rest = _Cipher(AESGCM(told[:_KEY]), sha256(start + box).digest()), length
    for number, size, last in _layout(length):
        content = cipher.open(number, source.read(size + _TAG), last=last)
        if any(content[rest:]):
            raise _closed()
        into(content[:rest])
        rest -= min(rest, size)
    if source.read(1):
        raise _closed()
    return length


def _padded(source: BinaryIO, length: int) -> Iterator[tuple[int, bytes, bool]]:
    """Yield each piece of content with its number, filled up, and whether it is the last."""
    rest = length
    for number, size, last in _layout(length):
        content = source.read(min(size, rest))
        if len(content) != min(size, rest):
            raise FileTooLargeError("a file became shorter while it was sealed")
        rest -= len(content)
        yield number, content.ljust(size, b"\0"), last


def _layout(length: int) -> Iterator[tuple[int, int, bool]]:
    """Yield number and size of each piece of a file of that length, and whether it is the last."""
    whole = size_class(length)
    count = -(-whole // _PIECE)
    for number in range(count):
        yield number, min(_PIECE, whole - number * _PIECE), number == count - 1


def _left(source: BinaryIO) -> int:
    here = source.tell()
    length = source.seek(0, 2) - here
    source.seek(here)
    return length


def _nonce(number: int, *, last: bool) -> bytes:
    return bytes(7) + number.to_bytes(4) + bytes([last])


def _info(recipient: str) -> bytes:
    return f"{_LABEL}\n{recipient}".encode()


def _closed() -> RecipientError:
    return RecipientError("the sealed file does not open: not for this recipient, cut off, or altered")
