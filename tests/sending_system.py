"""An agency's own system without patience: every answer as it came, over one connection each.

It gets a token, signs as `gateway.client` does, and keeps the newest nonce.

Makes whole requests beforehand, so that a load generator only has to write bytes.
"""

import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlencode

from joserfc.jwk import ECKey

from gateway.client.keys import Signer, SigningKey
from gateway.clock import SystemClock, SystemEntropy

ENTROPY = SystemEntropy()
LOOPBACK = "127.0.0.1"
TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path, not a token
FORM = "application/x-www-form-urlencoded"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        """Return the body as JSON."""
        found: dict[str, object] = json.loads(self.body)
        return found


@dataclass(slots=True)
class SendingSystem:
    """One OAuth client at the gateway on a port of this machine."""

    client_id: str
    key: ECKey
    port: int
    token: str = ""
    nonce: str = ""

    @property
    def origin(self) -> str:
        """The gateway's address, which is its issuer too."""
        return f"http://{LOOPBACK}:{self.port}"

    def authorize(self, *scopes: str) -> None:
        """Get a token, and with it the newest nonce."""
        for _ in range(2):
            answer = self.ask_for_token(self.assertion(), self.proof("POST", TOKEN_PATH), *scopes)
            if answer.status == 200:
                self.token = str(answer.json()["access_token"])
                return
        raise RuntimeError("the gateway gave no token")

    def ask_for_token(self, assertion: str, proof: str, *scopes: str) -> Answer:
        """Post to the token endpoint with that assertion and that proof."""
        form = urlencode(token_form(assertion, *scopes)).encode()
        return self.post_raw(TOKEN_PATH, form, {"DPoP": proof, "Content-Type": FORM})

    def assertion(self) -> str:
        """Sign a client assertion (RFC 7523)."""
        return self._signer().assertion(self.origin, "JWT")

    def proof(self, method: str, path: str, *, with_token: bool = False) -> str:
        """Sign a DPoP proof (RFC 9449) for one request."""
        return self._signer().proof(method, self.origin + path, self.token if with_token else "", self.nonce)

    def _signer(self) -> Signer:
        return Signer(self.client_id, SigningKey.of(self.key), SystemClock(), ENTROPY)

    def headers(self, method: str, path: str, **more: str) -> dict[str, str]:
        """Return the headers of one request, proof included; `GX_Recipient` stands for GX-Recipient."""
        proof = self.proof(method, path, with_token=True)
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"DPoP {self.token}", "DPoP": proof, **named}

    def post(self, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Post once, with a proof of its own."""
        return self.post_raw(path, body, self.headers("POST", path, **headers))

    def post_raw(self, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Post exactly these headers; the nonce of the answer is kept."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            self.nonce = found.get("dpop-nonce", self.nonce)
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def prepared(self, path: str, body: bytes, **headers: str) -> bytes:
        """Return the bytes of a whole request, to be written to a kept-alive connection later."""
        return written(self.port, path, body, self.headers("POST", path, **headers))


def token_form(assertion: str, *scopes: str) -> dict[str, str]:
    """Return the fields of a token request (RFC 6749 section 4.4, RFC 7523)."""
    return {
        "grant_type": "client_credentials",
        "scope": " ".join(scopes),
        "client_assertion_type": _ASSERTION,
        "client_assertion": assertion,
    }


def written(port: int, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Write a POST as it goes over the wire."""
    named = {"Host": f"{LOOPBACK}:{port}", **headers, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body
