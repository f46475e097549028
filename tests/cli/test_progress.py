"""Long work says where it stands every ten seconds, on standard error, and not more often."""

import pytest

from gateway.cli.progress import Lines, progress


def test_it_speaks_every_ten_seconds_with_rate_and_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    moments = iter([0.0, 4.0, 10.0, 15.0, 20.0])
    lines = Lines(1000, 100, lambda: next(moments))
    for done in (200, 300, 350, 500):
        lines(done)

    said = capsys.readouterr()
    assert said.err.splitlines() == [
        "300 of 1000 entries, 20 a second, 35 s left",
        "500 of 1000 entries, 20 a second, 25 s left",
    ]
    assert said.out == ""


def test_without_a_terminal_no_bar_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(10) as tell:
        tell(5)

    assert capsys.readouterr() == ("", "")
