"""What the lean pipeline is asked: the same canonical document as the gateway, with token and proof."""

import json
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey
from served import LOOPBACK, ROOT

FOLDER = "LEAN_FOLDER"
"""The environment variable that names the folder of its database."""
ISSUER_KEY = "issuer.json"
PATH = "/api/referrals"
SCHEMA = ROOT / "schemas" / "referral" / "1.0.json"


class LeanClient:
    """A client of the lean pipeline; makes the issuer's key too, and leaves it in the folder."""

    def __init__(self, folder: Path, port: int) -> None:
        """Make keys and one token."""
        issuer, self._holder = ECKey.generate_key("P-256", auto_kid=True), ECKey.generate_key("P-256")
        (folder / ISSUER_KEY).write_text(json.dumps(issuer.as_dict(private=True)), "ascii")
        self._origin = f"http://{LOOPBACK}:{port}"
        now = int(time.time())
        claims = {"iss": "lean", "sub": "a", "client_id": "a", "aud": "lean", "exp": now + 600, "iat": now, "jti": "1"}
        bound = {**claims, "cnf": {"jkt": self._holder.thumbprint()}}
        self._token = jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": issuer.kid}, bound, issuer)

    def requests(self, bodies: Iterator[bytes], count: int) -> list[bytes]:
        """Return that many whole requests."""
        return [self._request(next(bodies)) for _ in range(count)]

    def _request(self, body: bytes) -> bytes:
        token_hash = urlsafe_b64encode(sha256(self._token.encode()).digest()).rstrip(b"=").decode()
        claims = {"jti": str(uuid.uuid4()), "htm": "POST", "htu": self._origin + PATH, "iat": int(time.time())}
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self._holder.as_dict(private=False)}
        proof = jwt.encode(header, {**claims, "ath": token_hash}, self._holder)
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: {LOOPBACK}\r\nContent-Type: application/json\r\n"
            f"Authorization: DPoP {self._token}\r\nDPoP: {proof}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body
