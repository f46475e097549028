"""Client certificates for tests: of an agency's own, or given by an authority that a test names. Of nobody real."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.core.access.certificates import Authorities, Certificate, read_certificate

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2027, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: Key

    @property
    def header(self) -> str:
        """The value of Client-Cert (RFC 9440)."""
        return f":{base64.b64encode(self.certificate.public_bytes(Encoding.DER)).decode()}:"

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def read(self) -> Certificate:
        return read_certificate(self.certificate.public_bytes(Encoding.DER))

    @property
    def thumbprint(self) -> str:
        return self.read.thumbprint

    @property
    def as_authority(self) -> Authorities:
        return Authorities((self.certificate,))


@cache
def key_of(name: str) -> Key:
    """Return the key of that name, one a run; the part before the colon, if any, says its kind."""
    match name.partition(":")[0]:
        case "rsa1024" | "rsa2048" as size:
            return rsa.generate_private_key(65537, int(size.removeprefix("rsa")))
        case "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case "p384":
            return ec.generate_private_key(ec.SECP384R1())
        case "p521":
            return ec.generate_private_key(ec.SECP521R1())
        case _:
            return ec.generate_private_key(ec.SECP256R1())


def _named(name: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Marigold"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )


def _builder(name: str, key: Key, issuer: x509.Name, span: tuple[datetime, datetime]) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(issuer, _named(name), key.public_key(), x509.random_serial_number())
    return builder.not_valid_before(span[0]).not_valid_after(span[1])


def _signed(builder: x509.CertificateBuilder, key: Key) -> x509.Certificate:
    return builder.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else SHA256())


@cache
def self_signed(
    name: str = "shelter",
    *,
    key: str | None = None,
    since: datetime = SINCE,
    until: datetime = UNTIL,
    padding: int = 0,
    alternatives: tuple[str, ...] = (),
) -> Certified:
    """Return a certificate of somebody's own, also for these addresses; `padding` makes it that much larger."""
    mine = key_of(key or name)
    builder = _builder(name, mine, _named(name), (since, until))
    if alternatives:
        addresses = x509.SubjectAlternativeName([x509.IPAddress(ip_address(one)) for one in alternatives])
        builder = builder.add_extension(addresses, critical=False)
    if padding:
        filler = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), bytes(padding))
        builder = builder.add_extension(filler, critical=False)
    return Certified(_signed(builder, mine), mine)


@cache
def an_authority(name: str = "marigold-root") -> Certified:
    """Return an authority with its own certificate."""
    mine = key_of(name)
    builder = _builder(name, mine, _named(name), (SINCE - timedelta(days=1), UNTIL + timedelta(days=900)))
    usage = x509.KeyUsage(*(False,) * 5, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(usage, critical=True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(mine.public_key())
    return Certified(_signed(builder.add_extension(identifier, critical=False), mine), mine)


def given_by(
    authority: Certified,
    name: str = "shelter",
    alternatives: tuple[x509.GeneralName, ...] = (),
    *,
    since: datetime = SINCE,
    until: datetime = UNTIL,
    use: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH,
) -> Certified:
    """Return a certificate that an authority gave."""
    mine = key_of(f"given:{name}")
    builder = _builder(name, mine, authority.certificate.subject, (since, until))
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = builder.add_extension(issuer, critical=False)
    builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    return Certified(_signed(builder, authority.key), mine)
