"""A share is drawn from the whole of its range."""

import pytest

from gateway.core.chance import drawn_share


class Given:
    def __init__(self, drawn: bytes) -> None:
        self.drawn = drawn

    def bytes(self, count: int) -> bytes:
        return self.drawn[:count]


@pytest.mark.parametrize(
    ("drawn", "share"), [(b"\x00" * 4, 0.0), (b"\x80\x00\x00\x00", 0.5), (b"\xff" * 4, 1 - 2**-32)], ids=str
)
def test_a_share_is_of_everything_and_never_all_of_it(drawn: bytes, share: float) -> None:
    assert drawn_share(Given(drawn)) == share
