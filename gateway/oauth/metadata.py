"""What the server says about itself: RFC 8414 metadata, and the public halves of its keys (RFC 7517)."""

from typing import Final

from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from typing_extensions import override

from gateway.core.access.scopes import Scope
from gateway.core.access.token_details import DETAILS_TYPE
from gateway.core.errors import Defect
from gateway.oauth.algorithms import ALGORITHMS, SIGNING
from gateway.oauth.clients import AUTHENTICATION, GRANT, MUTUAL_TLS, SELF_SIGNED
from gateway.oauth.ports import TokenKeys
from gateway.oauth.profile import Profile

METADATA_PATH: Final = "/.well-known/oauth-authorization-server"


class _Metadata(AuthorizationServerMetadata):
    @override
    def validate_response_types_supported(self) -> None:
        """Allow the empty list: RFC 8414 requires the member, and this server has no authorization endpoint."""
        if self.get("response_types_supported") != []:
            raise ValueError


def describe(profile: Profile) -> dict[str, object]:
    """Return the metadata (RFC 8414 section 2; RFC 9449 section 5.1), checked by Authlib's own rules."""
    algorithms = list(ALGORITHMS)
    methods = [AUTHENTICATION, *((MUTUAL_TLS, SELF_SIGNED) if profile.mutual_tls else ())]
    metadata = _Metadata(
        issuer=profile.issuer,
        token_endpoint=profile.token_endpoint,
        revocation_endpoint=profile.revocation_endpoint,
        jwks_uri=profile.jwks_uri,
        response_types_supported=[],
        grant_types_supported=[GRANT],
        scopes_supported=[scope.value for scope in Scope],
        token_endpoint_auth_methods_supported=methods,
        token_endpoint_auth_signing_alg_values_supported=algorithms,
        revocation_endpoint_auth_methods_supported=methods,
        revocation_endpoint_auth_signing_alg_values_supported=algorithms,
        introspection_endpoint=profile.introspection_endpoint,
        introspection_endpoint_auth_methods_supported=[AUTHENTICATION],
        introspection_endpoint_auth_signing_alg_values_supported=algorithms,
        dpop_signing_alg_values_supported=algorithms,
        protected_resources=[profile.resource],
        authorization_details_types_supported=[DETAILS_TYPE],
        **_of_mutual_tls(profile),
    )
    try:
        metadata.validate()
    except ValueError as error:
        raise Defect("the metadata breaks RFC 8414") from error
    return dict(metadata)


def _of_mutual_tls(profile: Profile) -> dict[str, object]:
    """Return the members of RFC 8705 sections 3.3 and 5; other addresses only where there are others."""
    base = profile.mutual_tls
    if not base:
        return {}
    aliases = {"token_endpoint": f"{base}/oauth/token", "revocation_endpoint": f"{base}/oauth/revoke"}
    return {
        "tls_client_certificate_bound_access_tokens": True,
        **({} if base == profile.issuer else {"mtls_endpoint_aliases": aliases}),
    }


def public_keys(keys: TokenKeys) -> dict[str, object]:
    """Return the key set that verifies access tokens: next, current and previous key, never a private part."""
    return {"keys": [key.as_dict(private=False, use="sig", alg=SIGNING) for key in keys.published()]}
