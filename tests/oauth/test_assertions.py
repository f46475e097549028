"""Client authentication: every way an assertion can be wrong, each beside the right one of the same client."""

import hmac
import json
from collections.abc import Callable

import pytest
from oauth.systems_oauth import (
    ABSENT,
    ASSERTION_TYPE,
    ISSUER,
    RESOURCE,
    TOKEN_URL,
    System,
    a_key,
    b64,
    public_jwk,
    public_pem,
    sign,
    sign_raw,
)
from oauth.world_oauth import Gateway

Wrong = Callable[[System], str]


def refused(gateway: Gateway, system: System, assertion: str) -> None:
    """The assertion is refused with nothing used up, and a right one of the same client passes."""
    answer = gateway.ask(system, client_assertion=assertion)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert gateway.once.used == {}
    assert gateway.ask(system).status_code == 200


CLAIMS: dict[str, dict[str, object]] = {
    "no issuer": {"iss": ABSENT},
    "another issuer": {"iss": "shelter-two"},
    "no subject": {"sub": ABSENT},
    "a number as subject": {"sub": 7, "iss": 7},
    "no audience": {"aud": ABSENT},
    "the token endpoint as audience": {"aud": TOKEN_URL},
    "the API as audience": {"aud": RESOURCE},
    "the issuer with a slash": {"aud": f"{ISSUER}/"},
    "a list that holds the issuer": {"aud": [ISSUER]},
    "a list that holds the issuer and another": {"aud": [ISSUER, "https://other.example"]},
    "no identifier": {"jti": ABSENT},
    "an empty identifier": {"jti": ""},
    "a number as identifier": {"jti": 1},
    "an identifier longer than 256": {"jti": "x" * 257},
    "an identifier UTF-8 cannot write": {"jti": "\ud800"},
    "no expiry": {"exp": ABSENT},
    "text as expiry": {"exp": "1795262490"},
    "true as expiry": {"exp": True},
    "an endless expiry": {"exp": 10**400},
    "a negative expiry": {"exp": -1},
    "text as issue time": {"iat": "now"},
    "null as issue time": {"iat": None},
    "text as start": {"nbf": "now"},
}


@pytest.mark.parametrize("claims", CLAIMS.values(), ids=CLAIMS)
def test_a_wrong_claim_refuses(claims: dict[str, object]) -> None:
    gateway = Gateway()
    system = gateway.a_system()
    refused(gateway, system, system.assertion(**claims))


TIMES: dict[str, tuple[dict[str, int], bool]] = {
    "expires now": ({"exp": 0}, False),
    "expired a minute ago": ({"exp": -60, "iat": -120}, False),
    "expires in a second": ({"exp": 1}, True),
    "lives five minutes": ({"exp": 300}, True),
    "lives five minutes by a clock that is ahead as far as allowed": ({"exp": 310, "iat": 10}, True),
    "lives longer than five minutes": ({"exp": 311}, False),
    "lives a year": ({"exp": 31_536_000}, False),
    "issued as far ahead as allowed": ({"iat": 10}, True),
    "issued further ahead": ({"iat": 11}, False),
    "issued long ago and still alive": ({"iat": -3600}, True),
    "starts as far ahead as allowed": ({"nbf": 10}, True),
    "starts further ahead": ({"nbf": 11}, False),
}


@pytest.mark.parametrize(("times", "accepted"), TIMES.values(), ids=TIMES)
def test_the_times_of_an_assertion_have_bounds(times: dict[str, int], accepted: bool) -> None:  # noqa: FBT001 - a row of a table
    gateway = Gateway()
    system = gateway.a_system()
    assertion = system.assertion(**{name: gateway.clock.seconds + offset for name, offset in times.items()})
    if accepted:
        assert gateway.ask(system, client_assertion=assertion).status_code == 200
    else:
        refused(gateway, system, assertion)


def test_an_assertion_without_issue_time_or_with_a_fraction_passes() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    for claims in ({"iat": ABSENT}, {"exp": gateway.clock.seconds + 60.5, "iat": gateway.clock.seconds + 0.5}):
        assert gateway.ask(system, client_assertion=system.assertion(**claims)).status_code == 200


HEADERS: dict[str, dict[str, object]] = {
    "the type of an access token": {"typ": "at+jwt"},
    "the type of a proof": {"typ": "dpop+jwt"},
    "an empty type": {"typ": ""},
    "null as type": {"typ": None},
    "a critical extension": {"crit": ["exp"], "exp": 1},
    "b64 switched off": {"b64": False, "crit": ["b64"]},
    "a key of its own": {"jwk": public_jwk(a_key("ES256", "shelter-one"))},
    "a place to fetch a key from": {"jku": "https://other.example/keys"},
    "a certificate chain": {"x5c": ["MIIB"]},
    "an unknown member": {"colour": "blue"},
    "the identifier of no key": {"kid": "another"},
    "a number as key identifier": {"kid": 1},
    "algorithm none": {"alg": "none"},
    "algorithm HS256": {"alg": "HS256"},
    "algorithm RS256": {"alg": "RS256"},
    "algorithm ES512": {"alg": "ES512"},
    "no algorithm": {"alg": ABSENT},
    "a list of algorithms": {"alg": ["ES256"]},
    "another algorithm of the profile": {"alg": "PS256"},
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_wrong_header_refuses(header: dict[str, object]) -> None:
    gateway = Gateway()
    system = gateway.a_system()
    refused(gateway, system, system.assertion(header))


@pytest.mark.parametrize(
    "kind", ["JWT", "jwt", "client-authentication+jwt", ABSENT], ids=["JWT", "jwt", "bis", "absent"]
)
def test_the_types_of_an_assertion_are_accepted(kind: object) -> None:
    gateway = Gateway()
    system = gateway.a_system()
    assert gateway.ask(system, client_assertion=system.assertion({"typ": kind})).status_code == 200


def unsigned(system: System) -> str:
    head = json.dumps({"alg": "none", "kid": system.key.kid})
    return f"{b64(head.encode())}.{b64(json.dumps(system.assertion_claims()).encode())}."


def by_another_key(system: System) -> str:
    head = {"alg": "ES256", "kid": system.key.kid}
    return sign(head, system.assertion_claims(), a_key("ES256", "stranger"))


def public_key_as_secret(system: System, named: str = "HS256") -> str:
    """Sign with what everybody has: the public key, used as an HMAC secret (CVE-2024-37568)."""
    head = json.dumps({"alg": named, "kid": system.key.kid})
    signed = f"{b64(head.encode())}.{b64(json.dumps(system.assertion_claims()).encode())}"
    return f"{signed}.{b64(hmac.digest(public_pem(system.key), signed.encode(), 'sha256'))}"


def changed_after_signing(system: System) -> str:
    head, _, signature = system.assertion().split(".")
    return f"{head}.{b64(json.dumps({**system.assertion_claims(), 'jti': 'other'}).encode())}.{signature}"


def empty_signature(system: System) -> str:
    return system.assertion().rpartition(".")[0] + "."


def zero_signature(system: System) -> str:
    return system.assertion().rpartition(".")[0] + "." + b64(bytes(64))


def two_subjects(system: System) -> str:
    claims = json.dumps(system.assertion_claims())
    twice = claims[:-1] + ', "sub": "shelter-one"}'
    return sign_raw(json.dumps({"alg": "ES256", "kid": system.key.kid}), twice, system.key, "ES256")


def deep_header(system: System) -> str:
    return sign_raw('{"alg":"ES256","x":' + "[" * 2500 + "]" * 500, "{}", system.key, "ES256")


def deep_claims(system: System) -> str:
    return sign_raw('{"alg":"ES256"}', "[" * 5000, system.key, "ES256")


FORGERIES: dict[str, Wrong] = {
    "not a JWT": lambda _: "not.a.jwt",
    "text": lambda _: "assertion",
    "five parts": lambda system: system.assertion() + ".x.y",
    "base64 with padding": lambda system: system.assertion() + "=",
    "a line break inside": lambda system: system.assertion().replace(".", ".\n", 1),
    "letters outside ASCII": lambda system: system.assertion().replace(".", ".é", 1),
    "a list as header": lambda system: sign_raw("[]", "{}", system.key, "ES256"),
    "unsigned": unsigned,
    "signed by another key": by_another_key,
    "the public key as a secret": public_key_as_secret,
    "the public key as a secret under ES256": lambda system: public_key_as_secret(system, "ES256"),
    "changed after it was signed": changed_after_signing,
    "an empty signature": empty_signature,
    "a signature of zeros": zero_signature,
    "two subjects": two_subjects,
    "a header nested without end": deep_header,
    "claims nested without end": deep_claims,
    "a list as claims": lambda system: sign_raw('{"alg":"ES256"}', "[]", system.key, "ES256"),
    "claims that are not JSON": lambda system: sign_raw('{"alg":"ES256"}', "sub", system.key, "ES256"),
    "not a number": lambda system: sign_raw('{"alg":"ES256"}', '{"sub":"shelter-one","exp":NaN}', system.key, "ES256"),
    "longer than any assertion": lambda system: system.assertion(pad="x" * 9000),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_refuses(forge: Wrong) -> None:
    gateway = Gateway()
    system = gateway.a_system()
    refused(gateway, system, forge(system))


class TestOtherWaysToAuthenticate:
    @pytest.mark.parametrize(
        "fields",
        [
            {"client_assertion": ""},
            {"client_assertion_type": ""},
            {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
            {"client_assertion": "", "client_id": "shelter-one", "client_secret": "hunter2"},
            {"client_secret": "hunter2"},
            {"client_assertion": "", "client_id": "shelter-one"},
        ],
        ids=["no assertion", "no type", "SAML", "a secret", "a secret beside the assertion", "an id alone"],
    )
    def test_only_an_assertion_authenticates(self, fields: dict[str, str]) -> None:
        gateway = Gateway()
        answer = gateway.ask(gateway.a_system(), **fields)
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})

    def test_an_authorization_header_refuses(self) -> None:
        gateway = Gateway()
        system = gateway.a_system()
        proof = system.proof(nonce=gateway.nonces.fresh())
        answer = gateway.post(
            "/oauth/token", system.form(), [proof], authorization="Basic c2hlbHRlci1vbmU6aHVudGVyMg=="
        )
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
        assert gateway.post("/oauth/token", system.form(), [proof]).status_code == 200

    def test_the_assertion_type_is_the_one_of_rfc_7523(self) -> None:
        gateway = Gateway()
        assert gateway.ask(gateway.a_system(), client_assertion_type=ASSERTION_TYPE).status_code == 200


def test_a_client_id_in_the_body_must_be_the_one_that_signed() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    gateway.a_system("shelter-two")
    assert gateway.ask(system, client_id="shelter-two").status_code == 401
    assert gateway.once.used == {}
    assert gateway.ask(system, client_id=system.client_id).status_code == 200
