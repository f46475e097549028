"""What scrypt gave once is remembered; what it costs and gives is asked of itself (test_envelope)."""

import pytest
import stretching


@pytest.fixture(scope="session", autouse=True)
def _stretched_once() -> None:
    stretching.once()
