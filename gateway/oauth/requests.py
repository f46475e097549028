"""A checked form as Authlib reads it: its address comes from configuration, and Authlib sees none of its headers."""

from collections.abc import Mapping

from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from typing_extensions import override

from gateway.core.callers import UsedProof


class BoundRequest(OAuth2Request):
    """One request, and what is proven about it so far: the key of its DPoP proof, the assertion to be used up.

    Without a proof `thumbprint` is empty, and only a client that was registered so gets a token that is bound to none.
    """

    def __init__(self, uri: str, form: Mapping[str, str], thumbprint: str = "") -> None:
        super().__init__("POST", uri)
        # A parameter without a value counts as absent (RFC 6749 section 3.1).
        self._form = {name: value for name, value in form.items() if value}
        self.payload = BasicOAuth2Payload(self._form)
        self.thumbprint = thumbprint
        self.assertion: UsedProof | None = None

    @property
    @override
    def form(self) -> dict[str, str]:
        """The parameters of the body; each stands once and has a value."""
        return self._form
