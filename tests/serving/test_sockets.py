"""The operator's socket is private and new; the public one is not stolen from anybody."""

import os
import socket
import stat
from pathlib import Path

import pytest

from gateway.core.errors import OperatorError
from gateway.serving import sockets
from gateway.serving.sockets import PortTakenError, UnsafeAddressError, UnsafeSocketError, check_address
from gateway.settings import Settings


def test_the_operators_socket_replaces_a_dead_one_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "s"
    for _ in range(2):
        bound = sockets.operators(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        bound.close()


def test_a_path_that_no_socket_can_have_is_said(tmp_path: Path) -> None:
    with pytest.raises(OperatorError):
        sockets.operators(tmp_path / ("x" * 120))


@pytest.mark.enable_socket
def test_any_free_port_is_taken_for_0_and_a_taken_one_is_not() -> None:
    with sockets.public("127.0.0.1", 0) as bound:
        bound.listen()
        with pytest.raises(PortTakenError):
            sockets.public("127.0.0.1", bound.getsockname()[1])


@pytest.mark.enable_socket
def test_nobody_is_answered_before_the_gateway_listens() -> None:
    with sockets.public("127.0.0.1", 0) as bound, socket.socket() as early:
        assert early.connect_ex(bound.getsockname()) != 0


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_may_be_listened_on_without_tls(host: str) -> None:
    check_address(Settings(host=host))


@pytest.mark.parametrize("url", ["", "http://gateway.example", "HTTPS//gateway.example"])
def test_any_other_address_needs_a_public_url_with_tls(url: str) -> None:
    with pytest.raises(UnsafeAddressError):
        check_address(Settings(host="192.0.2.1", url=url))
    check_address(Settings(host="192.0.2.1", url="https://gateway.example"))


# ------------------------------------------------------------------------------------------------------ the proxy's own


@pytest.mark.parametrize("mode", [0o700, 0o750, 0o2750, 0o710])
def test_the_proxys_socket_is_for_us_and_the_group_of_its_folder(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "proxy"
    folder.mkdir()
    os.chown(folder, -1, _another_group())
    folder.chmod(mode)
    for _ in range(2):
        bound = sockets.proxy(folder / "s")
        found = (folder / "s").stat()
        assert (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) == (0o660, os.geteuid(), _another_group())
        bound.close()


@pytest.mark.parametrize("mode", [0o755, 0o701, 0o770, 0o777, 0o1777, 0o707])
def test_a_folder_that_others_could_enter_or_write_stops_the_start(tmp_path: Path, mode: int) -> None:
    """Whoever opens that socket can say who a client is."""
    folder = tmp_path / "proxy"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(UnsafeSocketError):
        sockets.proxy(folder / "s")
    assert not (folder / "s").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_that_is_anothers_stops_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "proxy"
    folder.mkdir(mode=0o750)
    os.chown(folder, 12_345, -1)
    with pytest.raises(UnsafeSocketError):
        sockets.proxy(folder / "s")


def test_a_folder_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(UnsafeSocketError):
        sockets.proxy(tmp_path / "nowhere" / "s")


def _another_group() -> int:
    """Return a group this process may give files to, and not its own where it has another."""
    return 12_345 if os.geteuid() == 0 else max(os.getgroups() or [os.getegid()])
