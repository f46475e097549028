"""base64url without padding, as keys and signatures are written (RFC 7515, section 2)."""

import base64


def base64url(data: bytes) -> str:
    """Write bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64(text: str) -> bytes:
    """Read what `base64url` wrote; the alphabet was checked by a schema."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
