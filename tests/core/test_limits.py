"""Token buckets: what fits passes, what does not waits, and nobody waits for anybody else."""

from datetime import timedelta

import pytest
from fakes import FakeClock

from gateway.core.limits import Buckets, Limits, TooManyRequestsError, asker


def test_so_many_at_once_and_then_as_many_as_the_rate_allows() -> None:
    buckets = Buckets(rate=2, burst=3)
    assert [buckets.take("a", 0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert buckets.take("a", 0.25) == pytest.approx(0.25)
    assert [buckets.take("a", 0.5), buckets.take("a", 0.5)] == [0.0, 0.5]


def test_a_bucket_is_never_fuller_than_full() -> None:
    buckets = Buckets(rate=1, burst=2)
    buckets.take("a", 0.0)
    assert [buckets.take("a", 1_000.0) for _ in range(3)] == [0.0, 0.0, 1.0]


def test_a_clock_that_is_set_back_gives_nothing_and_takes_nothing() -> None:
    buckets = Buckets(rate=1, burst=1)
    assert buckets.take("a", 100.0) == 0.0
    assert buckets.take("a", 50.0) == 1.0
    assert buckets.take("a", 101.0) == 0.0


def test_who_waits_while_a_clock_is_set_back_waits_no_longer_than_others() -> None:
    buckets = Buckets(rate=1, burst=1)
    buckets.take("a", 1_000_000.0)
    assert buckets.take("a", 0.0) == 1.0
    assert buckets.take("a", 1.0) == 0.0
    buckets.take("b", 1_000_000.0)
    assert [buckets.wait("b", 0.0), buckets.wait("b", 1.0)] == [1.0, 0.0]


def test_what_one_uses_up_nobody_else_misses() -> None:
    buckets = Buckets(rate=1, burst=1)
    assert buckets.take("a", 0.0) == 0.0
    for _ in range(100):
        assert buckets.take("a", 0.0) > 0
    assert buckets.take("b", 0.0) == 0.0


def test_looking_takes_nothing() -> None:
    buckets = Buckets(rate=1, burst=1)
    assert [buckets.wait("a", 0.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    buckets.take("a", 0.0)
    assert buckets.wait("a", 0.5) == 0.5


def test_what_is_given_back_can_be_taken_again_and_makes_no_bucket_fuller_than_full() -> None:
    buckets = Buckets(rate=1, burst=1)
    buckets.take("a", 0.0)
    buckets.give_back("a")
    assert [buckets.take("a", 0.0), buckets.take("a", 0.0)] == [0.0, 1.0]
    for _ in range(3):
        buckets.give_back("a")
    assert [buckets.take("a", 0.0), buckets.take("a", 0.0)] == [0.0, 1.0]
    buckets.give_back("nobody")
    assert len(buckets) == 1


def test_a_rate_of_nothing_limits_nobody_and_keeps_nothing() -> None:
    buckets = Buckets(rate=0, burst=0)
    assert not any(buckets.take("a", 0.0) for _ in range(1000))
    assert len(buckets) == 0


def test_memory_is_bounded_and_the_least_recent_is_forgotten() -> None:
    buckets = Buckets(rate=0.001, burst=1, most=3)
    for name in ("a", "b", "c", "d"):
        assert buckets.take(name, 0.0) == 0.0
    assert len(buckets) == 3
    assert buckets.take("d", 0.0) > 0
    assert buckets.take("a", 0.0) == 0.0


def test_the_wait_is_told_in_whole_seconds_and_passes() -> None:
    clock = FakeClock()
    limits = Limits(clock, clients=Buckets(0.4, 1), failures=Buckets(1, 1))
    limits.of_client("police")
    with pytest.raises(TooManyRequestsError) as refused:
        limits.of_client("police")
    assert refused.value.wait == 3
    clock.advance(timedelta(seconds=2.5))
    limits.of_client("police")
    limits.may_fail("somebody")
    limits.failed("somebody")
    with pytest.raises(TooManyRequestsError) as refused:
        limits.may_fail("somebody")
    assert refused.value.wait == 1


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("not an address", "unknown"),
        ("1" * 10_000, "unknown"),
    ],
)
def test_an_address_stands_for_its_subscriber(address: str, name: str) -> None:
    assert asker(address) == name
