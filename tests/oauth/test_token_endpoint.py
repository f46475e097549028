"""The token endpoint: what it grants, what its form may hold, and the one shape of every refusal."""

import base64
import json
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from oauth.systems_oauth import ISSUER, RESOURCE, a_key
from oauth.world_oauth import FORM_TYPE, Gateway

from gateway.core.access.scopes import Scope
from gateway.oauth.endpoints import Parts, router
from gateway.oauth.forms import LARGEST_BODY
from gateway.oauth.keys import SigningKeys
from gateway.oauth.server import World

ALGORITHMS = ["ES256", "Ed25519", "EdDSA", "PS256", "ES384"]


def part(token: str, number: int) -> dict[str, object]:
    """Return the header (0) or the claims (1) of a token."""
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(token.split(".")[number] + "=="))
    return found


def test_a_registered_client_gets_a_token() -> None:
    gateway = Gateway()
    answer = gateway.ask(gateway.a_system())
    assert answer.status_code == 200
    body = answer.json()
    assert body.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("DPoP", 300, "referrals:send")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["dpop-nonce"] == gateway.nonces.fresh()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_algorithm_of_the_profile_signs_assertions(algorithm: str) -> None:
    gateway = Gateway()
    system = gateway.a_system(f"client-{algorithm}", algorithm, algorithms=frozenset({algorithm}))
    assert gateway.ask(system).status_code == 200


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_algorithm_of_the_profile_signs_proofs(algorithm: str) -> None:
    gateway = Gateway()
    system = gateway.a_system()
    system.proof_algorithm, system.proof_key = algorithm, a_key(algorithm, "proof")
    token = gateway.token(system)
    assert gateway.call(system, token).client_id == system.client_id


def test_a_client_registered_for_ed25519_may_call_it_eddsa() -> None:
    gateway = Gateway()
    system = gateway.a_system(algorithm="EdDSA")
    assert gateway.ask(system).status_code == 200


def test_es384_needs_its_own_registration() -> None:
    gateway = Gateway()
    system = gateway.a_system(algorithm="ES384")
    assert gateway.ask(system).json() == {"error": "invalid_client"}
    gateway.join(system, algorithms=frozenset({"ES384"}))
    assert gateway.ask(system).status_code == 200


def test_the_token_is_what_rfc_9068_and_rfc_9449_ask_for() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    token = gateway.token(system)
    claims = part(token, 1)
    assert part(token, 0) == {"alg": "ES256", "typ": "at+jwt", "kid": gateway.keys.current.kid}
    assert claims.pop("jti")
    assert claims == {
        "iss": ISSUER,
        "sub": system.client_id,
        "client_id": system.client_id,
        "agency": "agency-of-shelter-one",
        "aud": RESOURCE,
        "iat": gateway.clock.seconds,
        "exp": gateway.clock.seconds + 300,
        "scope": "referrals:send",
        "cnf": {"jkt": system.proof_key.thumbprint()},
    }


def test_the_published_keys_verify_the_token() -> None:
    gateway = Gateway()
    token = gateway.token(gateway.a_system())
    keys = KeySet.import_key_set(gateway.get("/oauth/jwks").json())
    assert jwt.decode(token, keys, algorithms=["ES256"]).claims["iss"] == ISSUER


def test_two_tokens_never_share_an_identifier() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    assert len({part(gateway.token(system), 1)["jti"] for _ in range(5)}) == 5


def test_of_three_published_keys_only_the_active_one_signs() -> None:
    """Given a set joserfc signs with any key of a set, given one alone without a kid."""
    gateway = Gateway()
    old, new = (a_key("ES256", name) for name in ("old", "new"))
    gateway.keys = SigningKeys(gateway.keys.current, (old, new))
    gateway.restart()
    system = gateway.a_system()
    kids = {part(gateway.token(system), 0)["kid"] for _ in range(8)}
    assert kids == {gateway.keys.current.kid}
    assert len(gateway.get("/oauth/jwks").json()["keys"]) == 3


class TestScopes:
    def test_without_a_scope_the_registered_ones_are_granted_and_named(self) -> None:
        gateway = Gateway()
        assert gateway.ask(gateway.a_system(), scope="").json()["scope"] == "referrals:send inbox:read"

    def test_scopes_come_in_one_order_whatever_was_asked(self) -> None:
        gateway = Gateway()
        answer = gateway.ask(gateway.a_system(), scope="inbox:read referrals:send inbox:read")
        assert answer.json()["scope"] == "referrals:send inbox:read"

    @pytest.mark.parametrize(
        "scope",
        [
            "referrals:send everything",
            "everything",
            "referrals:send consents:record",
            " referrals:send",
            "REFERRALS:SEND",
        ],
        ids=["one unknown", "unknown", "one not registered", "blank first", "upper case"],
    )
    def test_a_scope_that_cannot_be_granted_refuses_instead_of_narrowing(self, scope: str) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        answer = gateway.ask(system, scope=scope)
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_scope"})
        assert gateway.once.calls == 0
        assert gateway.ask(system, scope="referrals:send").status_code == 200

    def test_a_client_without_scopes_gets_nothing(self) -> None:
        gateway = Gateway()
        system = gateway.a_system(scopes=frozenset())
        assert gateway.ask(system, scope="").json() == {"error": "invalid_scope"}
        gateway.join(system, scopes=frozenset({Scope.READ_LEDGER}))
        assert gateway.ask(system, scope="").json()["scope"] == "ledger:read"


class TestResource:
    def test_the_api_may_be_named(self) -> None:
        gateway = Gateway()
        assert gateway.ask(gateway.a_system(), resource=RESOURCE).status_code == 200

    @pytest.mark.parametrize("resource", [f"{RESOURCE}/", "https://other.example/api", ISSUER])
    def test_another_resource_is_an_invalid_target(self, resource: str) -> None:
        gateway = Gateway()
        answer = gateway.ask(gateway.a_system(), resource=resource)
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_target"})


class TestForm:
    @pytest.mark.parametrize("grant", ["authorization_code", "refresh_token", "password", "CLIENT_CREDENTIALS"])
    def test_there_is_no_other_grant(self, grant: str) -> None:
        gateway = Gateway()
        answer = gateway.ask(gateway.a_system(), grant_type=grant)
        assert (answer.status_code, answer.json()) == (400, {"error": "unsupported_grant_type"})

    def test_a_missing_grant_type_is_an_invalid_request(self) -> None:
        gateway = Gateway()
        assert gateway.ask(gateway.a_system(), grant_type="").json() == {"error": "invalid_request"}

    @pytest.mark.parametrize("name", ["grant_type", "scope", "client_assertion", "client_id", "resource", "anything"])
    def test_a_repeated_parameter_refuses(self, name: str) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        pairs = [*system.form(client_id=system.client_id, resource=RESOURCE, anything="1").items()]
        proof = system.proof(nonce=gateway.nonces.fresh())
        body = urlencode([*pairs, (name, dict(pairs)[name])])
        answer = gateway.post("/oauth/token", body, [proof])
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
        assert gateway.post("/oauth/token", urlencode(pairs), [proof]).status_code == 200

    def test_an_unknown_parameter_is_ignored(self) -> None:
        gateway = Gateway()
        assert gateway.ask(gateway.a_system(), colour="blue").status_code == 200

    def test_parameters_in_the_url_refuse(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        proof = system.proof(nonce=gateway.nonces.fresh())
        answer = gateway.post("/oauth/token?scope=referrals:send", system.form(), [proof])
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})

    @pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
    def test_another_media_type_refuses(self, kind: str) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        headers = [("content-type", kind), ("dpop", system.proof(nonce=gateway.nonces.fresh()))]
        body = urlencode(system.form()).encode()
        answer = gateway.serve(lambda client: client.post("/oauth/token", content=body, headers=headers))
        assert (answer.status_code, answer.json()) == (415, {"error": "invalid_request"})

    def test_a_charset_beside_the_media_type_does_not_matter(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        kind = f"{FORM_TYPE}; charset=UTF-8"
        headers = [("content-type", kind), ("dpop", system.proof(nonce=gateway.nonces.fresh()))]
        body = urlencode(system.form()).encode()
        answer = gateway.serve(lambda client: client.post("/oauth/token", content=body, headers=headers))
        assert answer.status_code == 200

    def test_a_body_over_the_limit_refuses(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        form = urlencode(system.form(pad=""))
        proof = system.proof(nonce=gateway.nonces.fresh())
        over = form + "x" * (LARGEST_BODY + 1 - len(form))
        answer = gateway.post("/oauth/token", over, [proof])
        assert (answer.status_code, answer.json()) == (413, {"error": "invalid_request"})
        assert gateway.post("/oauth/token", over[:-1], [proof]).status_code == 200

    @pytest.mark.parametrize(
        "body", ["%ff=1&grant_type=client_credentials", "é=1", "&".join(f"a{n}=1" for n in range(33))]
    )
    def test_a_body_that_is_no_small_form_in_utf_8_refuses(self, body: str) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        answer = gateway.post("/oauth/token", body, [system.proof(nonce=gateway.nonces.fresh())])
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})

    def test_get_is_not_allowed(self) -> None:
        answer = Gateway().get("/oauth/token")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_nothing_happens_until_a_request_comes() -> None:
    gateway = Gateway()
    world = World(gateway.clients, gateway.keys, gateway.clock, gateway.entropy)
    assert router(
        Parts(gateway.profile, world, gateway.nonces, gateway.once, gateway.revocations, gateway.limits)
    ).routes
    assert (gateway.entropy.drawn, gateway.once.calls) == (0, 0)


def test_a_revoked_client_gets_no_token() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    gateway.once.revoked.add(system.client_id)
    answer = gateway.ask(system)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    gateway.once.revoked.clear()
    assert gateway.ask(system).status_code == 200
