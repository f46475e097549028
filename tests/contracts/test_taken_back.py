"""What becomes of tokens that are taken back, in both worlds."""

from builders import NOON, SHELTER, a_caller
from contract_worlds import World
from stores import Doing, a_sealed_leaf, consuming

from gateway.core.answers import NotFresh
from gateway.core.parties.registry_items import RevokeToken


def test_a_client_or_token_taken_back_is_refused_within_the_batch(world: World) -> None:
    caller, other = a_caller(), a_caller(SHELTER, proof="other")
    token = Doing(lambda transaction: transaction.revoke_token(other.token_jti, other.proof.expires_at))
    outcomes = world.together(token, consuming(other), consuming(caller))
    assert outcomes == [True, NotFresh(revoked=True), None]


def test_a_token_is_taken_back_once_and_so_is_its_leaf(world: World) -> None:
    revoking = [RevokeToken("a-token", int(NOON.timestamp()), a_sealed_leaf(number)) for number in range(3)]
    world.together(*revoking[:2])
    world.together(revoking[2])
    assert world.log.head().size == 1
    world.together(RevokeToken("another-token", int(NOON.timestamp()), a_sealed_leaf(3)))
    assert world.log.head().size == 2
