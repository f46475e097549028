"""What is given of a client that proves itself by certificates: read, and refused where it is of another kind."""

from collections.abc import Mapping

from gateway.admin.answers import BadRequestError
from gateway.core.access.certificates import (
    Certificate,
    CertificateError,
    CertificateName,
    NameKind,
    certificate_name,
    read_pem,
)
from gateway.core.errors import RegistrationRefusedError
from schemas.documents import Document, Json

_BY_CERTIFICATE = frozenset({"certificates", "names"})
_BY_KEY = frozenset({"jwks", "expires"})


def is_certified(given: Document, *, certified: bool) -> bool:
    """Return `certified`, once what is given is of that kind and no other. Raises BadRequestError."""
    unfitting = given.keys() & (_BY_KEY if certified else _BY_CERTIFICATE)
    if unfitting:
        raise BadRequestError(f"/{min(unfitting)}", "not_in_this_mode")
    return certified


def certificates(given: Document) -> list[Certificate]:
    """Return the certificates, each written in PEM. Raises RegistrationRefusedError."""
    listed = given.get("certificates", [])
    if "PRIVATE KEY" in str(listed):
        raise RegistrationRefusedError("private_key_given")
    try:
        return [read_pem(str(pem).encode()) for pem in (listed if isinstance(listed, list) else [None])]
    except CertificateError as error:
        raise RegistrationRefusedError(f"certificate_{error}") from None


def names(given: Document) -> list[CertificateName]:
    """Return what a certificate must say, each an object of kind and value. Raises BadRequestError."""
    listed = given.get("names", [])
    try:
        return [_name(name) for name in (listed if isinstance(listed, list) else [None])]
    except (CertificateError, ValueError):
        raise BadRequestError("/names/*", "unknown_code") from None


def _name(given: Json) -> CertificateName:
    name = given if isinstance(given, Mapping) else {}
    return certificate_name(NameKind(str(name.get("kind"))), str(name.get("value")))
