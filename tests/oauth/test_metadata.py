"""What the server publishes: metadata that says what it really does, and keys without their private half."""

from oauth.systems_oauth import ISSUER, RESOURCE, a_key
from oauth.world_oauth import Gateway

from gateway.core.access.scopes import Scope
from gateway.oauth.algorithms import ALGORITHMS
from gateway.oauth.keys import SigningKeys
from gateway.reference.document import routes_of

METADATA = "/.well-known/oauth-authorization-server"


def test_the_metadata_names_issuer_endpoints_and_the_one_way_in() -> None:
    answer = Gateway().get(METADATA)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    found = answer.json()
    assert found["issuer"] == ISSUER
    assert found["token_endpoint"] == f"{ISSUER}/oauth/token"
    assert found["revocation_endpoint"] == f"{ISSUER}/oauth/revoke"
    assert found["jwks_uri"] == f"{ISSUER}/oauth/jwks"
    assert found["grant_types_supported"] == ["client_credentials"]
    assert found["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert found["revocation_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert found["response_types_supported"] == []
    assert found["protected_resources"] == [RESOURCE]
    assert "authorization_endpoint" not in found


def test_the_metadata_lists_every_scope_and_every_algorithm_and_no_other() -> None:
    found = Gateway().get(METADATA).json()
    assert set(found["scopes_supported"]) == {scope.value for scope in Scope}
    for member in (
        "token_endpoint_auth_signing_alg_values_supported",
        "revocation_endpoint_auth_signing_alg_values_supported",
        "dpop_signing_alg_values_supported",
    ):
        assert found[member] == list(ALGORITHMS)
    assert {"none", "HS256", "RS256"}.isdisjoint(ALGORITHMS)


def test_the_api_description_names_the_six_operations() -> None:
    operations = {route.id for route in routes_of(Gateway().app.routes)}
    smart = "getSmartConfiguration"
    assert operations == {
        "issueToken",
        "revokeToken",
        "introspectToken",
        "getAuthorizationServerMetadata",
        "getTokenKeys",
        smart,
    }


def test_every_published_endpoint_is_there() -> None:
    gateway = Gateway()
    found = gateway.get(METADATA).json()
    for member in ("token_endpoint", "revocation_endpoint", "jwks_uri"):
        assert gateway.get(found[member].removeprefix(ISSUER)).status_code in {200, 405}


def test_the_key_set_holds_next_current_and_previous_key_and_nothing_private() -> None:
    gateway = Gateway()
    following, previous = (a_key("ES256", name) for name in ("next", "previous"))
    gateway.keys = SigningKeys(gateway.keys.current, (following, previous))
    gateway.restart()
    keys = gateway.get("/oauth/jwks").json()["keys"]
    assert [key["kid"] for key in keys] == [gateway.keys.current.kid, "next", "previous"]
    assert all(key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"} for key in keys)
    assert all((key["use"], key["alg"], key["crv"]) == ("sig", "ES256", "P-256") for key in keys)
