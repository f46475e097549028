"""Introspection (RFC 7662): a resource server hears of the tokens made for it, and of all others the same nothing."""

import httpx
import pytest
from oauth.systems_oauth import ISSUER, System, a_key, sign
from oauth.world_oauth import Gateway

from gateway.core.access.client_modes import ClientMode
from gateway.core.access.client_rights import ClientRights
from gateway.core.access.scopes import Scope
from gateway.core.access.token_details import UNLIMITED, Act, Detail
from gateway.core.callers import CallerRefusedError

INTROSPECT = "/oauth/introspect"
RECORDS, ELSEWHERE = "https://records.example/api", "https://elsewhere.example"
LIMIT = Detail(frozenset({Act.SEND}), frozenset({"river-shelter"}))
INACTIVE = b'{"active":false}'


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def system(gateway: Gateway) -> System:
    """A system that may ask for tokens for the records."""
    return gateway.a_system(rights=ClientRights(LIMIT, frozenset({RECORDS})))


@pytest.fixture
def records(gateway: Gateway) -> System:
    """The resource server that keeps them."""
    return a_server(gateway, "records", RECORDS)


def a_server(gateway: Gateway, name: str, audience: str) -> System:
    rights = ClientRights(audience=audience)
    return gateway.a_system(name, mode=ClientMode.RESOURCE_SERVER, scopes=frozenset[Scope](), rights=rights)


def introspected(gateway: Gateway, server: System, token: str | None, **fields: str) -> httpx.Response:
    form = {"client_assertion_type": server.form()["client_assertion_type"], "client_assertion": server.assertion()}
    asked = {} if token is None else {"token": token}
    return gateway.post(INTROSPECT, {**form, **asked, **fields})


def test_a_token_that_holds_is_told_with_what_it_is_bound_and_limited_to(
    gateway: Gateway, system: System, records: System
) -> None:
    token = gateway.token(system, resource=RECORDS)
    answer = introspected(gateway, records, token)
    told = answer.json()
    now = gateway.clock.seconds
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert told.pop("jti")
    assert told.pop("cnf") == {"jkt": system.proof_key.thumbprint()}
    [detail] = told.pop("authorization_details")
    assert (detail["actions"], detail["recipients"]) == (["send"], ["river-shelter"])
    assert told == {
        "active": True,
        "iss": ISSUER,
        "aud": RECORDS,
        "client_id": system.client_id,
        "sub": system.client_id,
        "agency": f"agency-of-{system.client_id}",
        "scope": "referrals:send",
        "token_type": "DPoP",
        "iat": now,
        "exp": now + 300,
    }


def others(gateway: Gateway, system: System) -> dict[str, str]:
    """Tokens of which the records hear nothing, by what is the matter with them."""
    good = gateway.token(system, resource=RECORDS)
    head, payload, signature = good.split(".")
    revoked, expired = gateway.token(system, resource=RECORDS), gateway.token(system, resource=RECORDS)
    form = {"client_assertion_type": system.form()["client_assertion_type"], "client_assertion": system.assertion()}
    assert gateway.post("/oauth/revoke", {**form, "token": revoked}).status_code == 200
    gateway.clock.advance(300)
    own = {"alg": "ES256", "typ": "at+jwt", "kid": gateway.keys.current.kid}
    claims = {"iss": ISSUER, "aud": RECORDS, "exp": gateway.clock.seconds + 60, "jti": "x", "client_id": "x"}
    gateway.join(system, rights=ClientRights(resources=frozenset({RECORDS, ELSEWHERE})))
    return {
        "unknown": "unknown",
        "broken": f"{head}.{payload}.{signature[:-4]}AAAA",
        "revoked": revoked,
        "expired": expired,
        "for the gateway": gateway.token(system),
        "for another server": gateway.token(system, resource=ELSEWHERE),
        "of another key": sign(own, claims, a_key("ES256", "stranger")),
        "without signature": f"{head}.{payload}.",
        "too long": "x" * 10_000,
    }


def test_every_other_token_is_answered_alike(gateway: Gateway, system: System, records: System) -> None:
    found = others(gateway, system)
    answers = {name: introspected(gateway, records, token) for name, token in found.items()}
    assert {name: (one.status_code, one.content) for name, one in answers.items()} == dict.fromkeys(
        found, (200, INACTIVE)
    )
    lengths = {tuple(sorted(one.headers)) for one in answers.values()}
    assert len(lengths) == 1
    assert introspected(gateway, records, gateway.token(system, resource=RECORDS)).json()["active"]


def test_a_token_of_a_client_that_was_switched_off_is_over(gateway: Gateway, system: System, records: System) -> None:
    token = gateway.token(system, resource=RECORDS)
    assert introspected(gateway, records, token).json()["active"]
    gateway.revocations.clients.add(system.client_id)
    assert introspected(gateway, records, token).content == INACTIVE


def test_only_a_resource_server_may_ask(gateway: Gateway, system: System) -> None:
    token = gateway.token(system)
    refused = introspected(gateway, system, token)
    assert (refused.status_code, refused.json()) == (400, {"error": "unauthorized_client"})
    for stranger in (System(gateway.clock, "nobody"), System(gateway.clock, system.client_id, key=a_key("ES256", "x"))):
        refused = introspected(gateway, stranger, token)
        assert (refused.status_code, refused.json()) == (401, {"error": "invalid_client"})


def test_an_assertion_asks_once(gateway: Gateway, system: System, records: System) -> None:
    token, assertion = gateway.token(system, resource=RECORDS), records.assertion()
    assert introspected(gateway, records, token, client_assertion=assertion).status_code == 200
    assert introspected(gateway, records, token, client_assertion=assertion).status_code == 401


def test_a_request_without_a_token_is_malformed(gateway: Gateway, records: System) -> None:
    assert introspected(gateway, records, None).json() == {"error": "invalid_request"}


def test_a_resource_server_gets_no_token(gateway: Gateway, records: System) -> None:
    refused = gateway.ask(records)
    assert (refused.status_code, refused.json()) == (400, {"error": "unauthorized_client"})


@pytest.mark.parametrize("resource", [ELSEWHERE, f"{RECORDS}/", RECORDS.upper(), "nonsense"])
def test_a_token_for_a_server_the_client_is_not_registered_for_is_refused(
    gateway: Gateway, system: System, resource: str
) -> None:
    assert gateway.ask(system, resource=resource).json() == {"error": "invalid_target"}
    assert gateway.ask(gateway.a_system("another"), resource=RECORDS).json() == {"error": "invalid_target"}
    assert gateway.ask(system, resource=RECORDS).status_code == 200


def test_a_token_for_another_server_opens_nothing_here(gateway: Gateway, system: System) -> None:
    token = gateway.token(system, resource=RECORDS)
    with pytest.raises(CallerRefusedError) as refused:
        gateway.call(system, token)
    assert refused.value.why == "audience"
    assert gateway.call(system, gateway.token(system)).details == (LIMIT,)


def test_a_client_takes_back_what_it_got_for_another_server(gateway: Gateway, system: System, records: System) -> None:
    token = gateway.token(system, resource=RECORDS)
    form = {"client_assertion_type": system.form()["client_assertion_type"], "client_assertion": system.assertion()}
    assert gateway.post("/oauth/revoke", {**form, "token": token}).status_code == 200
    assert introspected(gateway, records, token).content == INACTIVE


def test_the_metadata_says_where_to_ask_and_how(gateway: Gateway) -> None:
    found = gateway.get("/.well-known/oauth-authorization-server").json()
    assert found["introspection_endpoint"] == f"{ISSUER}{INTROSPECT}"
    assert found["introspection_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert RECORDS not in str(found)


def test_an_unlimited_client_has_no_limits_in_the_answer(gateway: Gateway, records: System) -> None:
    system = gateway.a_system("open", rights=ClientRights(UNLIMITED, frozenset({RECORDS})))
    assert "authorization_details" not in introspected(gateway, records, gateway.token(system, resource=RECORDS)).json()
