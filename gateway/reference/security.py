"""How a client shows who it is, as security schemes of the description."""

from typing import Final

from gateway.core.access.scopes import Scope
from gateway.reference.model import Operation, Schema, Speaks
from schemas.documents import Json

_ADDRESS: Final = "/oauth/token"


def schemes() -> dict[str, Schema]:
    """Return the security schemes."""
    scopes: dict[str, Json] = {scope.value: scope.sentence for scope in Scope}
    return {
        "oauth2": {
            "type": "oauth2",
            "description": "Client credentials with private_key_jwt (RFC 7523), and no shared secret anywhere. The"
            " access token is bound to your key and lives for five minutes: send it as `Authorization: DPoP ...`.",
            "flows": {"clientCredentials": {"tokenUrl": _ADDRESS, "scopes": scopes}},
        },
        "dpop": {
            "type": "apiKey",
            "in": "header",
            "name": "DPoP",
            "description": "A proof of possession for each request (RFC 9449), with the newest DPoP-Nonce.",
        },
        "mutualTLS": {
            "type": "mutualTLS",
            "description": "By registration, in place of assertion and proof: a client certificate at the address of"
            " the metadata's mtls_endpoint_aliases (RFC 8705). The token is bound to it and sent as a bearer token.",
        },
        "smart": {
            "type": "oauth2",
            "description": "SMART Backend Services, for FHIR systems that were registered for it: a bearer token, and"
            " nothing but the FHIR endpoint.",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": _ADDRESS,
                    "scopes": {
                        "system/Task.cruds": "Send, read and answer referrals.",
                        "system/Bundle.c": "Send referrals as messages and transactions.",
                        "system/Consent.c": "Record consents.",
                    },
                }
            },
        },
    }


def required(operation: Operation) -> list[Json]:
    """Return the alternatives, one of which a request must satisfy; none where no token is asked for."""
    bound: list[Json] = [
        {"oauth2": [scope.value], key: []} for scope in operation.scopes for key in ("dpop", "mutualTLS")
    ]
    if operation.speaks is Speaks.FHIR and operation.scopes:
        return [*bound, {"smart": []}]
    return bound
