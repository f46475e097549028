"""Which key may sign for a client: a registered one, public, strong and of the right kind, chosen by its identifier."""

import pytest
from joserfc.jwk import ECKey, RSAKey
from oauth.systems_oauth import ABSENT, System, a_key
from oauth.world_oauth import Gateway


def test_the_header_chooses_between_two_keys() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    both = [a_key("ES256", name).as_dict(private=False) for name in ("shelter-one", "next")]
    gateway.join(system, jwks=both)
    assert gateway.ask(system).status_code == 200
    system.key = a_key("ES256", "next")
    assert gateway.ask(system).status_code == 200


def test_without_a_key_identifier_one_key_is_enough_and_two_are_not() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    assert gateway.ask(system, client_assertion=system.assertion({"kid": ABSENT})).status_code == 200
    both = [a_key("ES256", name).as_dict(private=False) for name in ("shelter-one", "next")]
    gateway.join(system, jwks=both)
    assert gateway.ask(system, client_assertion=system.assertion({"kid": ABSENT})).status_code == 401


def test_without_a_key_identifier_the_curve_tells_two_keys_apart() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    both = [system.key.as_dict(private=False), a_key("ES384", "other").as_dict(private=False)]
    gateway.join(system, jwks=both)
    assert gateway.ask(system, client_assertion=system.assertion({"kid": ABSENT})).status_code == 200


def test_a_header_over_512_bytes_passes() -> None:
    """The default of joserfc refuses it."""
    gateway = Gateway()
    system = System(gateway.clock, key=ECKey.generate_key("P-256", {"kid": "k" * 600}))
    gateway.join(system)
    assert gateway.ask(system).status_code == 200


def test_a_key_of_another_client_does_not_sign_for_this_one() -> None:
    gateway = Gateway()
    gateway.a_system("shelter-two")
    system = gateway.a_system()
    thief = System(gateway.clock, "shelter-one", key=a_key("ES256", "shelter-two"))
    assert gateway.ask(thief).status_code == 401
    assert gateway.ask(system).status_code == 200


@pytest.mark.parametrize(
    "spoil",
    [
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"alg": "ES384"},
        {"d": "AQAB"},
        {"x": "AAAA"},
        {"y": 7},
        {"crv": "P-521"},
    ],
    ids=[
        "for encryption",
        "not to verify with",
        "operations as text",
        "of another algorithm",
        "private",
        "off the curve",
        "a number",
        "curve",
    ],
)
def test_an_unfit_registered_key_authenticates_nobody(spoil: dict[str, object]) -> None:
    gateway = Gateway()
    system = gateway.a_system()
    gateway.join(system, jwks=[{**system.key.as_dict(private=False), **spoil}])
    assert gateway.ask(system).status_code == 401
    gateway.join(
        system, jwks=[{**system.key.as_dict(private=False), "use": "sig", "key_ops": ["verify"], "alg": "ES256"}]
    )
    assert gateway.ask(system).status_code == 200


def test_a_small_rsa_key_authenticates_nobody() -> None:
    gateway = Gateway()
    with pytest.warns(UserWarning, match="2048"):
        small = RSAKey.generate_key(1024, {"kid": "small"})
    system = System(gateway.clock, "shelter-one", "PS256", key=small)
    gateway.join(system)
    assert gateway.ask(system).status_code == 401
    assert gateway.ask(gateway.a_system("shelter-two", "PS256")).status_code == 200


def test_a_key_for_ecdh_on_another_curve_is_no_ed25519_key() -> None:
    gateway = Gateway()
    system = gateway.a_system(algorithm="Ed25519")
    stranger = ECKey.generate_key("P-256", {"kid": str(system.key.kid)})
    gateway.join(system, jwks=[stranger.as_dict(private=False)])
    assert gateway.ask(system).status_code == 401
