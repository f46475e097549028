"""What becomes of data keys, in both worlds."""

import pytest
from contract_worlds import World
from rings import bytes_from
from stores import PERSON

from gateway.core.errors import OperatorError


def test_a_data_key_is_made_once_and_found_again(world: World) -> None:
    with pytest.raises(OperatorError):
        world.person_keys.of(PERSON)
    made, other = world.person_keys.create(PERSON), world.person_keys.create(bytes_from("another", 16))
    assert len(made) == 32
    assert made != other
    assert world.person_keys.of(PERSON) == made


def test_a_data_key_of_nobody_is_forgotten_and_no_other(world: World) -> None:
    nobody, kept = bytes_from("nobody", 16), world.person_keys.create(PERSON)
    world.person_keys.create(nobody)
    for _ in range(2):
        world.person_keys.discard(nobody)
        with pytest.raises(OperatorError):
            world.person_keys.of(nobody)
    assert world.person_keys.of(PERSON) == kept
