"""Who may call the API: token, binding, proof and kill switch; each refusal beside a call that passes."""

import base64
import json
from hashlib import sha256

import pytest
from joserfc.jwk import ECKey
from oauth.systems_oauth import ABSENT, API_PATH, API_URL, ISSUER, RESOURCE, System, a_key, b64, sign
from oauth.world_oauth import Gateway

from gateway.core.access.scopes import Scope
from gateway.core.callers import CallerRefusedError, ScopeMissingError
from gateway.oauth.errors import InvalidDPoPProofError, InvalidTokenError, UseDPoPNonceError, Why
from gateway.oauth.keys import SigningKeys

ALGS = 'algs="ES256 Ed25519 EdDSA PS256 ES384"'


def refusal(gateway: Gateway, authorization: list[str], proofs: list[str], path: str = API_PATH) -> CallerRefusedError:
    with pytest.raises(CallerRefusedError) as caught:
        gateway.verifier.verify(authorization, proofs, "POST", path)
    return caught.value


def forged(gateway: Gateway, system: System, header: dict[str, object], **claims: object) -> str:
    """Sign a token with the gateway's own key, right but for the changes: what no attacker can do."""
    key = gateway.keys.current
    now = gateway.clock.seconds
    right: dict[str, object] = {
        "iss": ISSUER,
        "sub": system.client_id,
        "client_id": system.client_id,
        "agency": "agency",
        "aud": RESOURCE,
        "iat": now,
        "exp": now + 300,
        "jti": "token-1",
        "scope": "referrals:send",
        "cnf": {"jkt": system.proof_key.thumbprint()},
    }
    head = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid, **header}
    kept = {name: value for name, value in {**right, **claims}.items() if value is not ABSENT}
    return sign({name: value for name, value in head.items() if value is not ABSENT}, kept, key, "ES256")


def test_a_caller_is_who_the_token_names() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    caller = gateway.call(system, gateway.token(system, scope="inbox:read"))
    assert (caller.client_id, caller.agency) == ("shelter-one", "agency-of-shelter-one")
    assert caller.scopes == {Scope.READ_INBOX}
    assert len(caller.proof.id) == 32
    assert caller.proof.expires_at >= gateway.clock.seconds + 120
    caller.require(Scope.READ_INBOX)
    with pytest.raises(ScopeMissingError) as missing:
        caller.require(Scope.SEND_REFERRALS)
    assert missing.value.challenge == 'DPoP error="insufficient_scope", scope="referrals:send"'


def test_a_forged_token_with_nothing_wrong_passes() -> None:
    """The control of the two tests below."""
    gateway = Gateway()
    system = gateway.a_system()
    assert gateway.call(system, forged(gateway, system, {})).client_id == system.client_id


HEADERS: dict[str, dict[str, object]] = {
    "no type": {"typ": ABSENT},
    "a plain JWT": {"typ": "JWT"},
    "a proof": {"typ": "dpop+jwt"},
    "no key": {"kid": ABSENT},
    "another key": {"kid": "other"},
    "algorithm none": {"alg": "none"},
    "algorithm HS256": {"alg": "HS256"},
    "an unknown member": {"x": 1},
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_token_with_a_wrong_header_is_refused(header: dict[str, object]) -> None:
    gateway = Gateway()
    system = gateway.a_system()
    with pytest.raises(InvalidTokenError):
        gateway.call(system, forged(gateway, system, header))


CLAIMS: dict[str, dict[str, object]] = {
    "another issuer": {"iss": "https://other.example"},
    "another audience": {"aud": "https://other.example/api"},
    "the issuer as audience": {"aud": ISSUER},
    "a list of audiences": {"aud": [RESOURCE]},
    "no audience": {"aud": ABSENT},
    "a number as client": {"client_id": 7},
    "no agency": {"agency": ""},
    "no scope": {"scope": ""},
    "an unknown scope": {"scope": "everything"},
    "no identifier": {"jti": ABSENT},
    "no expiry": {"exp": ABSENT},
    "no binding": {"cnf": ABSENT},
    "a binding of another kind": {"cnf": {"x5t#S256": "x"}},
    "text as binding": {"cnf": "x"},
    "another key's binding": {"cnf": {"jkt": a_key("ES256", "stranger").thumbprint()}},
}


@pytest.mark.parametrize("claims", CLAIMS.values(), ids=CLAIMS)
def test_a_token_with_a_wrong_claim_is_refused(claims: dict[str, object]) -> None:
    gateway = Gateway()
    system = gateway.a_system()
    with pytest.raises(InvalidTokenError):
        gateway.call(system, forged(gateway, system, {}, **claims))


class TestToken:
    def test_a_token_expires(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        token = gateway.token(system)
        gateway.clock.advance(299)
        gateway.call(system, token)
        gateway.clock.advance(1)
        with pytest.raises(InvalidTokenError) as caught:
            gateway.call(system, token)
        assert caught.value.reason is Why.EXPIRED

    def test_a_changed_token_is_refused(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        head, body, signature = gateway.token(system).split(".")
        claims = json.loads(base64.urlsafe_b64decode(body + "==")) | {"scope": "ledger:read"}
        with pytest.raises(InvalidTokenError) as caught:
            gateway.call(system, f"{head}.{b64(json.dumps(claims).encode())}.{signature}")
        assert caught.value.reason is Why.SIGNATURE

    def test_a_token_of_another_server_is_refused(self) -> None:
        gateway, other = Gateway(), Gateway()
        other.keys = SigningKeys(ECKey.generate_key("P-256", {"kid": str(gateway.keys.current.kid)}))
        other.restart()
        system = gateway.a_system()
        other.join(system)
        with pytest.raises(InvalidTokenError):
            gateway.call(system, other.token(system))

    def test_a_client_assertion_is_no_access_token(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        with pytest.raises(InvalidTokenError):
            gateway.call(system, system.assertion())

    def test_a_token_of_the_previous_key_passes_until_that_key_is_withdrawn(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        token, old = gateway.token(system), gateway.keys.current
        new = ECKey.generate_key("P-256", auto_kid=True)
        gateway.keys = SigningKeys(new, (old,))
        gateway.restart()
        gateway.call(system, token)
        gateway.call(system, gateway.token(system))
        gateway.verifier._keys = SigningKeys(new)
        with pytest.raises(InvalidTokenError) as caught:
            gateway.call(system, token)
        assert caught.value.reason is Why.KEY


class TestKillSwitch:
    def test_a_revoked_client_is_refused_at_once_and_let_in_again(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        token = gateway.token(system)
        gateway.call(system, token)
        gateway.revocations.clients.add(system.client_id)
        with pytest.raises(InvalidTokenError) as caught:
            gateway.call(system, token)
        assert caught.value.reason is Why.REVOKED
        gateway.revocations.clients.clear()
        gateway.call(system, token)

    def test_one_client_under_the_switch_leaves_the_others(self) -> None:
        gateway = Gateway()
        one, two = gateway.a_system("one"), gateway.a_system("two")
        gateway.revocations.clients.add("one")
        assert gateway.call(two, gateway.token(two)).client_id == "two"
        with pytest.raises(InvalidTokenError):
            gateway.call(one, gateway.token(one))


PROOFS: dict[str, dict[str, object]] = {
    "no token hash": {"ath": ABSENT},
    "a wrong token hash": {"ath": "x"},
    "another token's hash": {"ath": b64(sha256(b"another token").digest())},
    "another path": {"url": f"{API_URL}/1"},
    "the token endpoint": {"url": f"{ISSUER}/oauth/token"},
    "another host": {"url": "https://other.example/api/referrals"},
    "another method": {"htm": "GET"},
    "no identifier": {"jti": ABSENT},
    "a time long ago": {"iat": 0},
}


class TestProof:
    @pytest.mark.parametrize("change", PROOFS.values(), ids=PROOFS)
    def test_a_proof_for_something_else_is_refused(self, change: dict[str, object]) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        token = gateway.token(system)
        with pytest.raises(InvalidDPoPProofError, match="invalid_dpop_proof"):
            gateway.call(system, token, **change)
        gateway.call(system, token)

    def test_a_stolen_token_is_of_no_use_without_its_key(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        token = gateway.token(system)
        thief = System(gateway.clock, "thief")
        with pytest.raises(InvalidTokenError) as caught:
            gateway.call(thief, token)
        assert caught.value.reason is Why.BINDING
        gateway.call(system, token)

    def test_a_proof_signed_by_another_key_is_refused_after_the_header_was_remembered(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        token = gateway.token(system)
        gateway.call(system, token)
        thief = System(gateway.clock, "thief")
        header = {"jwk": system.proof_header()["jwk"]}
        proof = thief.proof(API_URL, nonce=gateway.nonces.fresh(), token=token, header=header)
        caught = refusal(gateway, [f"DPoP {token}"], [proof])
        assert (caught.code, caught.why) == ("invalid_dpop_proof", "signature")

    def test_there_is_exactly_one(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        token = gateway.token(system)
        proofs = [system.proof(API_URL, nonce=gateway.nonces.fresh(), token=token) for _ in range(2)]
        for several in ([], proofs):
            assert isinstance(refusal(gateway, [f"DPoP {token}"], several), InvalidDPoPProofError)
        gateway.verifier.verify([f"DPoP {token}"], proofs[:1], "POST", API_PATH)

    def test_a_nonce_is_asked_for_and_the_next_try_passes(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        token = gateway.token(system)
        with pytest.raises(UseDPoPNonceError) as caught:
            gateway.call(system, token, nonce=None)
        assert caught.value.challenge == f'DPoP error="use_dpop_nonce", {ALGS}'
        assert caught.value.nonce == gateway.verifier.fresh_nonce()
        gateway.call(system, token, nonce=caught.value.nonce)

    def test_the_path_is_compared_as_the_router_sees_it(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        token = gateway.token(system)
        gateway.call(system, token, path="/fhir/$process-message", url=f"{ISSUER}/fhir/%24process-message")
        gateway.call(system, token, path="/fhir/$process-message", url=f"{ISSUER}/fhir/$process-message?x=1")
        gateway.call(system, token, path="/", url=ISSUER)
        with pytest.raises(InvalidDPoPProofError):
            gateway.call(system, token, path="/fhir/%24process-message", url=f"{ISSUER}/fhir/%24process-message")


class TestAuthorizationHeader:
    @pytest.mark.parametrize("scheme", ["DPoP", "dpop", "DPOP"])
    def test_the_scheme_is_known_in_any_case(self, scheme: str) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        token = gateway.token(system)
        proof = system.proof(API_URL, nonce=gateway.nonces.fresh(), token=token)
        assert gateway.verifier.verify([f"{scheme} {token}"], [proof], "POST", API_PATH)

    def test_a_bound_token_is_not_taken_as_a_bearer_token(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        token = gateway.token(system)
        proof = system.proof(API_URL, nonce=gateway.nonces.fresh(), token=token)
        assert refusal(gateway, [f"Bearer {token}"], [proof]).code == "invalid_token"

    @pytest.mark.parametrize(
        "headers", [[], ["Basic x"], ["DPoP"], ["DPoP "], [""]], ids=["none", "Basic", "bare", "blank", "empty"]
    )
    def test_without_credentials_the_challenge_names_no_error(self, headers: list[str]) -> None:
        assert refusal(Gateway(), headers, []).challenge == f"DPoP {ALGS}"

    def test_a_wrong_token_is_an_invalid_token(self) -> None:
        assert refusal(Gateway(), ["DPoP wrong"], []).challenge == f'DPoP error="invalid_token", {ALGS}'

    @pytest.mark.parametrize(
        "extra", [", DPoP x", " x", "\n", "é", "\ud800"], ids=["second", "word", "line break", "é", "half"]
    )
    def test_anything_behind_the_token_refuses(self, extra: str) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        assert refusal(gateway, [f"DPoP {gateway.token(system)}{extra}"], []).code == "invalid_token"

    def test_two_headers_refuse(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        credentials = f"DPoP {gateway.token(system)}"
        assert refusal(gateway, [credentials, credentials], []).why == "repeated"
