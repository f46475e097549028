"""DPoP proofs at the token endpoint: every way a proof can be wrong, each beside the right one of the same key."""

import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jws
from joserfc.errors import ExceededSizeError
from joserfc.jwk import OctKey, OKPKey, RSAKey
from oauth.systems_oauth import ABSENT, API_URL, ISSUER, TOKEN_URL, System, a_key, b64, public_jwk, sign, sign_raw
from oauth.world_oauth import FORM_TYPE, Gateway


def refused(gateway: Gateway, system: System, proofs: list[str], code: str = "invalid_dpop_proof") -> None:
    """The proofs are refused with nothing used up, and a right one passes."""
    answer = gateway.post("/oauth/token", system.form(), proofs)
    assert (answer.status_code, answer.json()) == (400, {"error": code})
    assert answer.headers["dpop-nonce"] == gateway.nonces.fresh()
    assert gateway.once.calls == 0
    assert gateway.ask(system).status_code == 200


CLAIMS: dict[str, dict[str, object]] = {
    "another method": {"htm": "GET"},
    "a method in lower case": {"htm": "post"},
    "no method": {"htm": ABSENT},
    "another endpoint": {"htu": f"{ISSUER}/oauth/revoke"},
    "the API": {"htu": API_URL},
    "another host": {"htu": "https://other.example/oauth/token"},
    "another scheme": {"htu": TOKEN_URL.replace("https", "http")},
    "another port": {"htu": "https://gateway.example:8443/oauth/token"},
    "a port that is none": {"htu": "https://gateway.example:x/oauth/token"},
    "a user in the host": {"htu": "https://gateway.example@other.example/oauth/token"},
    "our host as a user": {"htu": "https://user@gateway.example/oauth/token"},
    "a path below": {"htu": f"{TOKEN_URL}/"},
    "a path with dots": {"htu": f"{ISSUER}/x/../oauth/token"},
    "a path alone": {"htu": "/oauth/token"},
    "a blank in front": {"htu": f" {TOKEN_URL}"},
    "a tab inside": {"htu": TOKEN_URL.replace("token", "to\tken")},
    "a broken address": {"htu": "https://[gateway.example/oauth/token"},
    "no URL": {"htu": ABSENT},
    "a list of URLs": {"htu": [TOKEN_URL]},
    "no time": {"iat": ABSENT},
    "text as time": {"iat": "now"},
    "no identifier": {"jti": ABSENT},
    "an empty identifier": {"jti": ""},
    "a long identifier": {"jti": "x" * 257},
}


@pytest.mark.parametrize("claims", CLAIMS.values(), ids=CLAIMS)
def test_a_wrong_claim_refuses(claims: dict[str, object]) -> None:
    gateway = Gateway()
    system = gateway.a_system()
    refused(gateway, system, [system.proof(nonce=gateway.nonces.fresh(), **claims)])


SAME: list[str] = [
    TOKEN_URL,
    f"{TOKEN_URL}?scope=x",
    f"{TOKEN_URL}#part",
    "HTTPS://Gateway.Example/oauth/token",
    "https://gateway.example:443/oauth/token",
    "https://gateway.example/%6Fauth/token",
]


@pytest.mark.parametrize("url", SAME)
def test_the_same_url_written_otherwise_passes(url: str) -> None:
    gateway = Gateway()
    system = gateway.a_system()
    assert gateway.ask(system, system.proof(url, nonce=gateway.nonces.fresh())).status_code == 200


def test_the_url_is_the_configured_one_and_never_the_host_header() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    answer = gateway.post(
        "/oauth/token",
        system.form(),
        [system.proof("https://evil.example/oauth/token", nonce=gateway.nonces.fresh())],
        host="evil.example",
        x_forwarded_host="evil.example",
    )
    assert answer.json() == {"error": "invalid_dpop_proof"}
    proof = system.proof(nonce=gateway.nonces.fresh())
    assert gateway.post("/oauth/token", system.form(), [proof], host="inside.example").status_code == 200


def test_behind_a_proxy_that_ends_tls_the_configured_address_still_counts() -> None:
    """Given the inside address, Authlib would refuse the scheme, and every proof would name another URL."""
    gateway = Gateway()
    system = gateway.a_system()
    body = urlencode(system.form()).encode()
    headers = {"content-type": FORM_TYPE, "dpop": system.proof(nonce=gateway.nonces.fresh())}
    inside = "http://10.0.0.5:8000/oauth/token"
    answer = gateway.serve(lambda client: client.post(inside, content=body, headers=headers))
    assert answer.status_code == 200
    headers["dpop"] = system.proof(inside, nonce=gateway.nonces.fresh())
    answer = gateway.serve(lambda client: client.post(inside, content=body, headers=headers))
    assert answer.json() == {"error": "invalid_dpop_proof"}


@pytest.mark.parametrize(
    ("offset", "accepted"), [(0, True), (10, True), (11, False), (-120, True), (-121, False), (-86400, False)]
)
def test_the_age_of_a_proof_has_bounds(offset: int, accepted: bool) -> None:  # noqa: FBT001 - a row of a table
    gateway = Gateway()
    system = gateway.a_system()
    proof = system.proof(nonce=gateway.nonces.fresh(), iat=gateway.clock.seconds + offset)
    if accepted:
        assert gateway.ask(system, proof).status_code == 200
    else:
        refused(gateway, system, [proof])


PRIVATE = a_key("ES256", "private").as_dict(private=True)
HEADERS: dict[str, dict[str, object]] = {
    "no type": {"typ": ABSENT},
    "the type of an assertion": {"typ": "JWT"},
    "no algorithm": {"alg": ABSENT},
    "algorithm none": {"alg": "none"},
    "algorithm HS256": {"alg": "HS256"},
    "algorithm RS256": {"alg": "RS256"},
    "an algorithm of another key": {"alg": "ES384"},
    "no key": {"jwk": ABSENT},
    "text as key": {"jwk": "key"},
    "an empty key": {"jwk": {}},
    "a private key": {"jwk": {name: PRIVATE[name] for name in ("kty", "crv", "x", "y", "d")}},
    "a symmetric key": {"jwk": {"kty": "oct", "k": "c2VjcmV0"}},
    "a key off the curve": {"jwk": {**public_jwk(a_key("ES256")), "x": "AAAA"}},
    "another key than the one that signed": {"jwk": public_jwk(a_key("ES256", "stranger"))},
    "a key for encryption": {"jwk": {**public_jwk(a_key("ES256", "shelter-one-proof")), "use": "enc"}},
    "a key identifier instead": {"kid": "shelter-one-proof"},
    "a certificate chain": {"x5c": ["MIIB"]},
    "a place to fetch a key from": {"jku": "https://other.example/keys"},
    "a critical extension": {"crit": ["exp"], "exp": 1},
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_wrong_header_refuses(header: dict[str, object]) -> None:
    gateway = Gateway()
    system = gateway.a_system()
    refused(gateway, system, [system.proof(nonce=gateway.nonces.fresh(), header=header)])


def test_the_type_may_be_in_upper_case() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    proof = system.proof(nonce=gateway.nonces.fresh(), header={"typ": "DPoP+JWT"})
    assert gateway.ask(system, proof).status_code == 200


class TestKeys:
    def test_a_symmetric_key_proves_nothing(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        secret = OctKey.import_key("a secret of thirty-two characters")
        claims = system.proof_claims(TOKEN_URL, "POST", gateway.nonces.fresh(), None)
        header = {"typ": "dpop+jwt", "alg": "HS256", "jwk": secret.as_dict()}
        refused(gateway, system, [sign(header, claims, secret)])

    @pytest.mark.parametrize(("bits", "exponent"), [(1024, 65537), (2048, 3)])
    @pytest.mark.filterwarnings("ignore:Key size should be")
    def test_a_weak_rsa_key_proves_nothing(self, bits: int, exponent: int) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        weak = RSAKey.import_key(rsa.generate_private_key(exponent, bits))
        claims = system.proof_claims(TOKEN_URL, "POST", gateway.nonces.fresh(), None)
        header = {"typ": "dpop+jwt", "alg": "PS256", "jwk": public_jwk(weak)}
        refused(gateway, system, [sign(header, claims, weak)])

    def test_a_key_of_the_larger_edwards_curve_proves_nothing_under_eddsa(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        large = OKPKey.generate_key("Ed448")
        claims = system.proof_claims(TOKEN_URL, "POST", gateway.nonces.fresh(), None)
        header = {"typ": "dpop+jwt", "alg": "EdDSA", "jwk": public_jwk(large)}
        refused(gateway, system, [sign(header, claims, large)])

    def test_a_header_over_512_bytes_passes(self) -> None:
        """The default of joserfc refuses a longer header by default, and with it large RSA keys."""
        gateway = Gateway()
        system = gateway.a_system()
        system.proof_algorithm, system.proof_key = "PS256", RSAKey.generate_key(4096)
        proof = system.proof(nonce=gateway.nonces.fresh())
        with pytest.raises(ExceededSizeError):
            jws.extract_compact(proof.encode())
        assert gateway.ask(system, proof).status_code == 200

    @pytest.mark.parametrize("modulus", [b64((1 << 4096 | 1).to_bytes(513)), "not base64!"], ids=["4097 bits", "text"])
    def test_a_key_over_4096_bits_proves_nothing(self, modulus: str) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        jwk = {"kty": "RSA", "n": modulus, "e": "AQAB"}
        header = {"typ": "dpop+jwt", "alg": "PS256", "jwk": jwk}
        claims = system.proof_claims(TOKEN_URL, "POST", gateway.nonces.fresh(), None)
        refused(gateway, system, [sign(header, claims, a_key("PS256"))])


def two_methods(system: System, nonce: str) -> str:
    claims = json.dumps(system.proof_claims(TOKEN_URL, "POST", nonce, None))
    return sign_raw(json.dumps(system.proof_header()), '{"htm": "GET", ' + claims[1:], system.proof_key, "ES256")


def deep(system: System, _: str) -> str:
    return sign_raw('{"typ":"dpop+jwt","alg":"ES256","jwk":' + "[" * 2900, "{}", system.proof_key, "ES256")


@pytest.mark.parametrize(
    "forge",
    [
        lambda system, nonce: system.proof(nonce=nonce) + ", " + system.proof(nonce=nonce),
        lambda *_: "proof",
        lambda *_: "",
        lambda system, nonce: system.proof(nonce=nonce).rpartition(".")[0] + ".",
        lambda system, nonce: system.proof(nonce=nonce).rpartition(".")[0] + "." + b64(bytes(64)),
        lambda system, nonce: system.proof(nonce=nonce, pad="x" * 9000),
        two_methods,
        deep,
    ],
    ids=[
        "two in one header",
        "text",
        "empty",
        "no signature",
        "zeros",
        "too long",
        "two methods",
        "nested without end",
    ],
)
def test_a_forgery_refuses(forge: Callable[[System, str], str]) -> None:
    gateway = Gateway()
    system = gateway.a_system()
    refused(gateway, system, [forge(system, gateway.nonces.fresh())])


def test_there_is_exactly_one_proof() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    refused(gateway, system, [])
    gateway = Gateway()
    proofs = [system.proof(nonce=gateway.nonces.fresh()) for _ in range(2)]
    refused(gateway, gateway.join(system), proofs)


class TestNonces:
    @pytest.mark.parametrize("nonce", [None, "", "guess", "x" * 22], ids=["none", "empty", "guessed", "of our length"])
    def test_a_proof_without_our_nonce_is_challenged_and_burns_nothing(self, nonce: str | None) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        form = system.form()
        answer = gateway.post("/oauth/token", form, [system.proof(nonce=nonce)])
        assert (answer.status_code, answer.json()) == (400, {"error": "use_dpop_nonce"})
        assert (gateway.once.calls, gateway.once.used) == (0, {})
        again = system.proof(nonce=answer.headers["dpop-nonce"])
        assert gateway.post("/oauth/token", form, [again]).status_code == 200

    @pytest.mark.parametrize(("age", "accepted"), [(0, True), (119, True), (149, True), (150, False), (3600, False)])
    def test_a_nonce_lives_for_two_to_three_minutes(self, age: int, accepted: bool) -> None:  # noqa: FBT001 - a row of a table
        gateway = Gateway()
        system = gateway.a_system()
        nonce = gateway.nonces.fresh()
        gateway.clock.advance(age)
        answer = gateway.ask(system, system.proof(nonce=nonce))
        assert answer.status_code == (200 if accepted else 400)

    def test_a_nonce_from_the_future_is_not_ours(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        gateway.clock.advance(60)
        nonce = gateway.nonces.fresh()
        gateway.clock.advance(-60)
        assert gateway.ask(system, system.proof(nonce=nonce)).json() == {"error": "use_dpop_nonce"}

    def test_a_wrong_proof_is_not_asked_to_try_again(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        answer = gateway.ask(system, system.proof(nonce=None, htm="GET"))
        assert answer.json() == {"error": "invalid_dpop_proof"}
