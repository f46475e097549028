# ruff: noqa: INP001, T201 - an agency's own script: no package, and prints
"""Make an agency's keys, or sign an agreement: python docs/taking_part.py keys|sign AGENCY [FILE]."""

import json
import os
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from joserfc.jwk import ECKey

from schemas.canonical import canonical


def base64url(raw: bytes) -> str:
    """Write bytes as the registration has them."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def keep(file: str, text: str) -> None:
    """Write a file that is not there yet and that nobody else may read."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text)


def keys(agency: str) -> None:
    """Make three keys that stay here, and print what the operator gets of them."""
    signing, sealing = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
    client = ECKey.generate_key("P-256", auto_kid=True)
    keep(f"{agency}.signing", base64url(signing.private_bytes_raw()))
    keep(f"{agency}.sealing", base64url(sealing.private_bytes_raw()))
    keep(f"{agency}.client.json", json.dumps(client.as_dict(private=True)))
    Path(f"{agency}.jwks.json").write_text(json.dumps({"keys": [client.as_dict(private=False)]}))
    told = {
        "signing": [
            {"id": "signing-1", "alg": "EdDSA", "public_key": base64url(signing.public_key().public_bytes_raw())}
        ],
        "sealing": [
            {"id": "sealing-1", "use": "hpke-x25519", "public_key": base64url(sealing.public_key().public_bytes_raw())}
        ],
    }
    print(json.dumps(told, indent=2))


def sign(agency: str, file: str) -> None:
    """Add the agency's signature over the canonical bytes (RFC 8785) of the agreement. Read it before."""
    document = json.loads(Path(file).read_text())
    kept = Path(f"{agency}.signing").read_text()
    key = Ed25519PrivateKey.from_private_bytes(urlsafe_b64decode(kept + "=="))
    signature = base64url(key.sign(canonical(document["agreement"])))
    own = {"agency": agency, "key_id": "signing-1", "alg": "EdDSA", "signature": signature}
    others = [one for one in document.get("signatures", []) if one["agency"] != agency]
    document["signatures"] = [*others, own]
    Path(file).write_text(json.dumps(document, indent=2))


if __name__ == "__main__":
    {"keys": keys, "sign": sign}[sys.argv[1]](*sys.argv[2:])
