"""Hides the length of a document among few size classes before it is sealed.

Content is filled up to the next power of two from 1 KiB: an exact length tells 11 bits about a narrative, its class
1.4. One marker byte stands outside the class, so that a document of exactly 32 KiB still belongs to the 32 KiB class.
Layout: content, 0x80, zeros (ISO/IEC 7816-4). Never pad after sealing: it would be seen.
"""

from gateway.core.errors import RecipientError

SMALLEST_CLASS = 1024
_MARKER = b"\x80"
_SMALL, _STEP = 64, 256


def size_class(length: int) -> int:
    """Bytes of the class that `length` bytes of content fall into: a power of two, at least 1024."""
    return max(SMALLEST_CLASS, 1 << (length - 1).bit_length())


def pad(content: bytes) -> bytes:
    """Fill up to the size class; the result is one byte longer than the class."""
    return (content + _MARKER).ljust(size_class(len(content)) + 1, b"\0")


def unpad(padded: bytes) -> bytes:
    """Give back the content. Raises RecipientError unless these are exactly the bytes that `pad` makes of it."""
    content = padded.rstrip(b"\0")[:-1]
    if pad(content) != padded:
        raise RecipientError("the padding of the opened message is not ours")
    return content


def fill(content: bytes) -> bytes:
    """Fill up what lies at rest; the marker stands inside the class.

    The classes are finer than a document's on its way: 64, 256, 512, 768 and 1024 bytes, then powers of two. There are
    millions of these values, most of them references and records of a consent.
    """
    length = len(content) + 1
    least = _SMALL if length <= _SMALL else -(-length // _STEP) * _STEP
    return (content + _MARKER).ljust(least if least <= SMALLEST_CLASS else size_class(length), b"\0")


def unfill(filled: bytes) -> bytes:
    """Give back the content. Raises ValueError unless these are exactly the bytes that `fill` makes of it."""
    content = filled.rstrip(b"\0")[:-1]
    if fill(content) != filled:
        raise ValueError
    return content
