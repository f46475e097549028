"""An invented time-stamping authority (RFC 3161): its certificates from `cryptography`, its answers from `openssl ts`.

Somebody else's program answers, so that what we ask and what we believe is tried on another's reading of the standard.
"""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

NO_OPENSSL = "no openssl: apt-get install openssl"
_CONFIG = """
[tsa]
default_tsa = stamps
[stamps]
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
signer_digest = sha256
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class StampAuthority:
    """A folder with a root, a certificate for time stamps, and its key."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> Self:
        """Make one. Skips where there is no openssl."""
        if shutil.which("openssl") is None:
            pytest.skip(NO_OPENSSL)
        folder.mkdir()
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root = _certificate("Invented Root", root_key.public_key(), "Invented Root", root_key, _of_a_root())
        own = _certificate("Invented Stamps", key.public_key(), "Invented Root", root_key, _of_stamps())
        (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
        (folder / "own.pem").write_bytes(own.public_bytes(Encoding.PEM))
        (folder / "own.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        (folder / "serial").write_text("01\n", "ascii")
        (folder / "config").write_text(_CONFIG.format(folder=folder), "utf-8")
        return cls(folder)

    @property
    def root(self) -> Path:
        """What its answers have to lead to."""
        return self.folder / "root.pem"

    def answer(self, query: bytes) -> bytes:
        """Answer one query."""
        asked, told = self.folder / "query.tsq", self.folder / "answer.tsr"
        asked.write_bytes(query)
        self._openssl("-reply", "-config", "config", "-queryfile", asked.name, "-out", told.name,
                      "-signer", "own.pem", "-inkey", "own.key")  # fmt: skip
        return told.read_bytes()

    def verifies(self, answer: bytes, note: bytes) -> bool:
        """Ask openssl, without us, whether an answer dates these bytes."""
        (self.folder / "kept.tsr").write_bytes(answer)
        (self.folder / "note").write_bytes(note)
        return self._openssl("-verify", "-in", "kept.tsr", "-data", "note", "-CAfile", "root.pem",
                             "-untrusted", "own.pem", check=False) == 0  # fmt: skip

    def application(self) -> Starlette:
        """Serve it."""

        async def stamp(request: Request) -> Response:
            return Response(self.answer(await request.body()), media_type="application/timestamp-reply")

        return Starlette(routes=[Route("/", stamp, methods=["POST"])])

    def _openssl(self, *words: str, check: bool = True) -> int:
        command = ["openssl", "ts", *words]
        return subprocess.run(command, cwd=self.folder, check=check, capture_output=True).returncode


def _certificate(
    name: str,
    key: ec.EllipticCurvePublicKey,
    issuer: str,
    signing: ec.EllipticCurvePrivateKey,
    extensions: Sequence[tuple[x509.ExtensionType, bool]],
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(signing, SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _of_a_root() -> Sequence[tuple[x509.ExtensionType, bool]]:
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return ((x509.BasicConstraints(ca=True, path_length=None), True), (usage, True))


def _of_stamps() -> Sequence[tuple[x509.ExtensionType, bool]]:
    return ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True),)
