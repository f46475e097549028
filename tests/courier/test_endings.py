"""Keys that end soon are a line in the log, once a day, for each whose they are."""

import asyncio
from datetime import date, timedelta

from fakes import FakeClock
from structlog.testing import capture_logs

from gateway.core.parties.agency_keys import SOON, Ending
from gateway.courier.endings import Endings

CLOCK_DAY = FakeClock().now().date()


def ending(whose: str, days: int, key: str = "k1") -> Ending:
    return Ending(whose, key, CLOCK_DAY + timedelta(days=days))


def warned(endings: Endings) -> list[tuple[object, ...]]:
    with capture_logs() as logged:
        assert asyncio.run(endings.round()) is False
    assert {line["event"] for line in logged} <= {"key_ends_soon"}
    return [(line["code"], line.get("agency"), line.get("client"), line["count"]) for line in logged]


def test_each_is_named_once_with_how_many_of_its_keys_end() -> None:
    agencies = [ending("shelter", 1), ending("shelter", SOON.days, "k2"), ending("clinic", SOON.days + 1)]
    endings = Endings(lambda: agencies, lambda: [ending("police-system", -1)], {}, FakeClock())
    assert warned(endings) == [("agency_key", "shelter", None, 2), ("client_key", None, "police-system", 1)]


def test_of_what_authorities_vouch_for_only_the_kind_is_named_and_how_many_end() -> None:
    soon, later = CLOCK_DAY + SOON, CLOCK_DAY + SOON + timedelta(days=1)
    trusted = {"client_authority": [soon, later, CLOCK_DAY], "time_stamping_authority": [later]}
    assert warned(Endings(list, list, trusted, FakeClock())) == [("client_authority", None, None, 2)]


def test_it_is_said_again_the_next_day_and_not_before() -> None:
    clock, asked = FakeClock(), list[date]()

    def read() -> list[Ending]:
        asked.append(clock.now().date())
        return [ending("shelter", 3)]

    endings = Endings(read, list, {}, clock)
    assert [len(warned(endings)) for _ in range(2)] == [1, 0]
    clock.advance(timedelta(days=1))
    assert len(warned(endings)) == 1
    assert asked == [CLOCK_DAY, CLOCK_DAY + timedelta(days=1)]


def test_where_nothing_ends_nothing_is_said() -> None:
    assert warned(Endings(list, list, {}, FakeClock())) == []
