"""One writer: a command waits for the folder, finds the gateway, or says that nothing answers."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from operators import Operator

from gateway.cli import session
from gateway.installation.folder import exclusive

NO_SECRET = {"GATEWAY_SECRET_FILE": "/nowhere/at/all"}


@contextmanager
def _at_the_socket(operator: Operator, answer: bytes) -> Iterator[None]:
    """Somebody who listens at the operator's socket, answers the first connection so, and hangs up on the others."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(operator.data / "gateway.sock"))
    listening.listen()

    def once() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answer)
            connection.recv(65536)

    thread = threading.Thread(target=once)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        listening.close()


def test_a_held_folder_without_an_answer_is_unreachable(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "PATIENCE", 0.2)
    with exclusive(operator.data):
        said = operator.types("agency", "list", "--json")

    assert (said.code, said.json["error"], said.next) == (3, "unreachable", "referral-gateway doctor")


def test_a_command_waits_for_another_command_to_end(operator: Operator) -> None:
    def hold() -> None:
        with exclusive(operator.data):
            held.set()
            time.sleep(0.3)

    held = threading.Event()
    other = threading.Thread(target=hold)
    other.start()
    held.wait()

    assert operator.types("agency", "list").code == 0
    other.join()


def test_an_answer_that_is_lost_is_never_asked_for_again(operator: Operator) -> None:
    live = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
    with exclusive(operator.data), _at_the_socket(operator, live):
        said = operator.types("agency", "list", "--json")

    assert (said.code, said.json["error"]) == (3, "unreachable")
    assert "look" in said.err


def test_a_command_to_a_running_gateway_needs_no_secret(running: Operator) -> None:
    assert running.types("agency", "list", **NO_SECRET).code == 0


def test_without_a_running_gateway_the_key_ring_must_open(operator: Operator) -> None:
    said = operator.types("agency", "list", **NO_SECRET)

    assert (said.code, said.next) == (2, "referral-gateway doctor")


def test_a_folder_that_others_may_enter_is_not_used(operator: Operator) -> None:
    operator.data.chmod(0o755)

    said = operator.types("agency", "list")

    assert (said.code, said.next) == (2, "referral-gateway init")


def test_a_proxy_in_the_environment_is_not_used(running: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    assert running.types("agency", "list").code == 0
