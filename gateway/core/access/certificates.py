"""Client certificates (RFC 8705): read strictly, held against what a person registered, believed in nothing else.

A certificate by itself proves nothing: that its sender holds the key was shown to the proxy that ended TLS. Here it is
only said whether it is the registered one (section 2.2) or one that a named authority gave to the registered subject
(section 2.1), and whether it is in force. No certificate is fetched, no name of it is logged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from ipaddress import ip_address
from typing import Final, TypeAlias, assert_never

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification

from gateway.core.encoding import base64url
from gateway.core.errors import OperatorError, SenderError
from schemas.documents import Json
from schemas.vocabulary import Coded

LARGEST: Final = 4096
"""Bytes of a certificate; one with an RSA key of 4096 bits takes some 1500."""

THUMBPRINT: Final = "x5t#S256"
"""Member of a registered key that stands for a certificate (RFC 7517 section 4.9)."""

_RSA_BITS: Final = range(2048, 4097)
_LONGEST_NAME: Final = 512

PublicKey: TypeAlias = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey


class CertificateError(SenderError):
    """Not a certificate, or one whose key is of no kind that is allowed."""


class NameKind(Coded):
    """What an authority's certificate may say of its subject, of which a person registers one (section 2.1.2)."""

    SUBJECT_DN = "subject_dn", "The subject, as RFC 4514 writes it."
    SAN_DNS = "san_dns", "A DNS name of the subject."
    SAN_URI = "san_uri", "A URI of the subject."
    SAN_IP = "san_ip", "An IP address of the subject."
    SAN_EMAIL = "san_email", "A mail address of the subject."


@dataclass(frozen=True, slots=True)
class CertificateName:
    """One registered name, exactly as the certificate must say it."""

    kind: NameKind
    value: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """A readable certificate with an allowed key. `thumbprint` is x5t#S256 (RFC 8705 section 3.1)."""

    thumbprint: str
    parsed: x509.Certificate
    key: PublicKey

    def is_in_force(self, at: datetime) -> bool:
        """Tell whether that moment lies inside its validity, both ends included (RFC 5280 section 4.1.2.5)."""
        return self.parsed.not_valid_before_utc <= at <= self.parsed.not_valid_after_utc

    def names(self, kind: NameKind) -> frozenset[str]:
        """Return what it says of that kind."""
        match kind:
            case NameKind.SUBJECT_DN:
                return frozenset({self.parsed.subject.rfc4514_string()})
            case NameKind.SAN_DNS:
                return frozenset(self._alternatives().get_values_for_type(x509.DNSName))
            case NameKind.SAN_URI:
                return frozenset(self._alternatives().get_values_for_type(x509.UniformResourceIdentifier))
            case NameKind.SAN_IP:
                return frozenset(map(str, self._alternatives().get_values_for_type(x509.IPAddress)))
            case NameKind.SAN_EMAIL:
                return frozenset(self._alternatives().get_values_for_type(x509.RFC822Name))
            case _:
                assert_never(kind)

    def _alternatives(self) -> x509.SubjectAlternativeName:
        try:
            return self.parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
            return x509.SubjectAlternativeName([])


@dataclass(frozen=True, slots=True)
class Authorities:
    """The authorities whose certificates name their subjects truly; without any, only pinned certificates count."""

    roots: tuple[x509.Certificate, ...] = ()

    def last_days(self) -> tuple[date, ...]:
        """Return the last day of each."""
        return tuple(root.not_valid_after_utc.date() for root in self.roots)

    def vouch_for(self, certificate: Certificate, at: datetime) -> bool:
        """Tell whether one of them gave it directly, for client authentication, and it is in force (RFC 5280)."""
        if not self.roots:
            return False
        try:
            _verifier(self.roots, at).verify(certificate.parsed, [])
        except (verification.VerificationError, ValueError):
            return False
        return True


NOBODY: Final = Authorities()
"""No authority is believed."""


def read_certificate(der: bytes) -> Certificate:
    """Read one certificate in DER. Raises CertificateError for anything else, whatever it is."""
    if len(der) > LARGEST:
        raise CertificateError("too_large")
    try:
        parsed = x509.load_der_x509_certificate(der)
        key = parsed.public_key()
        parsed.subject.rfc4514_string()
    except (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm):
        raise CertificateError("unreadable") from None
    match key:
        case RSAPublicKey() if key.key_size in _RSA_BITS:
            pass
        case EllipticCurvePublicKey(curve=SECP256R1() | SECP384R1()) | Ed25519PublicKey():
            pass
        case _:
            raise CertificateError("key")
    return Certificate(base64url(parsed.fingerprint(SHA256())), parsed, key)


def read_pem(pem: bytes) -> Certificate:
    """Read a file that holds exactly one certificate in PEM (RFC 7468). Raises CertificateError."""
    try:
        (found,) = x509.load_pem_x509_certificates(pem)
    except (ValueError, TypeError, x509.InvalidVersion):
        raise CertificateError("unreadable") from None
    return read_certificate(found.public_bytes(Encoding.DER))


def read_authorities(pem: bytes) -> Authorities:
    """Read the operator's file of authorities in PEM. Raises OperatorError where it holds none, or anything else."""
    try:
        roots = tuple(x509.load_pem_x509_certificates(pem))
        verification.Store(list(roots))
    except (ValueError, TypeError, x509.InvalidVersion):
        raise OperatorError("the file of client authorities holds no certificate, or something else") from None
    return Authorities(roots)


def certificate_name(kind: NameKind, value: str) -> CertificateName:
    """Return a name a person gives, in the one form it is compared in. Raises CertificateError."""
    if not (0 < len(value) <= _LONGEST_NAME and value.isascii() and value.isprintable()):
        raise CertificateError("name")
    try:
        match kind:
            case NameKind.SUBJECT_DN:
                value = x509.Name.from_rfc4514_string(value).rfc4514_string()
            case NameKind.SAN_IP:
                value = str(ip_address(value))
            case NameKind.SAN_DNS | NameKind.SAN_URI | NameKind.SAN_EMAIL:
                pass
            case _:
                assert_never(kind)
    except ValueError:
        raise CertificateError("name") from None
    return CertificateName(kind, value)


def is_pinned(certificate: Certificate, keys: Sequence[Mapping[str, object]], at: datetime) -> bool:
    """Tell whether it is one of these registered keys that still count (`public_jwk`)."""
    pinned = [key for key in keys if key.get(THUMBPRINT) == certificate.thumbprint]
    return any(not isinstance(ends := key.get("exp"), int) or at.timestamp() < ends for key in pinned)


def is_named(certificate: Certificate, names: Sequence[CertificateName]) -> bool:
    """Tell whether it says one of these names; that means something only where an authority vouches for it."""
    return any(name.value in certificate.names(name.kind) for name in names)


def public_jwk(certificate: Certificate) -> dict[str, Json]:
    """Return its key as it is registered (RFC 7517): named by the certificate, and nobody else's."""
    match certificate.key:
        case RSAPublicKey() as key:
            numbers = key.public_numbers()
            members = {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
        case EllipticCurvePublicKey() as key:
            point, size = key.public_numbers(), (key.key_size + 7) // 8
            curve = {SECP256R1.name: "P-256", SECP384R1.name: "P-384"}[key.curve.name]
            members = {"kty": "EC", "crv": curve, "x": _number(point.x, size), "y": _number(point.y, size)}
        case Ed25519PublicKey() as key:
            members = {"kty": "OKP", "crv": "Ed25519", "x": base64url(key.public_bytes_raw())}
        case _:
            assert_never(certificate.key)
    return {**members, "kid": certificate.thumbprint, THUMBPRINT: certificate.thumbprint}


def _verifier(roots: tuple[x509.Certificate, ...], at: datetime) -> verification.ClientVerifier:
    """Return the verifier of RFC 5280 for client certificates; many that governments issue name no alternative."""
    leaves = verification.ExtensionPolicy.webpki_defaults_ee().may_be_present(
        x509.SubjectAlternativeName, verification.Criticality.AGNOSTIC, None
    )
    authorities = verification.ExtensionPolicy.webpki_defaults_ca()
    policy = verification.PolicyBuilder().store(verification.Store(list(roots))).time(at).max_chain_depth(0)
    return policy.extension_policies(ca_policy=authorities, ee_policy=leaves).build_client_verifier()


def _number(value: int, size: int | None = None) -> str:
    return base64url(value.to_bytes(size or (value.bit_length() + 7) // 8))
