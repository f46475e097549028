"""The small parts: bounded memory, our own signing keys, the closed lists."""

import threading

import pytest
from joserfc.jwk import ECKey, RSAKey
from oauth.systems_oauth import a_key, public_pem
from oauth.world_oauth import Gateway
from rings import a_key_ring

from gateway.core.access.scopes import Scope
from gateway.core.errors import OperatorError
from gateway.oauth.algorithms import ALGORITHMS, USUAL, registered
from gateway.oauth.caches import Bounded
from gateway.oauth.errors import ErrorCode, UnverifiableError, Why
from gateway.oauth.keys import public_key, signing_key


class TestBounded:
    def test_the_least_recently_asked_for_is_forgotten(self) -> None:
        held: Bounded[str, int] = Bounded(2)
        held.put("a", 1)
        held.put("b", 2)
        assert held.get("a") == 1
        held.put("c", 3)
        assert (held.get("a"), held.get("b"), held.get("c"), len(held)) == (1, None, 3, 2)

    def test_one_can_be_dropped(self) -> None:
        held: Bounded[str, int] = Bounded(2)
        held.put("a", 1)
        held.drop("a")
        held.drop("a")
        assert held.get("a") is None

    def test_many_threads_leave_it_whole(self) -> None:
        held: Bounded[int, int] = Bounded(8)

        def work(start: int) -> None:
            for number in range(start, start + 2000):
                held.put(number % 64, number)
                held.get((number * 7) % 64)

        threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(held) == 8


def test_verified_tokens_and_proof_keys_are_remembered_in_bounds() -> None:
    gateway = Gateway()
    gateway.verifier._tokens = Bounded(3)
    system = gateway.a_system()
    for _ in range(5):
        gateway.call(system, gateway.token(system))
    assert len(gateway.verifier._tokens) == 3
    assert len(gateway.verifier._proofs._keys) == 1


def test_a_refused_proof_leaves_no_key_behind() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    token = gateway.token(system)
    stranger = gateway.a_system("stranger")
    for _ in range(3):
        with pytest.raises(Exception, match="invalid_token"):
            gateway.call(stranger, token)
    assert len(gateway.verifier._proofs._keys) == 0


class TestSigningKey:
    def test_the_key_of_the_ring_signs_and_is_named_by_its_thumbprint(self) -> None:
        key = signing_key(a_key_ring().token_signing_key())
        assert key.is_private
        assert key.kid == key.thumbprint()

    @pytest.mark.parametrize(
        "pem",
        [
            ECKey.generate_key("P-384").as_pem(private=True),
            RSAKey.generate_key(2048).as_pem(private=True),
            public_pem(a_key("ES256")),
            b"not a key",
        ],
        ids=["another curve", "RSA", "public", "text"],
    )
    def test_another_key_stops_the_gateway(self, pem: bytes) -> None:
        with pytest.raises(OperatorError):
            signing_key(pem)


class TestClosedLists:
    def test_usual_algorithms_are_allowed_ones(self) -> None:
        assert ALGORITHMS.keys() >= USUAL
        assert "ES384" not in USUAL

    @pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256", "ES512", "Ed448", "", "es256"])
    def test_nothing_else_verifies(self, algorithm: str) -> None:
        assert not registered(algorithm, frozenset({algorithm}))
        with pytest.raises(UnverifiableError) as caught:
            public_key(a_key("ES256").as_dict(private=False), algorithm)
        assert caught.value.why is Why.ALGORITHM

    def test_every_code_reason_and_scope_has_a_sentence(self) -> None:
        assert all(one.sentence.endswith(".") for group in (ErrorCode, Why, Scope) for one in group)
        assert len(Scope) == 13
