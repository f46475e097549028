"""Hides the length of a document among few size classes before it is sealed.

Content is filled up to the next power of two from 1 KiB: an exact length tells 11 bits about a narrative, its class
1.4. One marker byte stands outside the class, so that a document of exactly 32 KiB still belongs to the 32 KiB class.
Layout: content, 0x80, zeros (ISO/IEC 7816-4). Never pad after sealing: it would be seen.
"""

from gateway.core.errors import RecipientError

SMALLEST_CLASS = 1024
_MARKER = b"\x80"


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
