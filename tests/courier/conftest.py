"""A gateway that brings referrals, and a system it brings them to."""

from collections.abc import Iterator

import pytest
from agency_server import AgencySystem, serving
from delivering import Node, a_node, installed_in


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One gateway for a module; each test has a recipient of its own."""
    with a_node(installed_in(tmp_path_factory.mktemp("bringing"))) as opened:
        yield opened


@pytest.fixture
def system() -> Iterator[AgencySystem]:
    """An agency's system that takes everything."""
    with serving(AgencySystem()) as opened:
        yield opened
