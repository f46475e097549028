"""The operator's socket is private and new; the public one is not stolen from anybody."""

import socket
import stat
from pathlib import Path

import pytest

from gateway.core.errors import OperatorError
from gateway.serving import sockets
from gateway.serving.sockets import PortTakenError, UnsafeAddressError, check_address
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
    with sockets.public(Settings(port=0)) as bound:
        bound.listen()
        with pytest.raises(PortTakenError):
            sockets.public(Settings(port=bound.getsockname()[1]))


@pytest.mark.enable_socket
def test_nobody_is_answered_before_the_gateway_listens() -> None:
    with sockets.public(Settings(port=0)) as bound, socket.socket() as early:
        assert early.connect_ex(bound.getsockname()) != 0


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_may_be_listened_on_without_tls(host: str) -> None:
    check_address(Settings(host=host))


@pytest.mark.parametrize("url", ["", "http://gateway.example", "HTTPS//gateway.example"])
def test_any_other_address_needs_a_public_url_with_tls(url: str) -> None:
    with pytest.raises(UnsafeAddressError):
        check_address(Settings(host="192.0.2.1", url=url))
    check_address(Settings(host="192.0.2.1", url="https://gateway.example"))
