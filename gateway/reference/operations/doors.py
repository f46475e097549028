"""Tokens, keys and metadata, and this description itself."""

from collections.abc import Mapping
from typing import Final

from gateway.reference.answers import told
from gateway.reference.model import Body, Operation, Schema, Speaks
from gateway.reference.shapes import OBJECT, TEXT, const, many, record, said
from schemas.documents import Json

_FORM: Final = "application/x-www-form-urlencoded"
_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION: Final = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiIuLi4ifQ.c2lnbmF0dXJl"
_SIGNED: Final[dict[str, Schema]] = {
    "client_assertion_type": const(_ASSERTION_TYPE),
    "client_assertion": said(
        TEXT, "A JWT signed with your key (RFC 7523), for this issuer, once, of five minutes at most."
    ),
}


def _form(required: dict[str, Schema], optional: dict[str, Schema], example: dict[str, Json]) -> dict[str, Body]:
    shown: dict[str, Schema] = {**_SIGNED, "client_id": said(TEXT, "Only with mutual TLS, in place of an assertion.")}
    return {_FORM: Body(record(required, {**shown, **optional}), {"usual": example})}


_ASKED: Final[dict[str, Json]] = {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": _ASSERTION}

OPERATIONS: Final[Mapping[str, Operation]] = {
    "issueToken": Operation(
        {
            200: told(
                "A token of five minutes at most, bound to the key of the proof.",
                "Token",
                {"access_token": _ASSERTION, "token_type": "DPoP", "expires_in": 300, "scope": "referrals:send"},
            )
        },
        parameters=("TokenDPoP",),
        takes=_form(
            {"grant_type": const("client_credentials")},
            {
                "scope": said(TEXT, "Scopes, with blanks between; all that were registered if absent."),
                "resource": said(TEXT, "This gateway's API, or a resource server you are registered for (RFC 8707)."),
                "authorization_details": said(
                    TEXT,
                    "JSON that limits the token to acts, recipients and purposes (RFC 9396); a part of what was"
                    " registered, or refused.",
                ),
            },
            {"grant_type": "client_credentials", "scope": "referrals:send referrals:read", **_ASKED},
        ),
        speaks=Speaks.OAUTH,
    ),
    "revokeToken": Operation(
        {200: told("It is good for nothing any more, whatever it was.", OBJECT, {})},
        takes=_form(
            {"token": said(TEXT, "An access token of yours.")},
            {"token_type_hint": said(TEXT, "Not read: there is one kind of token.")},
            {"token": _ASSERTION, **_ASKED},
        ),
        speaks=Speaks.OAUTH,
    ),
    "introspectToken": Operation(
        {
            200: told(
                "Whether it holds, and what it is good for; of a token that is not yours, only that it is none.",
                record({"active": {"type": "boolean"}}, {"client_id": TEXT, "scope": TEXT, "cnf": OBJECT}),
                {"active": False},
            )
        },
        takes=_form(
            {"token": said(TEXT, "An access token that you were shown.")},
            {"token_type_hint": said(TEXT, "Not read: there is one kind of token.")},
            {"token": _ASSERTION, **_ASKED},
        ),
        speaks=Speaks.OAUTH,
    ),
    "getAuthorizationServerMetadata": Operation(
        {
            200: told(
                "What a client library needs to know.",
                record({"issuer": TEXT, "token_endpoint": TEXT, "jwks_uri": TEXT, "scopes_supported": many(TEXT)}),
                {
                    "issuer": "https:",
                    "token_endpoint": "/oauth/token",
                    "jwks_uri": "/oauth/jwks",
                    "scopes_supported": ["referrals:send"],
                },
            )
        },
        speaks=Speaks.OAUTH,
    ),
    "getSmartConfiguration": Operation(
        {
            200: told(
                "What SMART Backend Services need to know.",
                record({"token_endpoint": TEXT, "capabilities": many(TEXT)}),
                {"token_endpoint": "/oauth/token", "capabilities": ["client-confidential-asymmetric"]},
            )
        },
        speaks=Speaks.OAUTH,
    ),
    "getTokenKeys": Operation(
        {
            200: told(
                "Next, current and previous key.",
                record({"keys": many(OBJECT)}),
                {"keys": [{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig"}]},
            )
        },
        speaks=Speaks.OAUTH,
    ),
}
