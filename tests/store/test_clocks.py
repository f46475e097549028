"""A node whose clock is not the database server's stands aside: it takes no lease over, and is not ready."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from databases import POSTGRESQL, SQLITE, Servers
from fakes import FakeClock

from gateway.installation.examining import examine
from gateway.settings import Settings
from gateway.store.clocks import MOST_APART, ClocksDifferError, ServerClock
from gateway.store.database import Database, opened

LITTLE = timedelta(seconds=20)


@pytest.fixture
def server(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database on a server, which has a clock."""
    with opened(servers.url(POSTGRESQL, tmp_path_factory.mktemp("clock"))) as database:
        yield database


@pytest.mark.parametrize("by", [MOST_APART + LITTLE, -MOST_APART - LITTLE, timedelta(days=3650)])
def test_a_clock_that_is_not_the_servers_is_told(server: Database, by: timedelta) -> None:
    clock = FakeClock(datetime.now(UTC) + by)
    with pytest.raises(ClocksDifferError):
        ServerClock(server.reading, clock).require()


@pytest.mark.parametrize("by", [timedelta(), MOST_APART - LITTLE, LITTLE - MOST_APART])
def test_one_that_is_nearly_right_is_let_be(server: Database, by: timedelta) -> None:
    """The canary: what is told is the difference."""
    ServerClock(server.reading, FakeClock(datetime.now(UTC) + by)).require()


def test_a_clock_that_jumps_is_seen_and_one_that_is_set_right_too(server: Database) -> None:
    clock = FakeClock(datetime.now(UTC))
    asked = ServerClock(server.reading, clock)
    asked.require()
    clock.advance(MOST_APART + LITTLE)
    with pytest.raises(ClocksDifferError):
        asked.require()
    clock.advance(-MOST_APART - LITTLE)
    asked.require()


def test_a_slow_answer_is_no_difference(server: Database) -> None:
    class Slow(FakeClock):
        """Stands two minutes later each time it is asked."""

        def now(self) -> datetime:
            self.advance(2 * MOST_APART)
            return super().now()

    ServerClock(server.reading, Slow(datetime.now(UTC) - 3 * MOST_APART)).require()


def test_a_file_has_no_clock(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> None:
    with opened(servers.url(SQLITE, tmp_path_factory.mktemp("clock"))) as database:
        ServerClock(database.reading, FakeClock()).require()


def test_the_doctor_says_it(server: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = server.reading.url.render_as_string(hide_password=False)
    settings, now = Settings(data=tmp_path / "data", database_url=url), datetime.now(UTC)
    clocks = [one for one in examine(settings, now) if one.name == "clock"]
    monkeypatch.setattr("gateway.store.clocks.MOST_APART", -MOST_APART)
    clocks += [one for one in examine(settings, now) if one.name == "clock"]
    assert [(one.ok, "apart" in one.says) for one in clocks] == [(True, False), (False, True)]
