"""What the tests of workers share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from plugins.placing import Place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """An empty one; what was opened is closed."""
    made = Place(tmp_path / "adapters", [])
    made.folder.mkdir()
    yield made
    made.close()
