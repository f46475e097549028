"""Attempts with what surrounds the assertion at the token endpoint: the form and the proof."""

import json
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from attacks.attempts import (
    VICTIM,
    Attempt,
    Attempts,
    with_form,
    with_proof,
    with_proofs,
)
from joserfc.jwk import OctKey
from oauth.systems_oauth import ABSENT, ISSUER, System, a_key, b64, public_jwk, sign
from oauth.world_oauth import Gateway

_STRANGER: Final = "a stranger's key"
_USED_TWICE: Final = ("client_assertion", "client_assertion_type", "grant_type", "scope", "resource")
_NEVER: Final = ("private", "symmetric", "off the curve", "another curve's name", "exponent of one", "another's")


def _twice(name: str) -> Attempt:
    return with_form(lambda system: urlencode([*(form := system.form()).items(), (name, form.get(name, "x"))]))


def _without(*names: str, **more: str) -> Attempt:
    return with_form(
        lambda system: {name: value for name, value in {**system.form(), **more}.items() if name not in names}
    )


FORMS: Final[Attempts] = {
    **{f"{name} twice": _twice(name) for name in _USED_TWICE},
    "no assertion": _without("client_assertion"),
    "no assertion type": _without("client_assertion_type"),
    "no grant type": _without("grant_type"),
    "a name instead of an assertion": _without(
        "client_assertion", "client_assertion_type", client_id="attacking-system"
    ),
    "another name beside it": _without(client_id=VICTIM),
    "a secret beside it": _without(client_secret="x"),  # noqa: S106 - of nobody
    "an empty secret": _without(client_secret=""),
    "another assertion type": _without(
        client_assertion_type="urn:ietf:params:oauth:client-assertion-type:saml2-bearer"
    ),
    **{
        f"grant {name}": _without(grant_type=name)
        for name in (
            "password",
            "authorization_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "urn:ietf:params:oauth:grant-type:token-exchange",
            "client_credentials ",
            "CLIENT_CREDENTIALS",
            "implicit",
        )
    },
    "a password in a header": with_form(lambda system: system.form(), authorization="Basic YXR0YWNraW5nLXN5c3RlbTp4"),
    "a token in a header": with_form(lambda system: system.form(), authorization="Bearer x"),
    "as JSON": with_form(lambda system: json.dumps(system.form()), content_type="application/json"),
    "said to be a file too": with_form(
        lambda system: urlencode(system.form()), content_type="multipart/form-data; boundary=x"
    ),
    "said to be nothing too": with_form(lambda system: urlencode(system.form()), content_type=""),
    "too many fields": with_form(lambda system: urlencode({**system.form(), **{f"x{n}": "y" for n in range(40)}})),
    "too large": with_form(lambda system: urlencode({**system.form(), "x": "y" * 20_000})),
    "not UTF-8": with_form(lambda system: urlencode(system.form()) + "&x=%ff"),
    "brackets": with_form(lambda system: urlencode(system.form()).replace("client_assertion=", "client_assertion[]=")),
    "semicolons": with_form(lambda system: urlencode(system.form()).replace("&", ";")),
    "a letter outside ASCII": with_form(lambda system: urlencode(system.form()) + "&\u0430=1"),
    "in the address": lambda gateway, system: (
        "access_token"
        in gateway.post(
            f"/oauth/token?{urlencode(system.form())}", "", [system.proof(nonce=gateway.nonces.fresh())]
        ).text
    ),
    "in the address too": lambda gateway, system: (
        "access_token"
        in gateway.post(
            "/oauth/token?scope=referrals:send", system.form(), [system.proof(nonce=gateway.nonces.fresh())]
        ).text
    ),
}


def _shown_before(gateway: Gateway, system: System) -> bool:
    proof = system.proof(nonce=gateway.nonces.fresh())
    assert "access_token" in gateway.ask(system, proof).json(), "the first use is allowed"
    return "access_token" in gateway.ask(system, proof).json()


def _old_nonce(gateway: Gateway, system: System) -> bool:
    nonce = gateway.nonces.fresh()
    gateway.clock.advance(181)
    return "access_token" in gateway.ask(system, system.proof(nonce=nonce)).json()


def _by(key: object, algorithm: str, jwk: dict[str, object], system: System, nonce: str) -> str:
    header = {"typ": "dpop+jwt", "alg": algorithm, "jwk": jwk}
    return sign(header, system.proof_claims(f"{ISSUER}/oauth/token", "POST", nonce, None), key)


def _weak(name: str) -> Callable[[Gateway, System], list[str]]:
    """Return a proof whose key is one that must not be."""

    def make(gateway: Gateway, system: System) -> list[str]:
        good, nonce = a_key("ES256", "weak"), gateway.nonces.fresh()
        match name:
            case "private":
                return [_by(good, "ES256", good.as_dict(private=True), system, nonce)]
            case "symmetric":
                secret = OctKey.import_key("x" * 32)
                return [_by(secret, "HS256", secret.as_dict(), system, nonce)]
            case "off the curve":
                return [_by(good, "ES256", {**public_jwk(good), "y": public_jwk(good)["x"]}, system, nonce)]
            case "another curve's name":
                return [_by(good, "ES256", {**public_jwk(good), "crv": "secp256k1"}, system, nonce)]
            case "exponent of one":
                rsa = a_key("PS256", "weak")
                return [_by(rsa, "PS256", {**public_jwk(rsa), "e": b64(b"\x01")}, system, nonce)]
            case _:
                return [_by(good, "ES256", public_jwk(a_key("ES256", _STRANGER)), system, nonce)]

    return make


PROOFS: Final[Attempts] = {
    "no proof": with_proofs(lambda _gateway, _system: []),
    "an empty proof": with_proofs(lambda _gateway, _system: [""]),
    "two proofs": with_proofs(lambda gateway, system: [system.proof(nonce=gateway.nonces.fresh()) for _ in range(2)]),
    "two in one header": with_proofs(
        lambda gateway, system: [",".join(system.proof(nonce=gateway.nonces.fresh()) for _ in range(2))]
    ),
    "an assertion as proof": with_proofs(lambda _gateway, system: [system.assertion()]),
    "shown before": _shown_before,
    **{f"key is {name}": with_proofs(_weak(name)) for name in _NEVER},
    **{f"alg says {name}": with_proof({"alg": name}) for name in ("none", "HS256", "RS256", "es256", "")},
    "no typ": with_proof({"typ": ABSENT}),
    "typ JWT": with_proof({"typ": "JWT"}),
    "no jwk": with_proof({"jwk": ABSENT}),
    "kid in place of jwk": with_proof({"jwk": ABSENT, "kid": "attacking-system"}),
    "kid beside jwk": with_proof({"kid": "attacking-system"}),
    "jku beside jwk": with_proof({"jku": "https://evil.example"}),
    "x5c beside jwk": with_proof({"x5c": ["MIIB"]}),
    "crit": with_proof({"crit": ["htu"]}),
    "htm GET": with_proof(htm="GET"),
    "htm in small letters": with_proof(htm="post"),
    "htm in a list": with_proof(htm=["POST"]),
    "no htm": with_proof(htm=ABSENT),
    **{
        f"htu {url}": with_proof(htu=url)
        for url in (
            "https://evil.example/oauth/token",
            "http://gateway.example/oauth/token",
            f"{ISSUER}/oauth/revoke",
            f"{ISSUER}/oauth/token/",
            f"{ISSUER}//oauth/token",
            f"{ISSUER}/oauth/../oauth/token",
            f"{ISSUER}/OAUTH/TOKEN",
            "https://gateway.example@evil.example/oauth/token",
            "https://user@gateway.example/oauth/token",
            f"{ISSUER}.evil.example/oauth/token",
            "//gateway.example/oauth/token",
            "/oauth/token",
            f"{ISSUER}:8443/oauth/token",
            f"{ISSUER}/oauth%2Ftoken%00",
            "https://[gateway.example/oauth/token",
            "",
            f"{ISSUER}/oauth/token\n",
            f" {ISSUER}/oauth/token",
        )
    },
    "no htu": with_proof(htu=ABSENT),
    "htu in a list": with_proof(htu=[f"{ISSUER}/oauth/token"]),
    "old": with_proof(iat=lambda now: now - 121),
    "from the future": with_proof(iat=lambda now: now + 11),
    "no iat": with_proof(iat=ABSENT),
    "iat is text": with_proof(iat=str),
    "no jti": with_proof(jti=ABSENT),
    "jti too long": with_proof(jti="j" * 300),
    "jti is a number": with_proof(jti=1),
    "no nonce": with_proof(nonce=ABSENT),
    "nonce of nobody": with_proof(nonce="AAAAAAAAAAAAAAAAAAAAAA"),
    "nonce in a list": with_proof(nonce=["x"]),
    "nonce of four minutes ago": _old_nonce,
}
