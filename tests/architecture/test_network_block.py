"""No test reaches the network. If a tool or a setting dropped the block, these are the tests that notice."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from pathlib import Path

import pytest
from pytest_socket import SocketBlockedError, SocketConnectBlockedError

ELSEWHERE = ("192.0.2.1", 443)
"""An address of TEST-NET-1 (RFC 5737), which nobody has."""


def test_an_unmarked_test_cannot_open_a_socket() -> None:
    with pytest.raises(SocketBlockedError):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def test_an_unmarked_test_cannot_ask_for_a_name() -> None:
    with pytest.raises(SocketBlockedError):
        socket.getaddrinfo("gateway.example", 443)


def test_an_event_loop_still_starts() -> None:
    async def answer() -> int:
        await asyncio.sleep(0)
        return 1

    assert asyncio.run(answer()) == 1


def test_a_unix_socket_still_opens(tmp_path: Path) -> None:
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as listener:
        listener.bind(str(tmp_path / "s"))


@pytest.mark.enable_socket
def test_a_marked_test_reaches_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        pass


@pytest.mark.enable_socket
def test_a_marked_test_still_cannot_leave_this_machine() -> None:
    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection(ELSEWHERE, timeout=1)
