"""How the gateway shows an agency's system who it is: an OAuth access token of its own, or user and password.

Tokens come by client credentials with private_key_jwt (RFC 7523), bound to a key where the agency asks for it (DPoP,
RFC 9449), and are kept in memory until they run out. The private key was made when the endpoint was registered and
never leaves the gateway; only its public half was handed to the agency.
"""

import asyncio
import base64
import hashlib
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import ECKey

from gateway.core.crypto.keys import MacKeys
from gateway.core.delivery.credentials import opened_credential
from gateway.core.delivery.letters import Failure
from gateway.core.encoding import base64url
from gateway.core.endpoints import Endpoint, Showing
from gateway.core.errors import OperatorError
from gateway.core.ports import Clock, Entropy
from gateway.courier.calling import Answer, Calls, NotReachedError
from gateway.courier.destinations import destination

_ASSERTION_LASTS: Final = 60
_TOKEN_USUALLY_LASTS: Final = 300
_BEFORE_THE_END: Final = 20
_LONGEST: Final = 3600
_OK: Final = 200
_CLIENT_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class _Token:
    value: str = field(repr=False)
    until: float
    bound: bool


@dataclass(slots=True)
class Shown:
    """What is shown to one agency's system. `tls` says whom to believe at its token endpoint."""

    endpoint: Endpoint
    keys: MacKeys
    clock: Clock
    entropy: Entropy
    tls: ssl.SSLContext
    _token: _Token | None = None
    _nonces: dict[str, str] = field(default_factory=dict)
    _key: ECKey | None = None

    async def headers(self, method: str, url: str) -> dict[str, str]:
        """Return the headers for one call to that URL. Raises NotReachedError where no token is to be had."""
        match self.endpoint.showing:
            case Showing.NONE:
                return {}
            case Showing.BASIC:
                basic = base64.b64encode(opened_credential(self.keys, self.endpoint)).decode()
                return {"Authorization": f"Basic {basic}"}
            case Showing.PRIVATE_KEY_JWT:
                token = await self._held()
                if not token.bound:
                    return {"Authorization": f"Bearer {token.value}"}
                proof = self._proof(method, url, token.value)
                return {"Authorization": f"DPoP {token.value}", "DPoP": proof}

    def refused(self, answer: Answer, url: str) -> bool:
        """Take in a 401: True where another try has a chance, with a fresh token or with the nonce that was given."""
        if self.endpoint.showing is not Showing.PRIVATE_KEY_JWT:
            return False
        if not self._nonced(answer, url):
            self._token = None
        return True

    async def _held(self) -> _Token:
        now = asyncio.get_running_loop().time()
        if self._token is None or now >= self._token.until:
            self._token = await self._fetched(now)
        return self._token

    async def _fetched(self, now: float) -> _Token:
        """Ask for a token, once more where the server asks for its nonce (RFC 9449 section 8)."""
        url = self.endpoint.token_url
        calls = Calls(destination(url, loopback=self.endpoint.loopback), self.tls)
        try:
            answer = await calls.call("POST", "", self._asking(url), self._form())
            if answer.status != _OK and self._nonced(answer, url):
                answer = await calls.call("POST", "", self._asking(url), self._form())
        finally:
            await calls.close()
        return self._read(answer, now)

    def _read(self, answer: Answer, now: float) -> _Token:
        try:
            told = json.loads(answer.body) if answer.status == _OK else None
        except (ValueError, RecursionError):
            told = None
        value = told.get("access_token") if isinstance(told, dict) else None
        if not isinstance(told, dict) or not isinstance(value, str) or not value.isascii() or not value.isprintable():
            raise NotReachedError(Failure.NOT_AUTHORISED)
        bound = str(told.get("token_type", "")).lower() == "dpop"
        if self.endpoint.dpop and not bound:  # A token that anybody could use was not what was asked for.
            raise NotReachedError(Failure.NOT_AUTHORISED)
        lasts = told.get("expires_in", _TOKEN_USUALLY_LASTS)
        # The lesser first: an integer of JSON may be longer than any float.
        seconds = float(min(lasts, _LONGEST)) if isinstance(lasts, int | float) else _TOKEN_USUALLY_LASTS
        return _Token(value, now + max(1.0, seconds - _BEFORE_THE_END), bound)

    def _asking(self, url: str) -> dict[str, str]:
        proof = {"DPoP": self._proof("POST", url)} if self.endpoint.dpop else {}
        return {"Content-Type": _FORM, "Accept": "application/json", **proof}

    def _form(self) -> bytes:
        of = self.endpoint
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _CLIENT_ASSERTION,
            "client_assertion": self._assertion(),
            "client_id": of.client_id,
            **({"scope": of.scope} if of.scope else {}),
        }
        return urlencode(form).encode()

    def _assertion(self) -> str:
        now = int(self.clock.now().timestamp())
        claims = {"iss": self.endpoint.client_id, "sub": self.endpoint.client_id, "aud": self.endpoint.audience}
        claims_of_time = {"iat": now, "exp": now + _ASSERTION_LASTS, "jti": base64url(self.entropy.bytes(16))}
        return self._signed({"alg": "ES256", "typ": "JWT", "kid": self._private().thumbprint()}, claims, claims_of_time)

    def _proof(self, method: str, url: str, token: str = "") -> str:
        header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": self._private().as_dict(private=False)}
        more: dict[str, object] = {"ath": base64url(hashlib.sha256(token.encode()).digest())} if token else {}
        if nonce := self._nonces.get(_server(url)):
            more["nonce"] = nonce
        claims: dict[str, object] = {"htm": method, "htu": url, "jti": base64url(self.entropy.bytes(16))}
        return self._signed(header, claims, {"iat": int(self.clock.now().timestamp()), **more})

    def _signed(self, header: Mapping[str, object], *claims: Mapping[str, object]) -> str:
        every = {name: value for some in claims for name, value in some.items()}
        return jwt.encode(dict(header), every, self._private(), algorithms=["ES256"])

    def _private(self) -> ECKey:
        if self._key is None:
            try:
                self._key = ECKey.import_key(opened_credential(self.keys, self.endpoint).decode("ascii"))
            except ValueError:
                raise OperatorError("an endpoint's key cannot be read; register the endpoint again") from None
        return self._key

    def _nonced(self, answer: Answer, url: str) -> bool:
        """Keep the nonce a server gave; True where it is another than the one that was shown."""
        given = answer.headers.get("dpop-nonce", "")
        if not given or not self.endpoint.dpop or self._nonces.get(_server(url)) == given:
            return False
        self._nonces[_server(url)] = given
        return True


def _server(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])
