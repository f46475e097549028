"""The token endpoint under haste: who fails in a client's name waits, the client itself elsewhere does not."""

import pytest
from oauth.systems_oauth import System, a_key
from oauth.world_oauth import Gateway

from gateway.core.limits import Buckets, Limits


@pytest.fixture
def gateway() -> Gateway:
    made = Gateway()
    made.limits = Limits(made.clock, clients=Buckets(1, 3), failures=Buckets(0.1, 2))
    made.restart()
    return made


def wrong(gateway: Gateway, system: System) -> System:
    """Return somebody who says he is that system and has another key."""
    return System(gateway.clock, system.client_id, key=a_key("ES256", "of somebody else"))


def statuses(gateway: Gateway, system: System, times: int) -> list[int]:
    return [gateway.ask(system).status_code for _ in range(times)]


def test_who_fails_too_often_in_a_name_waits_there(gateway: Gateway) -> None:
    system, other = gateway.a_system(), gateway.a_system("another")
    assert statuses(gateway, wrong(gateway, system), 3) == [401, 401, 429]
    refused = gateway.ask(wrong(gateway, system))
    assert refused.headers["content-type"] == "application/problem+json"
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("too_many_requests", "10")
    assert statuses(gateway, other, 2) == [200, 200]
    gateway.clock.advance(10)
    assert statuses(gateway, system, 1) == [200]


def test_an_unknown_client_waits_as_a_known_one_does(gateway: Gateway) -> None:
    known, nobody = gateway.a_system(), System(gateway.clock, "nobody")
    answers = [[gateway.ask(one) for _ in range(4)] for one in (wrong(gateway, known), nobody)]
    told = [[(one.status_code, one.content, one.headers.get("retry-after")) for one in each] for each in answers]
    assert told[0] == told[1]


def test_waiting_costs_no_look_at_any_client(gateway: Gateway) -> None:
    system = gateway.a_system()
    statuses(gateway, wrong(gateway, system), 2)
    asked: list[str] = []
    found = gateway.clients.client
    gateway.clients.client = lambda name: (asked.append(name), found(name))[1]
    assert statuses(gateway, wrong(gateway, system), 1) == [429]
    assert asked == []


def test_a_client_that_asks_too_often_waits_and_no_other_does(gateway: Gateway) -> None:
    system, other = gateway.a_system(), gateway.a_system("another")
    assert statuses(gateway, system, 4) == [200, 200, 200, 429]
    assert statuses(gateway, other, 1) == [200]


def test_a_replay_does_not_use_up_what_the_client_may_ask(gateway: Gateway) -> None:
    system = gateway.a_system()
    form, proof = system.form(), system.proof(nonce=gateway.nonces.fresh())
    first = [gateway.post("/oauth/token", form, [proof]).status_code for _ in range(2)]
    assert first == [200, 401]
    assert statuses(gateway, system, 2) == [200, 200]


@pytest.mark.parametrize(
    "form",
    [{}, {"client_assertion": "x.y.z"}, {"client_id": "somebody"}],
    ids=["nothing", "no assertion", "an id"],
)
def test_whoever_claims_nothing_readable_waits_too(gateway: Gateway, form: dict[str, str]) -> None:
    asked = {"grant_type": "client_credentials", **form}
    proofs = (gateway.a_system().proof(nonce=gateway.nonces.fresh()) for _ in range(3))
    assert [gateway.post("/oauth/token", asked, [proof]).status_code for proof in proofs] == [401, 401, 429]
