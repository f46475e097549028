"""Client certificates: what is read, what is refused, whose they are, and whom an authority may speak for."""

import ipaddress
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from certified import SINCE, UNTIL, Certified, an_authority, given_by, self_signed
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.access.certificates import (
    LARGEST,
    NOBODY,
    THUMBPRINT,
    CertificateError,
    NameKind,
    certificate_name,
    is_named,
    is_pinned,
    public_jwk,
    read_authorities,
    read_certificate,
    read_pem,
)
from gateway.core.errors import OperatorError

NOON = datetime.fromisoformat("2026-06-01T12:00:00+00:00")
ALTERNATIVES = (
    x509.DNSName("shelter.example"),
    x509.UniformResourceIdentifier("urn:marigold:shelter"),
    x509.IPAddress(ipaddress.ip_address("192.0.2.7")),
    x509.RFC822Name("gateway@shelter.example"),
)
NAMES = {
    NameKind.SUBJECT_DN: "CN=shelter,O=Marigold",
    NameKind.SAN_DNS: "shelter.example",
    NameKind.SAN_URI: "urn:marigold:shelter",
    NameKind.SAN_IP: "192.0.2.7",
    NameKind.SAN_EMAIL: "gateway@shelter.example",
}


@pytest.mark.parametrize("key", ["p256", "p384", "ed25519", "rsa2048"])
def test_a_certificate_of_an_allowed_key_is_read_and_its_key_is_the_registered_one(key: str) -> None:
    own = self_signed(key=key)
    jwk = public_jwk(read_pem(own.pem))
    assert jwk["kid"] == own.thumbprint
    assert {"EC": {"crv", "x", "y"}, "OKP": {"crv", "x"}, "RSA": {"n", "e"}}[str(jwk["kty"])] < jwk.keys()


@pytest.mark.parametrize("key", ["rsa1024", "p521"])
def test_a_weak_or_unusual_key_is_refused(key: str) -> None:
    with pytest.raises(CertificateError):
        read_pem(self_signed(key=key).pem)


def test_a_large_certificate_is_refused_and_a_smaller_one_is_not() -> None:
    read_pem(self_signed(padding=LARGEST - 600).pem)
    with pytest.raises(CertificateError, match="too_large"):
        read_pem(self_signed(padding=LARGEST).pem)


@given(st.data())
def test_whatever_is_sent_is_a_certificate_or_an_error_of_the_sender(data: st.DataObject) -> None:
    der = self_signed().certificate.public_bytes(Encoding.DER)
    at, length = data.draw(st.integers(0, len(der))), data.draw(st.integers(0, 40))
    try:
        certificate = read_certificate(der[:at] + data.draw(st.binary(max_size=40)) + der[at + length :])
    except CertificateError:
        return
    for kind in NameKind:
        certificate.names(kind)


@pytest.mark.parametrize("pem", [b"", b"nothing", self_signed().pem * 2], ids=["empty", "text", "two"])
def test_a_file_holds_exactly_one(pem: bytes) -> None:
    with pytest.raises(CertificateError, match="unreadable"):
        read_pem(pem)


def test_it_is_in_force_from_its_first_moment_to_its_last() -> None:
    certificate, second = self_signed().read, timedelta(seconds=1)
    assert certificate.is_in_force(SINCE)
    assert certificate.is_in_force(UNTIL)
    assert not certificate.is_in_force(SINCE - second)
    assert not certificate.is_in_force(UNTIL + second)


# ---------------------------------------------------------------------------------------------------------- whose it is


def test_a_pinned_certificate_is_that_one_for_as_long_as_its_key_counts() -> None:
    own, other = self_signed(), self_signed("stranger")
    key = public_jwk(own.read)
    assert is_pinned(own.read, [public_jwk(other.read), key], NOON)
    assert not is_pinned(other.read, [key], NOON)
    assert not is_pinned(own.read, [{name: value for name, value in key.items() if name != THUMBPRINT}], NOON)
    assert not is_pinned(own.read, [], NOON)
    ending = {**key, "exp": int(NOON.timestamp())}
    assert not is_pinned(own.read, [ending], NOON)
    assert is_pinned(own.read, [ending], NOON - timedelta(seconds=1))


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_is_the_registered_one_or_none(kind: NameKind) -> None:
    shown = given_by(an_authority(), alternatives=ALTERNATIVES).read
    assert is_named(shown, (certificate_name(kind, NAMES[kind]),))
    other = certificate_name(kind, NAMES[kind].replace("shelter", "police").replace("192", "198"))
    assert not is_named(shown, (other,))
    assert not is_named(shown, ())


def test_a_name_of_one_kind_is_no_name_of_another() -> None:
    """A DNS name in the subject proves nothing about alternatives, and the other way round."""
    shown = given_by(an_authority(), "shelter.example").read
    assert not is_named(shown, (certificate_name(NameKind.SAN_DNS, "shelter.example"),))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (NameKind.SUBJECT_DN, "no distinguished name"),
        (NameKind.SAN_IP, "192.0.2"),
        (NameKind.SAN_DNS, ""),
        (NameKind.SAN_DNS, "ünicode.example"),
        (NameKind.SAN_URI, "urn:" + "x" * 512),
    ],
)
def test_a_name_that_no_certificate_could_say_is_refused(kind: NameKind, value: str) -> None:
    with pytest.raises(CertificateError):
        certificate_name(kind, value)


def test_a_subject_is_compared_in_one_form() -> None:
    assert certificate_name(NameKind.SUBJECT_DN, "2.5.4.3=shelter, O=Marigold".replace(", ", ",")) == certificate_name(
        NameKind.SUBJECT_DN, "CN=shelter,O=Marigold"
    )


# -------------------------------------------------------------------------------------------------------- who may vouch


def test_an_authority_vouches_for_what_it_gave() -> None:
    authority = an_authority()
    assert read_authorities(authority.pem).vouch_for(given_by(authority).read, NOON)
    assert read_authorities(authority.pem).vouch_for(given_by(authority, alternatives=ALTERNATIVES).read, NOON)


def _later(authority: Certified) -> Certified:
    return given_by(authority, since=NOON + timedelta(days=1))


@pytest.mark.parametrize(
    "make",
    [
        lambda _: self_signed(),
        lambda _: given_by(an_authority("another-root")),
        lambda authority: given_by(authority, use=ExtendedKeyUsageOID.SERVER_AUTH),
        lambda authority: given_by(authority, until=NOON - timedelta(days=1)),
        _later,
        lambda authority: given_by(Certified(authority.certificate, an_authority("another-root").key)),
        lambda authority: given_by(given_by(authority, "middle"), "shelter"),
    ],
    ids=["self-signed", "another's", "for servers", "expired", "not yet", "forged", "by one who is no authority"],
)
def test_an_authority_vouches_for_nothing_else(make: Callable[[Certified], Certified]) -> None:
    authority = an_authority()
    assert not authority.as_authority.vouch_for(make(authority).read, NOON)


def test_without_an_authority_nobody_vouches() -> None:
    assert not NOBODY.vouch_for(given_by(an_authority()).read, NOON)


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_file_of_authorities_that_holds_none_stops_the_start(pem: bytes) -> None:
    with pytest.raises(OperatorError):
        read_authorities(pem)
