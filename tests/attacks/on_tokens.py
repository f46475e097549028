"""Attempts at the API with tokens and their proofs, and attempts to ask for more than a person registered."""

import base64
import json
from collections.abc import Callable
from typing import Final

from attacks.attempts import VICTIM, Attempt, Attempts, a_proof, asked, at_api, let_in
from oauth.systems_oauth import ABSENT, ISSUER, RESOURCE, System, a_key, b64, public_jwk, sign
from oauth.world_oauth import Gateway

from gateway.core.access.token_details import DETAILS_TYPE

_STRANGER: Final = "a stranger's key"
_UNSIGNED: Final = b64(b'{"alg":"none","typ":"at+jwt"}')


def _rewritten(**changes: object) -> Callable[[Gateway, System, str], list[str]]:
    """Return a token whose claims were changed under the old signature."""

    def make(_gateway: Gateway, _system: System, token: str) -> list[str]:
        head, payload, signature = token.split(".")
        return [f"DPoP {head}.{b64(json.dumps({**_claims(payload), **changes}).encode())}.{signature}"]

    return make


def _forged(key: str = _STRANGER, **header: object) -> Callable[[Gateway, System, str], list[str]]:
    """Return a token with the right claims that somebody else signed."""

    def make(gateway: Gateway, _system: System, token: str) -> list[str]:
        usual = {"alg": "ES256", "typ": "at+jwt", "kid": gateway.keys.current.kid, **header}
        return [f"DPoP {sign(usual, _claims(token.split('.')[1]), a_key('ES256', key), 'ES256')}"]

    return make


def _genuine(**changes: object) -> Attempt:
    """A token that the gateway's own key signed and that is not for this."""

    def attempt(gateway: Gateway, system: System) -> bool:
        claims = {**_claims(gateway.token(system).split(".")[1]), **changes}
        claims = {name: value for name, value in claims.items() if value is not ABSENT}
        header = {"alg": "ES256", "typ": claims.pop("typ", "at+jwt"), "kid": gateway.keys.current.kid}
        token = sign(header, claims, gateway.keys.current)
        return let_in(gateway, [f"DPoP {token}"], [a_proof(gateway, system, token)])

    return attempt


def _claims(payload: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def _with_other_proof(header: dict[str, object] | None = None, **claims: object) -> Attempt:
    return at_api(proofs=lambda gateway, system, token: [a_proof(gateway, system, token, header or {}, **claims)])


def _stolen(gateway: Gateway, system: System) -> bool:
    """The victim's token with the thief's proof."""
    thief = System(gateway.clock, "thief", proof_key=a_key("ES256", _STRANGER))
    token = gateway.token(system)
    return let_in(gateway, [f"DPoP {token}"], [a_proof(gateway, thief, token)])


def _taken_back(gateway: Gateway, system: System) -> bool:
    token = gateway.token(system)
    form = {name: value for name, value in system.form().items() if name.startswith("client_")}
    assert gateway.post("/oauth/revoke", {**form, "token": token}).status_code == 200
    return let_in(gateway, [f"DPoP {token}"], [a_proof(gateway, system, token)])


def _over(gateway: Gateway, system: System) -> bool:
    token = gateway.token(system)
    gateway.clock.advance(300)
    return let_in(gateway, [f"DPoP {token}"], [a_proof(gateway, system, token)])


def _proof_shown_before(gateway: Gateway, system: System) -> bool:
    token = gateway.token(system)
    proof = a_proof(gateway, system, token)
    assert let_in(gateway, [f"DPoP {token}"], [proof]), "the first use is allowed"
    return let_in(gateway, [f"DPoP {token}"], [proof])


API: Final[Attempts] = {
    "no token": at_api(lambda *_: []),
    "an empty token": at_api(lambda *_: ["DPoP "]),
    "as bearer": at_api(lambda _gateway, _system, token: [f"Bearer {token}"]),
    "two tokens": at_api(lambda _gateway, _system, token: [f"DPoP {token}"] * 2),
    "two in one header": at_api(lambda _gateway, _system, token: [f"DPoP {token}, DPoP {token}"]),
    "an assertion as token": at_api(lambda _gateway, system, _token: [f"DPoP {system.assertion()}"]),
    "a proof as token": at_api(lambda gateway, system, token: [f"DPoP {a_proof(gateway, system, token)}"]),
    "unsigned": at_api(lambda _gateway, _system, token: [f"DPoP {_UNSIGNED}.{token.split('.')[1]}."]),
    "forged": at_api(_forged()),
    "forged with its own kid": at_api(_forged(kid="mine")),
    "forged without kid": at_api(_forged(kid=None)),
    "forged with its jwk": at_api(_forged(jwk=public_jwk(a_key("ES256", _STRANGER)))),
    "more scopes written in": at_api(_rewritten(scope="referrals:send people:erase")),
    "another client written in": at_api(_rewritten(client_id=VICTIM)),
    "another key written in": at_api(_rewritten(cnf={"jkt": a_key("ES256", _STRANGER).thumbprint()})),
    "a longer life written in": at_api(_rewritten(exp=4_000_000_000)),
    "limits taken out": at_api(_rewritten(authorization_details=[])),
    "for somebody else": _genuine(aud="https://elsewhere.example"),
    "for the FHIR endpoint": _genuine(aud=f"{ISSUER}/fhir"),
    "for several": _genuine(aud=[RESOURCE, "https://elsewhere.example"]),
    "of another issuer": _genuine(iss="https://elsewhere.example"),
    "bound to nothing": _genuine(cnf=ABSENT),
    "bound to an empty key": _genuine(cnf={}),
    "bound to two things": _genuine(cnf={"jkt": "x", "x5t#S256": "y"}),
    "of no type": _genuine(typ="JWT"),
    "with an unknown scope": _genuine(scope="everything"),
    "with broken limits": _genuine(authorization_details=[{"type": "other"}]),
    "without jti": _genuine(jti=ABSENT),
    "without exp": _genuine(exp=ABSENT),
    "stolen": _stolen,
    "taken back": _taken_back,
    "over": _over,
    "no proof": at_api(proofs=lambda *_: []),
    "two proofs": at_api(proofs=lambda gateway, system, token: [a_proof(gateway, system, token) for _ in range(2)]),
    "proof shown before": _proof_shown_before,
    "proof without ath": _with_other_proof(ath=ABSENT),
    "proof for another token": _with_other_proof(ath=b64(bytes(32))),
    "ath in a list": _with_other_proof(ath=["x"]),
    "proof for GET": _with_other_proof(method="GET"),
    "proof for another path": _with_other_proof(url=f"{ISSUER}/api/inbox"),
    "proof for another host": _with_other_proof(url="https://evil.example/api/referrals"),
    "proof without nonce": _with_other_proof(nonce=ABSENT),
    "proof of an hour ago": _with_other_proof(iat=lambda now: now - 3600),
    "proof with its key left out": _with_other_proof({"jwk": ABSENT}),
    "proof unsigned": at_api(
        proofs=lambda gateway, system, token: [a_proof(gateway, system, token).rpartition(".")[0] + "."]
    ),
    "another method than proven": at_api(method="DELETE"),
    "another path than proven": at_api(path="/api/referrals/"),
    "a path that only looks alike": at_api(path="/api//referrals"),
}


def details(*listed: dict[str, object]) -> str:
    return json.dumps([{"type": DETAILS_TYPE, **one} for one in listed])


def _asking(**fields: str) -> Attempt:
    return lambda gateway, system: asked(gateway, system, **fields)


BOUNDS: Final[Attempts] = {
    **{
        f"scope {name!r}": _asking(scope=name)
        for name in (
            "people:erase",
            "referrals:send people:erase",
            "everything",
            "*",
            "referrals:*",
            "REFERRALS:SEND",
            "referrals:send\treferrals:read",
            "referrals:send,inbox:read",
            "referrals:send  inbox:read",
            " referrals:send",
            "system/*.cruds",
            "openid",
            "offline_access",
        )
    },
    **{
        f"resource {name}": _asking(resource=name)
        for name in ("https://elsewhere.example", f"{RESOURCE}/", RESOURCE.upper(), f"{ISSUER}/fhir", ISSUER, "*")
    },
    "another recipient": _asking(authorization_details=details({"recipients": ["north-shelter"]})),
    "one recipient more": _asking(authorization_details=details({"recipients": ["river-shelter", "north-shelter"]})),
    "another purpose": _asking(authorization_details=details({"purposes": ["investigation"]})),
    "another act": _asking(authorization_details=details({"actions": ["ask_for_room"]})),
    "one good limit, one beyond": _asking(authorization_details=details({}, {"recipients": ["north-shelter"]})),
    "an unknown type": _asking(authorization_details='[{"type":"openid_credential"}]'),
    "an unknown member": _asking(authorization_details=details({"privileges": ["admin"]})),
    "no limit at all": _asking(authorization_details="[]"),
    "limits that are null": _asking(authorization_details="null"),
    "a member twice": _asking(authorization_details=f'[{{"type":"{DETAILS_TYPE}","type":"{DETAILS_TYPE}"}}]'),
}
