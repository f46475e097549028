"""A gateway with people at their browsers; each test is another day, with people of its own."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from browsing import House
from operators import Operator, moved, template

__all__ = ["template"]


@pytest.fixture(scope="module")
def shared(template: Operator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One gateway for the tests of a module: opening a key ring takes a while."""
    found = House.of(moved(template, tmp_path_factory.mktemp("house") / "o"))
    yield found
    found.gateway.close()


@pytest.fixture
def house(shared: House) -> House:
    """The gateway a day later, when nobody is signed in any more."""
    shared.clock.advance(timedelta(days=1))
    shared.since = shared.gateway.log.head().size
    return shared
