"""The Client-Cert header (RFC 9440): the certificate that a client showed to the proxy that ended its TLS.

What comes here was taken from the proxy's own socket (`gateway.core.callers.CERTIFICATES`). It is read as strictly as
if it had not been: one value, one byte sequence, bounded.
"""

import binascii
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from gateway.core.access.certificates import LARGEST, Certificate, CertificateError, read_certificate
from gateway.oauth.caches import Bounded
from gateway.oauth.errors import UnverifiableError, Why

_LONGEST: Final = 4 * (LARGEST + 2) // 3 + 2
_BYTE_SEQUENCE: Final = re.compile(r":([A-Za-z0-9+/]+={0,2}):")
"""RFC 8941 section 3.3.5, as RFC 9440 section 2.2 narrows it: no parameters."""
_REMEMBERED: Final = 1024


class ClientCertificates:
    """Reads certificates, and remembers those it has read by their exact text. Safe between threads."""

    def __init__(self) -> None:
        self._read: Bounded[str, Certificate] = Bounded(_REMEMBERED)

    def shown(self, headers: Sequence[str], at: datetime) -> Certificate:
        """Return the certificate these header values hold, which must be in force. Raises `UnverifiableError`."""
        if len(headers) != 1:
            raise UnverifiableError(Why.REPEATED if headers else Why.NO_CERTIFICATE)
        certificate = self._read.get(headers[0])
        if certificate is None:
            certificate = _read(headers[0])
            self._read.put(headers[0], certificate)
        if not certificate.is_in_force(at):
            raise UnverifiableError(Why.NOT_IN_FORCE)
        return certificate


def _read(header: str) -> Certificate:
    found = _BYTE_SEQUENCE.fullmatch(header) if len(header) <= _LONGEST else None
    if found is None:
        raise UnverifiableError(Why.CERTIFICATE)
    try:
        return read_certificate(binascii.a2b_base64(found[1], strict_mode=True))
    except (binascii.Error, CertificateError):
        raise UnverifiableError(Why.CERTIFICATE) from None
