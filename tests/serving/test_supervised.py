"""systemd is told that the gateway is ready, alive and ending, over a real datagram socket; without one, nobody is."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from operators import Operator

from gateway.core.errors import OperatorError
from gateway.serving.supervised import Supervisor

pytestmark = pytest.mark.enable_socket
OFTEN = 0.02


class Manager:
    """The end of the socket where systemd would be."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self.socket.settimeout(60)

    def hears(self) -> str:
        return self.socket.recv(256).decode()

    def has_heard(self) -> list[str]:
        self.socket.settimeout(0)
        said = []
        try:
            while True:
                said.append(self.hears())
        except BlockingIOError:
            return said


@pytest.fixture(params=["file", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    """One in a file, and one whose name is in no file system."""
    made = Manager(str(tmp_path / "notify") if request.param == "file" else f"@referral-gateway-{tmp_path.name}")
    yield made
    made.socket.close()


def lived(supervisor: Supervisor, *, alive: bool = True) -> None:
    async def life() -> None:
        async with supervisor.told(lambda: alive):
            await asyncio.sleep(2 * OFTEN)  # No longer: a socket keeps ten that nobody has read.

    asyncio.run(life())


def test_it_is_told_when_the_process_is_ready_alive_and_ends(manager: Manager) -> None:
    lived(Supervisor(manager.address, OFTEN))
    ready, *alive, ends = manager.has_heard()
    assert (ready, ends, {*alive}) == ("READY=1", "STOPPING=1", {"WATCHDOG=1"})


def test_a_process_that_confirms_nothing_any_more_is_not_said_to_be_alive(manager: Manager) -> None:
    lived(Supervisor(manager.address, OFTEN), alive=False)
    assert manager.has_heard() == ["READY=1", "STOPPING=1"]


def test_where_nobody_asked_for_it_it_is_not_said_again_and_again(manager: Manager) -> None:
    lived(Supervisor(manager.address, 0))
    assert manager.has_heard() == ["READY=1", "STOPPING=1"]


@pytest.mark.parametrize("address", ["", "/nowhere/at/all"], ids=["none", "nobody there"])
def test_a_process_lives_without_a_supervisor(address: str) -> None:
    lived(Supervisor(address, OFTEN))


def test_what_systemd_said_is_read_and_what_it_said_to_another_process_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
    assert Supervisor.of_this_process() == Supervisor("", 0)
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/notify")
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    assert Supervisor.of_this_process() == Supervisor("/run/notify", 30)
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert Supervisor.of_this_process() == Supervisor("/run/notify", 0)
    monkeypatch.setenv("WATCHDOG_USEC", "often")
    with pytest.raises(OperatorError):
        Supervisor.of_this_process()


def test_the_server_says_it_is_ready_when_it_is(operator: Operator, tmp_path: Path) -> None:
    manager = Manager(str(tmp_path / "notify"))
    with operator.serves(NOTIFY_SOCKET=manager.address, WATCHDOG_USEC="60000000") as served:
        assert [manager.hears(), manager.hears()] == ["READY=1", "WATCHDOG=1"]
        assert served.ends().code == 0
    assert manager.has_heard() == ["STOPPING=1"]
    manager.socket.close()
