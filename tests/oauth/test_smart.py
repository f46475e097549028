"""SMART Backend Services: bearer tokens for clients that a person registered so, good for the FHIR endpoint alone."""

import pytest
from oauth.systems_oauth import ISSUER, System, a_key
from oauth.world_oauth import Gateway

from gateway.core.access.client_modes import ClientMode
from gateway.core.access.scopes import Scope
from gateway.core.callers import CallerRefusedError
from gateway.oauth.algorithms import SMART
from gateway.oauth.errors import InvalidScopeError
from gateway.oauth.server import World
from gateway.oauth.smart import FhirVerifier
from gateway.oauth.smart_scopes import GRANTS, granted, supported, told

TOKEN_URL = f"{ISSUER}/oauth/token"
SENDER = frozenset({Scope.SEND_REFERRALS, Scope.READ_REFERRALS})


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def clinic(gateway: Gateway) -> System:
    """A FHIR system as SMART wants it: ES384, and the token endpoint as audience."""
    return gateway.a_system("clinic", "ES384", mode=ClientMode.SMART, algorithms=SMART, scopes=SENDER)


def ask(gateway: Gateway, system: System, scope: str = "system/Task.crs", **claims: object) -> tuple[int, dict]:
    """Ask for a token as SMART says, with no proof."""
    header = {"typ": "JWT"}
    assertion = system.assertion(header, **{"aud": TOKEN_URL, **claims})
    answer = gateway.post("/oauth/token", {**system.form(), "client_assertion": assertion, "scope": scope})
    return answer.status_code, answer.json()


def verifier(gateway: Gateway) -> FhirVerifier:
    world = World(gateway.clients, gateway.keys, gateway.clock, gateway.entropy)
    return FhirVerifier(gateway.verifier, world, gateway.profile, gateway.revocations)


def test_a_backend_service_gets_a_bearer_token(gateway: Gateway, clinic: System) -> None:
    status, answer = ask(gateway, clinic)
    assert status == 200
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 300)
    assert answer["scope"] == "system/Task.crs system/Bundle.c"
    caller = verifier(gateway).verify([f"Bearer {answer['access_token']}"], [], "GET", "/fhir/Task")
    assert (caller.agency, caller.scopes) == ("agency-of-clinic", SENDER)


def test_each_request_with_it_is_used_up_under_a_name_of_its_own(gateway: Gateway, clinic: System) -> None:
    _, answer = ask(gateway, clinic)
    bearer = [f"Bearer {answer['access_token']}"]
    one, other = (verifier(gateway).verify(bearer, [], "GET", "/fhir/Task").proof for _ in range(2))
    assert one.id != other.id


def test_no_other_endpoint_accepts_it(gateway: Gateway, clinic: System) -> None:
    _, answer = ask(gateway, clinic)
    token = answer["access_token"]
    for shown in (f"Bearer {token}", f"DPoP {token}"):
        proof = clinic.proof(f"{ISSUER}/v1/referrals", nonce=gateway.nonces.fresh(), token=token)
        with pytest.raises(CallerRefusedError):
            gateway.verifier.verify([shown], [proof], "POST", "/v1/referrals")


def test_a_bound_token_is_no_bearer_token(gateway: Gateway) -> None:
    """A token that was stolen from a client with a key stays worthless, at this endpoint too."""
    token = gateway.token(gateway.a_system())
    with pytest.raises(CallerRefusedError) as refused:
        verifier(gateway).verify([f"Bearer {token}"], [], "GET", "/fhir/Task")
    assert refused.value.challenge == 'Bearer error="invalid_token"'


def test_a_bound_token_is_good_here_with_its_proof(gateway: Gateway) -> None:
    system = gateway.a_system()
    token = gateway.token(system)
    proof = system.proof(f"{ISSUER}/fhir/Task", "GET", nonce=gateway.nonces.fresh(), token=token)
    assert verifier(gateway).verify([f"DPoP {token}"], [proof], "GET", "/fhir/Task").client_id == "shelter-one"


def test_the_registration_decides_and_not_the_request(gateway: Gateway, clinic: System) -> None:
    bound = gateway.a_system("bound")
    assert gateway.post("/oauth/token", bound.form()).json() == {"error": "invalid_dpop_proof"}
    status, answer = ask(gateway, bound, "referrals:send", aud=ISSUER)
    assert (status, answer) == (400, {"error": "invalid_dpop_proof"})
    proven = gateway.ask(clinic, client_assertion=clinic.assertion(aud=TOKEN_URL), scope="system/Task.r")
    assert (proven.status_code, proven.json()) == (400, {"error": "invalid_request"})
    assert gateway.once.used == {}, "and nothing was used up"


def test_only_they_name_the_token_endpoint_as_audience(gateway: Gateway, clinic: System) -> None:
    assert ask(gateway, clinic, aud=ISSUER)[0] == 401
    assert ask(gateway, clinic, aud=[TOKEN_URL])[0] == 401
    bound = gateway.a_system("bound")
    assert gateway.ask(bound, client_assertion=bound.assertion(aud=TOKEN_URL)).status_code == 401


def test_a_stranger_does_not_learn_who_is_registered_for_what(gateway: Gateway, clinic: System) -> None:
    gateway.a_system("bound")
    answers = set()
    for name in ("clinic", "bound", "nobody"):
        stranger = System(gateway.clock, name, "ES384", key=a_key("ES384", "stranger"))
        for audience in (TOKEN_URL, ISSUER):
            form = {**stranger.form(), "client_assertion": stranger.assertion(aud=audience)}
            answer = gateway.post("/oauth/token", form)
            answers.add((answer.status_code, answer.text, tuple(answer.headers)))
    assert len(answers) == 1


def test_an_assertion_is_good_once(gateway: Gateway, clinic: System) -> None:
    assertion = clinic.assertion(aud=TOKEN_URL)
    form = {**clinic.form(), "client_assertion": assertion, "scope": "system/Task.r"}
    assert [gateway.post("/oauth/token", form).status_code for _ in range(2)] == [200, 401]


def test_the_clock_and_the_kill_switch_end_it(gateway: Gateway, clinic: System) -> None:
    _, answer = ask(gateway, clinic)
    bearer = [f"Bearer {answer['access_token']}"]
    gateway.revocations.clients.add("clinic")
    with pytest.raises(CallerRefusedError):
        verifier(gateway).verify(bearer, [], "GET", "/fhir/Task")
    gateway.revocations.clients.clear()
    verifier(gateway).verify(bearer, [], "GET", "/fhir/Task")
    gateway.clock.advance(300)
    with pytest.raises(CallerRefusedError):
        verifier(gateway).verify(bearer, [], "GET", "/fhir/Task")


def test_the_client_takes_its_token_back(gateway: Gateway, clinic: System) -> None:
    _, answer = ask(gateway, clinic)
    form = {**clinic.form(), "client_assertion": clinic.assertion(aud=TOKEN_URL), "token": answer["access_token"]}
    assert gateway.post("/oauth/revoke", form).status_code == 200
    assert len(gateway.revocations.tokens) == 1


@pytest.mark.parametrize("shown", ["Bearer", "Bearer x", "Bearer a.b.c", "bearer ", "Basic x", ""])
def test_what_is_no_token_is_refused(gateway: Gateway, shown: str) -> None:
    with pytest.raises(CallerRefusedError):
        verifier(gateway).verify([shown] if shown else [], [], "GET", "/fhir/Task")


def test_two_tokens_are_none(gateway: Gateway, clinic: System) -> None:
    _, answer = ask(gateway, clinic)
    with pytest.raises(CallerRefusedError):
        verifier(gateway).verify([f"Bearer {answer['access_token']}"] * 2, [], "GET", "/fhir/Task")


# ------------------------------------------------------------------------------------------------------------- scopes


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("system/Task.rs", {Scope.READ_REFERRALS}),
        ("system/Task.read", {Scope.READ_REFERRALS}),
        ("system/*.*", SENDER),
        ("system/*.cruds", SENDER),
        ("system/Bundle.c system/Patient.rs", {Scope.SEND_REFERRALS}),
        ("system/Task.c system/Task.r?status=x", {Scope.SEND_REFERRALS}),
    ],
)
def test_what_is_granted_is_never_more_than_was_registered(asked: str, given: set[Scope]) -> None:
    assert granted(asked, SENDER) == given


@pytest.mark.parametrize(
    "asked",
    [
        *("system/Consent.c", "system/Patient.rs", "system/Task.d", "system/Task.r?x=1", "system/Task.sr"),
        *("patient/*.*", "user/Task.rs", "system/Task.", "launch", "system/Task", "referrals:send", " "),
        "system/Task.rs  system/Task.c",
    ],
)
def test_what_leaves_nothing_or_is_no_scope_is_refused(asked: str) -> None:
    with pytest.raises(InvalidScopeError):
        granted(asked, SENDER)


def test_a_client_that_names_none_gets_what_was_registered(gateway: Gateway, clinic: System) -> None:
    assert ask(gateway, clinic, "")[1]["scope"] == "system/Task.crs system/Bundle.c"


def test_every_scope_that_is_told_gives_what_it_says() -> None:
    for name in supported():
        assert name in told(granted(name, frozenset(Scope))).split()
    assert set(GRANTS) == {name.partition("/")[2].partition(".")[0] for name in supported()}


# ------------------------------------------------------------------------------------------------------ configuration


def test_the_configuration_says_what_a_backend_service_needs(gateway: Gateway) -> None:
    answer = gateway.get("/fhir/.well-known/smart-configuration")
    found = answer.json()
    assert (answer.status_code, found["token_endpoint"]) == (200, TOKEN_URL)
    assert found["grant_types_supported"] == ["client_credentials"]
    assert "ES384" in found["token_endpoint_auth_signing_alg_values_supported"]
    assert found["scopes_supported"] == ["system/Task.crus", "system/Bundle.c", "system/Consent.c"]
    assert {"authorization_endpoint", "introspection_endpoint"}.isdisjoint(found)
