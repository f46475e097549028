"""A FHIR system as it is sold: SMART Backend Services for its tokens, plain FHIR over HTTP, nothing of this gateway.

It knows a base URL, its client id and its key; everything else it is told by the SMART configuration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from gateway.clock import SystemEntropy
from gateway.core.ports import Clock
from schemas.documents import Json

_JSON = "application/fhir+json"


@dataclass
class FhirClient:
    """One backend service."""

    base: str
    client_id: str
    key: ECKey
    http: httpx.Client
    clock: Clock
    token: str = ""
    answers: list[httpx.Response] = field(default_factory=list)

    def sign_in(self, scope: str = "system/*.cruds") -> Mapping[str, Json]:
        """Get a token as SMART says (client-confidential-asymmetric)."""
        endpoint = self.http.get(f"{self.base}/.well-known/smart-configuration").json()["token_endpoint"]
        now = int(self.clock.now().timestamp())
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": endpoint, "iat": now, "exp": now + 240}
        header = {"alg": "ES384", "kid": self.key.kid, "typ": "JWT"}
        assertion = jwt.encode(
            header, {**claims, "jti": SystemEntropy().bytes(12).hex()}, self.key, algorithms=["ES384"]
        )
        form = {
            "grant_type": "client_credentials",
            "scope": scope,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion,
        }
        answer = self.http.post(endpoint, data=form)
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["access_token"]
        return answer.json()

    def ask(
        self, method: str, path: str, body: Mapping[str, Json] | bytes | None = None, **query: str
    ) -> httpx.Response:
        """Send a request and keep its answer."""
        headers = {"Accept": _JSON, "Content-Type": _JSON, "Authorization": f"Bearer {self.token}"}
        content = {"content": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        answer = self.http.request(method, f"{self.base}{path}", headers=headers, params=query or None, **content)
        self.answers.append(answer)
        return answer
