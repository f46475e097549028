"""Several processes answer on one socket: none outlives the first, none is missed, and none trusts its memory."""

import asyncio
import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socket import socket

import httpx
import pytest
from forked import python
from operators import BEGUN, Operator, Served
from served import NO_TLS, free_port
from structlog.testing import capture_logs

from gateway.serving.siblings import Siblings
from gateway.settings import Settings

pytestmark = [pytest.mark.enable_socket, pytest.mark.slow]
_PATIENCE = 60.0


@pytest.fixture
def figures() -> int:
    """The port on which figures are told."""
    return free_port()


@pytest.fixture
def two(operator: Operator, figures: int) -> Iterator[Served]:
    """A gateway of two processes; the second answers while the first is held."""
    folder = operator.home / "proxy"
    folder.mkdir(mode=0o750)
    told = {"GATEWAY_PROXY_SOCKET": str(folder / "s"), "GATEWAY_METRICS_PORT": str(figures)}
    with operator.serves(GATEWAY_WORKERS="2", **told) as served:
        _until(lambda: bool(_siblings(served)))
        with _held(served.process.pid):
            _until(lambda: _answers(served))
        yield served


def test_each_answers_alone_one_that_dies_is_replaced_and_all_end_in_order(two: Served, figures: int) -> None:
    (sibling,) = _siblings(two)
    with _held(sibling):
        assert all(_answers(two) for _ in range(3))
    with _held(two.process.pid):
        assert _answers(two, httpx.HTTPTransport(verify=NO_TLS, uds=str(two.operator.home / "proxy" / "s")))
    _until(lambda: _answered(figures) >= 3 + 1 + 1)  # What each answered, and what told that the second was there.

    os.kill(sibling, signal.SIGKILL)
    assert all(_answers(two) for _ in range(20))
    _until(lambda: any(pid != sibling for pid in _siblings(two)))
    with _held(two.process.pid):
        _until(lambda: _answers(two))
    began = time.monotonic()
    said = two.ends()

    assert time.monotonic() - began < 10
    assert said.code == 0
    events = [json.loads(line)["event"] for line in said.err.splitlines()]
    # A sibling answers on its first socket before it says that all are open: the others do not wait for its line.
    assert events.count("sibling_started") == 2
    assert [one for one in events if one != "sibling_started"] == ["started", "sibling_died", "stopping", "stopped"]


def test_none_outlives_the_first_however_that_one_dies(two: Served) -> None:
    (left,) = _siblings(two)

    said = two.ends(signal.SIGKILL)

    assert said.code == -signal.SIGKILL
    _until(lambda: not Path(f"/proc/{left}").exists())
    with two.operator.serves(GATEWAY_PORT=two.url.rpartition(":")[2]) as alone:
        assert alone.url == two.url
        assert not _siblings(alone)


def test_one_that_is_asked_to_end_answers_what_it_has_at_hand_first(two: Served) -> None:
    (asked,) = _siblings(two)
    host, port = two.url.removeprefix("http://").split(":")
    with _held(two.process.pid), socket() as asking:
        asking.connect((host, int(port)))
        asking.sendall(BEGUN)
        time.sleep(0.5)  # Nobody says when it took the connection up.
        os.kill(asked, signal.SIGTERM)
        time.sleep(0.2)
        asking.sendall(b"c")
        asking.settimeout(20)
        answer = asking.recv(65_536)

    assert re.match(rb"HTTP/1.1 4\d\d ", answer)
    _until(lambda: asked not in _siblings(two))


def _answered(port: int) -> float:
    """Return how often the figures say that it was answered."""
    with httpx.Client(trust_env=False, verify=NO_TLS) as client:
        told = client.get(f"http://127.0.0.1:{port}/metrics").text
    labels = 'http_request_method="GET",http_response_status_code="200",http_route="/livez"'
    found = re.search(re.escape(f"http_server_request_duration_seconds_count{{{labels}}} ") + "(.*)", told)
    return float(found[1]) if found else 0.0


def _siblings(served: Served) -> list[int]:
    children = Path(f"/proc/{served.process.pid}/task").glob("*/children")
    return [int(pid) for one in children for pid in one.read_text("ascii").split()]


def _answers(served: Served, way: httpx.HTTPTransport | None = None) -> bool:
    try:
        with httpx.Client(transport=way, trust_env=False, timeout=2, verify=NO_TLS) as client:
            return client.get(f"{served.url}/livez").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


@contextmanager
def _held(pid: int) -> Iterator[None]:
    """Stop a process of this test from doing anything, inside the block."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def test_what_keeps_one_from_starting_is_logged_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def tried() -> None:
        stopped = asyncio.Event()
        kept = asyncio.create_task(Siblings(Settings(workers=2), (public,)).keep(stopped))
        await asyncio.sleep(0.05)
        stopped.set()
        await asyncio.wait_for(kept, 5)

    monkeypatch.setattr("sys.executable", str(tmp_path / "nothing is here"))
    with capture_logs() as logged, socket() as public:
        asyncio.run(tried())
    assert [(line["event"], line["code"]) for line in logged] == [("sibling_not_started", "FileNotFoundError")]


def _begun(handed: int, environment: Mapping[str, str]) -> str:
    """Start a sibling that cannot begin on what it is handed; the event of the one line it leaves."""
    words = ("-m", "gateway.serving.beside", str(handed))
    begun = python(words, environment, heard=True, handed=[handed])
    (line,) = begun.communicate(timeout=_PATIENCE)[1].splitlines()
    assert begun.returncode == 1
    return str(json.loads(line)["event"])


def test_a_sibling_that_cannot_begin_says_why_by_kind_and_ends(tmp_path: Path) -> None:
    with socket() as public:
        assert _begun(public.fileno(), {"GATEWAY_DATA": str(tmp_path)}) == "sibling_not_started"


def test_a_sibling_whose_database_is_down_says_so_in_one_line_and_ends(operator: Operator) -> None:
    with socket() as public, socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"postgresql+psycopg://gateway@127.0.0.1:{nobody.getsockname()[1]}/gateway"
        away = {**operator.environment, "GATEWAY_DATABASE_URL": url}
        assert _begun(public.fileno(), away) == "sibling_not_started"


def test_what_nobody_foresaw_is_one_line_too_and_quotes_nothing(tmp_path: Path) -> None:
    with (tmp_path / "no socket").open("wb") as file:
        assert _begun(file.fileno(), {"GATEWAY_DATA": str(tmp_path)}) == "defect"
