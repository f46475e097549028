"""A preview is shown and timed (DESIGN section 10); how long it takes is tried in `make evidence`."""

from furnished import Installation
from trials.preview_times import PreviewTimes, previewed


def test_every_preview_is_shown(installed: Installation) -> None:
    times = previewed(installed, 10)
    assert (times.shown, times.refused) == (10, 0)
    assert 0 < times.p50_ms <= times.p99_ms


def test_what_takes_longer_and_what_is_refused_does_not_hold() -> None:
    assert PreviewTimes(shown=10, refused=0, p50_ms=20, p99_ms=90).within(20)
    assert not PreviewTimes(shown=10, refused=0, p50_ms=20.1, p99_ms=20.2).within(20)
    assert not PreviewTimes(shown=10, refused=1, p50_ms=1, p99_ms=2).within(20)
