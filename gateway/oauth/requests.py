"""A checked form as Authlib reads it: its address comes from configuration, and Authlib sees none of its headers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from typing_extensions import override

from gateway.core.access.certificates import Certificate
from gateway.core.callers import UsedProof


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """The certificate of the TLS a request came over at that moment; `vouched` when a named authority gave it."""

    certificate: Certificate
    vouched: bool
    at: datetime


class BoundRequest(OAuth2Request):
    """One request, and what is proven about it so far: the key of its DPoP proof, its certificate, the assertion.

    Without a proof `thumbprint` is empty. What a token is bound to is a matter of the client's registration.
    """

    def __init__(
        self, uri: str, form: Mapping[str, str], thumbprint: str = "", certificate: ShownCertificate | None = None
    ) -> None:
        super().__init__("POST", uri)
        # A parameter without a value counts as absent (RFC 6749 section 3.1).
        self._form = {name: value for name, value in form.items() if value}
        self.payload = BasicOAuth2Payload(self._form)
        self.thumbprint = thumbprint
        self.certificate = certificate
        self.assertion: UsedProof | None = None

    @property
    @override
    def form(self) -> dict[str, str]:
        """The parameters of the body; each stands once and has a value."""
        return self._form
