"""For the tests of adapters that were just written."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def unimported(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test makes its adapters anew, some under the same names: all begin with `tide`."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("tide"):
            del sys.modules[name]
