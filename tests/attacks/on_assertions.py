"""Attempts with client assertions: their algorithms, headers, keys, claims and encodings."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Final

from attacks.attempts import VICTIM, Attempt, Attempts, asked, with_assertion, with_text
from oauth.systems_oauth import ABSENT, ISSUER, TOKEN_URL, System, a_key, b64, public_jwk, public_pem, sign, sign_raw
from oauth.world_oauth import Gateway

_STRANGER: Final = "a stranger's key"


def _head(system: System, **changes: object) -> dict[str, object]:
    return {"alg": "ES256", "typ": "JWT", "kid": system.key.kid, **changes}


def _unsigned(algorithm: str) -> Attempt:
    """Return an assertion without signature that says so."""

    def make(system: System) -> str:
        parts = (json.dumps(part).encode() for part in (_head(system, alg=algorithm), system.assertion_claims()))
        return ".".join([*map(b64, parts), ""])

    return with_text(make)


def _by_hmac(algorithm: str, secret: str) -> Attempt:
    """Return an assertion whose HMAC is made with something that everybody has."""

    def make(system: System) -> str:
        jwk = json.dumps(system.key.as_dict(private=False))
        known = {"pem": public_pem(system.key), "jwk": jwk.encode(), "nothing": b"", "issuer": ISSUER.encode()}
        parts = (json.dumps(part).encode() for part in (_head(system, alg=algorithm), system.assertion_claims()))
        head = ".".join(map(b64, parts))
        digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[algorithm]
        return f"{head}.{b64(hmac.new(known[secret], head.encode(), digest).digest())}"

    return with_text(make)


def _by_stranger(**header: object) -> Attempt:
    """Return an assertion that a stranger's key signed, with a header that may point at that key."""
    key = a_key("ES256", _STRANGER)
    more = {name: public_jwk(key) if value == "the key" else value for name, value in header.items()}
    return with_text(lambda system: sign(_head(system, **more), system.assertion_claims(), key))


def _raw(header: str | None = None, payload: str | None = None) -> Attempt:
    """Return an assertion whose header or claims are this very text; `%` in it is the usual text without braces."""

    def make(system: System) -> str:
        usual = json.dumps(_head(system))[1:-1], json.dumps(system.assertion_claims())[1:-1]
        parts = [
            f"{{{one}}}" if given is None else given.replace("%", one)
            for one, given in zip(usual, (header, payload), strict=True)
        ]
        return sign_raw(*parts, system.key, "ES256")

    return with_text(make)


def _bent(bend: Mapping[str, object] | object) -> Attempt:
    """Return a good assertion with its text bent."""
    assert callable(bend)
    return with_text(lambda system: str(bend(system.assertion())))


def _as_victim(gateway: Gateway, system: System) -> bool:
    return asked(gateway, system, client_assertion=system.assertion(iss=VICTIM, sub=VICTIM))


def _replayed(gateway: Gateway, system: System) -> bool:
    assertion = system.assertion()
    assert asked(gateway, system, client_assertion=assertion), "the first use is allowed"
    return asked(gateway, system, client_assertion=assertion)


def _replayed_with_other_signature(gateway: Gateway, system: System) -> bool:
    """ECDSA signs anew each time: one jti in two different texts."""
    first, second = (system.assertion(jti="one and the same") for _ in range(2))
    assert asked(gateway, system, client_assertion=first), "the first use is allowed"
    return first != second and asked(gateway, system, client_assertion=second)


def _malleable(gateway: Gateway, system: System) -> bool:
    """The other signature that holds for the same message: s is n - s."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    assertion = system.assertion()
    assert asked(gateway, system, client_assertion=assertion), "the first use is allowed"
    head, _, signature = assertion.rpartition(".")
    raw = _unb64(signature)
    s = (order - int.from_bytes(raw[32:])).to_bytes(32)
    return asked(gateway, system, client_assertion=f"{head}.{b64(raw[:32] + s)}")


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _with_signature(make: bytes) -> Attempt:
    return _bent(lambda text: f"{text.rpartition('.')[0]}.{b64(make)}")


ALGORITHMS: Final[Attempts] = {
    **{f"alg {name} unsigned": _unsigned(name) for name in ("none", "None", "NONE", "nOnE", "")},
    **{
        f"{name} with the {secret}": _by_hmac(name, secret)
        for name in ("HS256", "HS384", "HS512")
        for secret in ("pem", "jwk", "nothing", "issuer")
    },
    **{
        f"alg says {name}": with_assertion({"alg": name})
        for name in (
            "RS256",
            "RS512",
            "PS512",
            "ES256K",
            "es256",
            "ES512",
            "HS256",
            "EdDSA",
            "Ed25519",
            "A128KW",
            "dir",
            " ES256",
            "ES256\u0000",
        )
    },
    "no alg": with_assertion({"alg": ABSENT}),
    "alg in a list": with_assertion({"alg": ["ES256"]}),
    "alg is null": with_assertion({"alg": None}),
}

HEADERS: Final[Attempts] = {
    "stranger's key": _by_stranger(),
    "stranger's key as jwk": _by_stranger(jwk="the key"),
    "jku to the stranger": _by_stranger(jku="https://evil.example/jwks"),
    "x5u to the stranger": _by_stranger(x5u="https://evil.example/cert"),
    "x5c of the stranger": _by_stranger(x5c=["MIIB"]),
    "x5t of nobody": _by_stranger(x5t="abc"),
    "kid of nobody": with_assertion({"kid": "nobody"}),
    "kid is a path": with_assertion({"kid": "../../../dev/null"}),
    "kid is a query": with_assertion({"kid": "' or '1'='1"}),
    "kid in a list": with_assertion({"kid": [1]}),
    "kid is null byte": with_assertion({"kid": "\u0000"}),
    "own jwk in the header": with_assertion({"jwk": {"kty": "EC"}}),
    "crit unknown": with_assertion({"crit": ["exp"]}),
    "crit empty": with_assertion({"crit": []}),
    "b64 false": with_assertion({"b64": False, "crit": ["b64"]}),
    "b64 false, not critical": with_assertion({"b64": False}),
    "zip": with_assertion({"zip": "DEF"}),
    "cty JWT": with_assertion({"cty": "JWT"}),
    "enc": with_assertion({"enc": "A256GCM"}),
    "typ of an access token": with_assertion({"typ": "at+jwt"}),
    "typ of a proof": with_assertion({"typ": "dpop+jwt"}),
    "typ of an id token hint": with_assertion({"typ": "logout+jwt"}),
    "typ is a number": with_assertion({"typ": 1}),
    "alg twice": _raw(header='{"alg":"none",%}'),
    "header is a list": _raw(header="[{%}]"),
    "header is text": _raw(header='"%"'),
    "header has a comment": _raw(header="{%/**/}"),
    "header of a thousand levels": _raw(header='{%,"x":' + "[" * 1000 + "]" * 1000 + "}"),
    "header too large": with_assertion({"kid": "k" * 5000}),
}

CLAIMS: Final[Attempts] = {
    "another client's name": _as_victim,
    "sub of another": with_assertion(sub=VICTIM),
    "iss of another": with_assertion(iss=VICTIM),
    "no sub": with_assertion(sub=ABSENT),
    "no iss": with_assertion(iss=ABSENT),
    "sub in a list": with_assertion(sub=[VICTIM]),
    "sub in capitals": with_assertion(iss="ATTACKING-SYSTEM", sub="ATTACKING-SYSTEM"),
    "sub with a blank": with_assertion(iss="attacking-system ", sub="attacking-system "),
    "sub in other letters": with_assertion(iss="\u0430ttacking-system", sub="\u0430ttacking-system"),
    "sub is half a surrogate": with_assertion(iss="\ud800", sub="\ud800"),
    "aud in a list": with_assertion(aud=[ISSUER]),
    "aud among others": with_assertion(aud=[ISSUER, "https://evil.example"]),
    "aud is the token endpoint": with_assertion(aud=TOKEN_URL),
    "aud with a slash": with_assertion(aud=f"{ISSUER}/"),
    "aud in capitals": with_assertion(aud=ISSUER.upper()),
    "aud elsewhere": with_assertion(aud="https://evil.example"),
    "aud begins alike": with_assertion(aud=f"{ISSUER}.evil.example"),
    "aud with a user": with_assertion(aud="https://gateway.example@evil.example"),
    "aud with a port": with_assertion(aud=f"{ISSUER}:443"),
    "aud is null": with_assertion(aud=None),
    "no aud": with_assertion(aud=ABSENT),
    "expired": with_assertion(exp=lambda now: now),
    "expires in a year": with_assertion(exp=lambda now: now + 31_536_000),
    "expires a little too late": with_assertion(exp=lambda now: now + 311),
    "no exp": with_assertion(exp=ABSENT),
    "exp is text": with_assertion(exp=lambda now: str(now + 60)),
    "exp is true": with_assertion(exp=True),
    "exp in milliseconds": with_assertion(exp=lambda now: (now + 60) * 1000),
    "exp negative": with_assertion(exp=-1),
    "exp is NaN": _raw(payload='{"exp":NaN,%}'),
    "exp is infinite": _raw(payload='{"exp":1e999,%}'),
    "not yet": with_assertion(nbf=lambda now: now + 30),
    "issued in the future": with_assertion(iat=lambda now: now + 30),
    "iat is text": with_assertion(iat="now"),
    "nbf is null": with_assertion(nbf=None),
    "no jti": with_assertion(jti=ABSENT),
    "jti empty": with_assertion(jti=""),
    "jti is a number": with_assertion(jti=7),
    "jti too long": with_assertion(jti="j" * 300),
    "jti with a line end": with_assertion(jti="a\nb"),
    "jti in a list": with_assertion(jti=["a"]),
    "aud twice": _raw(payload=f'{{"aud":"{ISSUER}",%}}'),
    "sub twice": _raw(payload=f'{{"sub":"{VICTIM}",%}}'),
    "claims are a list": _raw(payload="[{%}]"),
    "claims are empty": _raw(payload="{}"),
    "claims are no JSON": _raw(payload="%"),
    "claims with a byte order mark": _raw(payload="\ufeff{%}"),
    "claims of a thousand levels": _raw(payload='{%,"x":' + "[" * 1000 + "]" * 1000 + "}"),
    "claims of nine levels": _raw(payload='{%,"x":' + "[" * 8 + "]" * 8 + "}"),
}

TEXTS: Final[Attempts] = {
    "shown twice": _replayed,
    "one jti, two signatures": _replayed_with_other_signature,
    "the other signature of the same message": _malleable,
    "padding": _bent(lambda text: f"{text}="),
    "blank before": _bent(lambda text: f" {text}"),
    "line end after": _bent(lambda text: f"{text}\n"),
    "tab within": _bent(lambda text: text.replace(".", ".\t", 1)),
    "without signature": _bent(lambda text: f"{text.rpartition('.')[0]}."),
    "two parts": _bent(lambda text: text.rpartition(".")[0]),
    "four parts": _bent(lambda text: f"{text}.x"),
    "five parts, as if encrypted": _bent(lambda text: f"{text}.x.y"),
    "dots alone": _bent(lambda _: ".."),
    "as JSON": _bent(
        lambda text: json.dumps(dict(zip(("protected", "payload", "signature"), text.split("."), strict=True)))
    ),
    "signature cut": _bent(lambda text: text[:-4]),
    "signature longer": _bent(lambda text: f"{text}AAAA"),
    "signature of nothing": _with_signature(bytes(64)),
    "signature of ones": _with_signature(b"\xff" * 64),
    "signature as DER": _with_signature(bytes.fromhex("3006020101020101")),
    "another payload under it": _bent(lambda text: ".".join([text.split(".")[0], b64(b"{}"), text.split(".")[2]])),
    "a letter that is none": _bent(lambda text: text.replace(".", ".\u0430", 1)),
    "much too long": _bent(lambda text: text + "A" * 12_000),
    "nothing": _bent(lambda _: "x"),
}
