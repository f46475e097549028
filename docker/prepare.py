"""Makes, once, what no image and no compose file may hold: passwords, a certificate, and who owns which volume.

Runs as root in a container without a way out, before anything else. What is there already is left alone. In earnest the
certificate comes from your authority, and the passwords from where you keep such things.
"""

import os
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VOLUMES = Path("/volumes")
GATEWAY, DATABASE, PROXY, PROXYS_GROUP = 10001, 10002, 10003, 10101
NAME = "gateway"
DAYS = 90

OWNERS = {
    "secrets-database": (DATABASE, DATABASE, 0o700),
    "secrets-gateway": (GATEWAY, GATEWAY, 0o700),
    "secrets-owner": (GATEWAY, GATEWAY, 0o700),
    "tls": (PROXY, PROXYS_GROUP, 0o700),
    "authority": (0, 0, 0o755),
    "clinic": (GATEWAY, GATEWAY, 0o700),
    "keyring": (GATEWAY, GATEWAY, 0o700),
    "database": (DATABASE, DATABASE, 0o700),
    **{f"data-{name}": (GATEWAY, GATEWAY, 0o700) for name in ("init", "a", "b", "courier", "story", "operator")},
    "backups": (GATEWAY, GATEWAY, 0o700),
    "weekly-keys": (GATEWAY, GATEWAY, 0o700),
    # Nobody reaches the database but by its socket, and only the gateway's group may enter there.
    "sockets-database": (DATABASE, GATEWAY, 0o2750),
    # Only the proxy's group may enter, so only the proxy can open the socket (docs/mutual-tls.md).
    **{f"sockets-{name}": (GATEWAY, PROXYS_GROUP, 0o2750) for name in ("a", "b")},
}


def main() -> None:
    """Make what is missing."""
    if not (VOLUMES / "authority" / "authority.pem").exists():
        passwords()
        certificates()
    if not (VOLUMES / "secrets-owner" / "pgpass").exists():
        owners_password()
    for name, (user, group, mode) in OWNERS.items():
        folder = VOLUMES / name
        for path in (*folder.iterdir(), folder):
            os.chown(path, user, group)
        folder.chmod(mode)
    sys.stdout.write("prepared\n")


def passwords() -> None:
    """Make the database's two passwords, and what unlocks the key ring."""
    ours = secrets.token_urlsafe(32)
    keep("secrets-database/postgres", secrets.token_urlsafe(32))
    keep("secrets-database/gateway", ours)
    keep("secrets-gateway/pgpass", f"*:*:*:gateway:{ours}")
    keep("secrets-gateway/unlock", secrets.token_urlsafe(32))


def owners_password() -> None:
    """Make the password of whoever owns the tables: known to `init` and to the operator, and to nothing that serves."""
    ours = secrets.token_urlsafe(32)
    keep("secrets-database/owner", ours)
    keep("secrets-owner/pgpass", f"*:*:*:gateway_owner:{ours}")


def certificates() -> None:
    """Make an authority for this deployment alone, the proxy's certificate, and the pretend clinic's own one."""
    authority, server, clinic = (generate_private_key(SECP256R1()) for _ in range(3))
    root = name("An authority of one deployment")
    ca = begun(root, root, authority).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    usage = x509.KeyUsage(*(False,) * 5, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False)
    identifier = x509.SubjectKeyIdentifier.from_public_key(authority.public_key())
    ca = ca.add_extension(usage, critical=True).add_extension(identifier, critical=False)
    alternatives = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.DNSName("localhost")])
    issued = begun(name(NAME), root, server).add_extension(alternatives, critical=False)
    issued = issued.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    issued = issued.add_extension(by, critical=False)
    keep("tls/tls.key", pem(server))
    keep("tls/tls.crt", signed(issued, authority))
    own = name("riverside-clinic")
    keep("clinic/own.pem", pem(clinic) + signed(begun(own, own, clinic), clinic))
    # The authority's key is forgotten: nothing else will be issued by it.
    keep("authority/authority.pem", signed(ca, authority), 0o644)


def name(common: str) -> x509.Name:
    """Return a name of one part."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def begun(subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    """Return a certificate to be completed, good from today."""
    now = datetime.now(UTC).replace(microsecond=0)
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=DAYS))


def signed(builder: x509.CertificateBuilder, key: EllipticCurvePrivateKey) -> str:
    """Return the certificate in PEM."""
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()


def pem(key: EllipticCurvePrivateKey) -> str:
    """Return the private key in PEM."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def keep(path: str, text: str, mode: int = 0o600) -> None:
    """Write a file that was never readable to others."""
    file = VOLUMES / path
    file.touch(mode=mode)
    file.chmod(mode)
    file.write_text(text)


if __name__ == "__main__":
    main()
