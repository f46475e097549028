"""From the outside nobody can tell which clients exist: one answer, and about one amount of work."""

import pytest
from joserfc.jwk import Key
from oauth.systems_oauth import TOKEN_URL, System, a_key
from oauth.world_oauth import Gateway

from gateway.oauth.assertions import PrivateKeyJWT
from gateway.oauth.clients import Decoys, OAuthClient
from gateway.oauth.compact import split
from gateway.oauth.errors import InvalidClientError, UnverifiableError, Why
from gateway.oauth.keys import check_signature
from gateway.oauth.requests import BoundRequest

ALGORITHMS = ["ES256", "Ed25519", "EdDSA", "PS256", "ES384"]


def told(gateway: Gateway, system: System) -> tuple[int, dict[str, str], bytes]:
    """Return everything a client sees of the answer."""
    answer = gateway.ask(system)
    return answer.status_code, dict(answer.headers), answer.content


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_unknown_disabled_and_badly_signed_look_alike(algorithm: str) -> None:
    gateway = Gateway()
    known = gateway.a_system("known", algorithm, algorithms=frozenset({algorithm}))
    stranger = a_key(algorithm, "stranger")
    forged = System(gateway.clock, "known", algorithm, key=stranger)
    unknown = System(gateway.clock, "unknown", algorithm, key=stranger)
    disabled = gateway.a_system("disabled", algorithm, algorithms=frozenset({algorithm}), enabled=False)
    without_key = gateway.a_system("without-key", algorithm, jwks=[])
    answers = [told(gateway, system) for system in (forged, unknown, disabled, without_key)]
    assert answers[0][0] == 401
    assert answers[0][2] == b'{"error":"invalid_client"}'
    assert all(answer == answers[0] for answer in answers)
    assert told(gateway, known)[0] == 200


def test_a_disabled_client_is_let_in_again_when_enabled() -> None:
    gateway = Gateway()
    system = gateway.a_system(enabled=False)
    assert gateway.ask(system).status_code == 401
    gateway.join(system, enabled=True)
    assert gateway.ask(system).status_code == 200


def test_the_challenge_of_a_refusal_names_codes_and_algorithms_only() -> None:
    gateway = Gateway()
    answer = gateway.ask(System(gateway.clock, "unknown"))
    assert answer.headers["www-authenticate"] == ('DPoP error="invalid_client", algs="ES256 Ed25519 EdDSA PS256 ES384"')


@pytest.mark.parametrize("client_id", ["x" * 4000, "' or 1=1 --", "\ud800", "../../etc", "é"])
def test_an_odd_client_id_is_as_unknown_as_any_other(client_id: str) -> None:
    gateway = Gateway()
    system = System(gateway.clock, "unknown")
    assertion = system.assertion(iss=client_id, sub=client_id)
    answer = gateway.ask(system, client_assertion=assertion)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


class LeakedDecoy(Decoys):
    """A decoy whose private half somebody holds."""

    def choose(self, client: OAuthClient, algorithm: str, kid: object, now: float) -> tuple[Key, bool]:
        return a_key(algorithm, "leaked"), False


@pytest.mark.parametrize("known", [True, False], ids=["a known client", "an unknown client"])
def test_a_decoy_never_authenticates_even_when_its_signature_holds(known: bool) -> None:  # noqa: FBT001 - a row of a table
    gateway = Gateway()
    system = System(gateway.clock, key=a_key("ES256", "leaked"))
    client = OAuthClient(system.client_id, system.registration() if known else None)
    request = BoundRequest(TOKEN_URL, system.form())
    with pytest.raises(InvalidClientError):
        PrivateKeyJWT(gateway.profile, LeakedDecoy(), gateway.clock.seconds)(lambda _: client, request)
    assert request.assertion is None
    right = PrivateKeyJWT(gateway.profile, Decoys(), gateway.clock.seconds)
    known_client = OAuthClient(system.client_id, system.registration())
    assert right(lambda _: known_client, request) is known_client


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_unknown_client_costs_a_verification_of_the_same_kind(algorithm: str) -> None:
    """Work, not time: a decoy is a key of the algorithm's own kind, and it is used up to the last step."""
    gateway = Gateway()
    known = gateway.a_system("known", algorithm)
    kid, now = known.key.kid, gateway.clock.seconds
    decoy, genuine = Decoys().choose(OAuthClient("unknown", None), algorithm, kid, now)
    key, right = Decoys().choose(OAuthClient("known", known.registration()), algorithm, kid, now)
    assert (genuine, right) == (False, True)
    assert (decoy.key_type, decoy.get("crv")) == (key.key_type, key.get("crv"))
    jws = split(known.assertion())
    check_signature(jws, algorithm, key)
    with pytest.raises(UnverifiableError) as caught:
        check_signature(jws, algorithm, decoy)
    assert caught.value.why is Why.SIGNATURE


def test_a_key_that_has_ended_is_answered_like_a_strangers() -> None:
    gateway = Gateway()
    system = System(gateway.clock)
    ended = {**system.key.as_dict(private=False), "exp": gateway.clock.seconds}
    gateway.join(system, jwks=[ended])
    stranger = gateway.ask(System(gateway.clock, "nobody"))
    refused = gateway.ask(system)
    assert (refused.status_code, refused.content) == (stranger.status_code, stranger.content) == (401, refused.content)
    gateway.join(system, jwks=[{**ended, "exp": gateway.clock.seconds + 1}])
    assert gateway.ask(system).status_code == 200
