"""Nothing that may be used once works twice: one after another, all at once, and after a restart."""

import asyncio
from collections import Counter
from urllib.parse import urlencode

import httpx
from oauth.world_oauth import FORM_TYPE, Gateway

PARALLEL = 20


def test_an_assertion_works_once() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    form = system.form()
    for expected in (200, 401):
        answer = gateway.post("/oauth/token", form, [system.proof(nonce=gateway.nonces.fresh())])
        assert answer.status_code == expected
    assert answer.json() == {"error": "invalid_client"}
    assert gateway.ask(system).status_code == 200


def test_a_proof_works_once() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    proof = system.proof(nonce=gateway.nonces.fresh())
    assert [gateway.ask(system, proof).status_code for _ in range(2)] == [200, 401]
    assert gateway.ask(system).status_code == 200


def test_a_replayed_assertion_does_not_use_up_the_new_proof() -> None:
    """All or none: otherwise a thief with an old assertion could spoil proofs."""
    gateway = Gateway()
    system = gateway.a_system()
    form, proof = system.form(), system.proof(nonce=gateway.nonces.fresh())
    gateway.post("/oauth/token", form, [system.proof(nonce=gateway.nonces.fresh())])
    assert gateway.post("/oauth/token", form, [proof]).status_code == 401
    assert gateway.ask(system, proof).status_code == 200


def test_both_identifiers_are_used_up_before_the_token_is_made() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    form, proof = system.form(), system.proof(nonce=gateway.nonces.fresh())
    assert gateway.post("/oauth/token", form, [proof]).status_code == 200
    assert (len(gateway.once.used), gateway.entropy.drawn) == (2, 1)
    assert gateway.post("/oauth/token", form, [proof]).status_code == 401
    assert (len(gateway.once.used), gateway.entropy.drawn) == (2, 1), "a replay made a token"


def test_of_twenty_equal_requests_at_once_exactly_one_is_granted() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    form, proof = system.form(), system.proof(nonce=gateway.nonces.fresh())

    async def talk(client: httpx.AsyncClient) -> list[httpx.Response]:
        headers = {"content-type": FORM_TYPE, "dpop": proof}
        body = urlencode(form).encode()
        return await asyncio.gather(
            *(client.post("/oauth/token", content=body, headers=headers) for _ in range(PARALLEL))
        )

    answers = gateway.serve(talk)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 401: PARALLEL - 1}
    assert gateway.entropy.drawn == 1


def test_of_twenty_assertions_with_proofs_of_their_own_exactly_one_is_granted() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    form = urlencode(system.form()).encode()
    proofs = [system.proof(nonce=gateway.nonces.fresh()) for _ in range(PARALLEL)]

    async def talk(client: httpx.AsyncClient) -> list[httpx.Response]:
        headers = [{"content-type": FORM_TYPE, "dpop": proof} for proof in proofs]
        return await asyncio.gather(*(client.post("/oauth/token", content=form, headers=one) for one in headers))

    assert Counter(answer.status_code for answer in gateway.serve(talk)) == {200: 1, 401: PARALLEL - 1}


def test_a_replay_after_a_restart_is_refused() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    form, proof = system.form(), system.proof(nonce=gateway.nonces.fresh())
    assert gateway.post("/oauth/token", form, [proof]).status_code == 200
    gateway.restart()
    assert gateway.post("/oauth/token", form, [proof]).status_code == 401
    assert gateway.ask(system).status_code == 200


def test_a_nonce_outlives_a_restart() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    nonce = gateway.nonces.fresh()
    gateway.restart()
    assert gateway.ask(system, system.proof(nonce=nonce)).status_code == 200


def test_two_clients_may_use_the_same_identifier() -> None:
    gateway = Gateway()
    one, two = gateway.a_system("shelter-one"), gateway.a_system("shelter-two")
    for system in (one, two):
        proof = system.proof(nonce=gateway.nonces.fresh(), jti="1")
        answer = gateway.ask(system, proof, client_assertion=system.assertion(jti="1"))
        assert answer.status_code == 200
    again = gateway.ask(one, client_assertion=one.assertion(jti="1"))
    assert again.status_code == 401


def test_an_identifier_is_remembered_until_it_would_be_refused_for_its_age() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    now = gateway.clock.seconds
    assert gateway.ask(system, client_assertion=system.assertion(exp=now + 300)).status_code == 200
    shortest, longest = sorted(gateway.once.used.values())
    assert shortest >= now + 120, "a proof can be accepted for 120 seconds"
    assert longest >= now + 300, "an assertion can be accepted until it expires"


def test_an_api_proof_is_not_used_up_by_the_verifier() -> None:
    """The confirming transaction does that; its name is the same each time, so that a replay meets itself there."""
    gateway = Gateway()
    system = gateway.a_system()
    token = gateway.token(system)
    calls = gateway.once.calls
    first, second = (gateway.call(system, token, jti="same").proof for _ in range(2))
    other = gateway.call(system, token, jti="other").proof
    assert first.id == second.id != other.id
    assert gateway.once.calls == calls
