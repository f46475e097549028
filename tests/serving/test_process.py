"""`serve`: starts whole, ends clean, keeps quiet, and one at a time."""

import json
import re
import resource
import signal
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from operators import BEGUN, POLICE, Operator, Served
from papers import MARK, consent
from served import NO_TLS

pytestmark = pytest.mark.enable_socket


def _get(url: str, **headers: str) -> httpx.Response:
    with httpx.Client(trust_env=False, verify=NO_TLS) as client:
        return client.get(url, headers=headers)


@contextmanager
def begun_with(hanging_up: signal.Handlers) -> Iterator[None]:
    """What is started in the block hears that its terminal is closed, or not: `nohup` may have begun the tests."""
    before = signal.signal(signal.SIGHUP, hanging_up)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_says_one_line_answers_and_ends_clean_within_ten_seconds(operator: Operator, number: signal.Signals) -> None:
    with begun_with(signal.SIG_DFL), operator.serves(anew=number is not signal.SIGINT) as served:
        assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+", served.url)
        assert _get(f"{served.url}/readyz").status_code == 200
        file = operator.paper("consent.json", consent())
        recorded = operator.types("consent", "record", file, "--agency", POLICE, "--json")
        began = time.monotonic()
        said = served.ends(number)

    assert time.monotonic() - began < 10
    assert (said.code, said.out) == (0, "")
    assert [json.loads(line)["event"] for line in said.err.splitlines()] == ["started", "stopping", "stopped"]
    assert not (operator.data / "gateway.sock").exists()
    assert operator.types("consent", "show", str(recorded.json["consent"])).code == 0  # What was answered is there.


def test_whoever_has_a_closed_terminal_ignored_goes_on(operator: Operator) -> None:
    """As `nohup` does."""
    with begun_with(signal.SIG_IGN), operator.serves(anew=True) as served:
        served.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        assert _get(f"{served.url}/readyz").status_code == 200
        assert served.ends().code == 0


def test_a_request_at_hand_is_answered_before_the_end(operator: Operator) -> None:
    with operator.serves() as served:
        host, port = served.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=20) as asking:
            asking.sendall(BEGUN)
            time.sleep(0.2)
            served.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            with pytest.raises(httpx.TransportError):
                _get(f"{served.url}/livez")
            asking.sendall(b"c")
            answer = asking.recv(65_536)
        said = served.ends()

    assert re.match(rb"HTTP/1.1 4\d\d ", answer)
    assert said.code == 0


def test_whoever_asks_again_and_again_makes_no_death_of_an_end_in_order(operator: Operator) -> None:
    with operator.serves() as served:
        while served.process.poll() is None:
            served.process.send_signal(signal.SIGTERM)
            time.sleep(0.001)

        assert served.process.wait() == 0


@pytest.mark.slow
def test_a_request_that_never_ends_does_not_hold_the_end_up(operator: Operator) -> None:
    with operator.serves() as served:
        host, port = served.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as asking:
            asking.sendall(BEGUN)
            time.sleep(0.2)
            began = time.monotonic()
            said = served.ends()

    assert time.monotonic() - began < 10
    assert said.code == 0
    assert json.loads(said.err.splitlines()[-1])["event"] == "stopped"


def test_after_a_kill_the_next_one_starts_over_the_dead_socket(operator: Operator) -> None:
    with operator.serves() as served:
        served.ends(signal.SIGKILL)
    assert (operator.data / "gateway.sock").exists()

    with operator.serves():
        assert operator.types("agency", "list").code == 0


def test_two_on_one_data_folder_are_refused_and_the_first_goes_on(running: Operator) -> None:
    second = running.spawns("serve")
    out, err = second.communicate(timeout=60)

    assert (second.returncode, out) == (2, "")
    assert err.splitlines()[-1] == "Next: referral-gateway doctor"
    assert running.types("agency", "list").code == 0


def test_a_port_that_is_taken_is_said_before_anything_is_opened(operator: Operator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = operator.types("serve", GATEWAY_PORT=str(taken.getsockname()[1]))

    assert (said.code, said.next) == (2, "GATEWAY_PORT=0 referral-gateway serve")
    assert not (operator.data / "gateway.sock").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "gateway.example"])  # noqa: S104 - that is the point
def test_an_address_beyond_this_machine_needs_a_public_url_with_tls(operator: Operator, host: str) -> None:
    for url in ("", "http://gateway.example"):
        said = operator.types("serve", GATEWAY_HOST=host, GATEWAY_URL=url)
        assert (said.code, said.next) == (2, "GATEWAY_URL=https://gateway.example.org referral-gateway serve")


def test_a_foreign_address_is_not_listened_on(operator: Operator) -> None:
    said = operator.types("serve", GATEWAY_HOST="192.0.2.1", GATEWAY_URL="https://gateway.example")

    assert (said.code, said.next) == (2, "GATEWAY_HOST=127.0.0.1 GATEWAY_PORT=0 referral-gateway serve")


def test_a_secret_beside_the_database_is_refused_except_in_a_demonstration(operator: Operator) -> None:
    beside = operator.data / "secret"
    beside.write_text(operator.secret.read_text())
    beside.chmod(0o600)

    said = operator.types("serve", GATEWAY_SECRET_FILE=str(beside))
    assert said.code == 2
    with operator.serves("--demo", GATEWAY_SECRET_FILE=str(beside)) as served:
        assert _get(f"{served.url}/livez").status_code == 200


def test_a_demonstration_stays_on_loopback(operator: Operator) -> None:
    said = operator.types("serve", "--demo", GATEWAY_HOST="0.0.0.0", GATEWAY_URL="https://gateway.example")  # noqa: S104 - the point

    assert said.code == 2


def test_a_data_folder_that_others_may_enter_is_refused(operator: Operator) -> None:
    operator.data.chmod(0o755)

    assert operator.types("serve").code == 2


def test_the_socket_is_private_and_core_files_are_off(served: Served) -> None:
    data = served.operator.data
    mode = (data / "gateway.sock").stat().st_mode
    limits = resource.prlimit(served.process.pid, resource.RLIMIT_CORE)
    opened = [stat.S_IMODE(path.stat().st_mode) for path in data.iterdir()]

    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600
    assert limits == (0, 0)
    assert all(one & 0o077 == 0 for one in opened)


def test_no_header_names_the_server_and_no_forwarded_header_is_believed(served: Served) -> None:
    answer = _get(f"{served.url}/livez", **{"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"})

    assert "server" not in answer.headers
    assert not any("192.0.2.7" in value for value in answer.headers.values())


def test_a_monitor_that_asks_with_head_is_answered_without_a_body(served: Served) -> None:
    with httpx.Client(trust_env=False, verify=NO_TLS) as client:
        answers = [client.request(method, f"{served.url}/livez") for method in ("HEAD", "GET")]

    assert [(one.status_code, one.headers["content-length"]) for one in answers] == [(200, "17")] * 2
    assert [one.content for one in answers] == [b"", b'{"status":"live"}']


def test_neither_requests_nor_documents_are_logged(operator: Operator) -> None:
    with operator.serves() as served:
        file = operator.paper("consent.json", consent("P-silent", taken_at=MARK))
        assert operator.types("consent", "record", file, "--agency", POLICE).code == 2
        assert _get(f"{served.url}/{MARK}?{MARK}={MARK}").status_code == 404
        said = served.ends()

    assert MARK not in said.out + said.err
    assert "P-silent" not in said.out + said.err
    [refused] = [line for line in map(json.loads, said.err.splitlines()) if line["level"] != "info"]
    del refused["timestamp"], refused["milliseconds"]
    seen = {"event": "request_refused", "route": "none", "method": "GET", "status": 404}
    assert refused == {**seen, "level": "warning"}


def test_figures_are_told_on_a_port_of_their_own_and_granted_requests_only_where_somebody_asked(
    operator: Operator,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with operator.serves(GATEWAY_METRICS_PORT=str(port), GATEWAY_ACCESS_LOG="true") as served:
        assert _get(f"{served.url}/oauth/jwks").status_code == 200
        assert _get(f"{served.url}/metrics").status_code == 404
        told = _get(f"http://127.0.0.1:{port}/metrics").text
        said = served.ends()

    labels = 'http_request_method="GET",http_response_status_code="200",http_route="/oauth/jwks"'
    assert f"http_server_request_duration_seconds_count{{{labels}}} 1.0" in told
    assert "gateway_ledger_leaves " in told
    assert {"request", "request_refused"} <= {json.loads(line)["event"] for line in said.err.splitlines()}


def test_a_port_of_figures_that_is_taken_is_said(operator: Operator) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        said = operator.types("serve", GATEWAY_METRICS_PORT=str(taken.getsockname()[1]))
    assert said.code != 0
    assert said.next == "GATEWAY_PORT=0 referral-gateway serve"


def test_the_url_comes_as_json_where_that_is_asked_for(operator: Operator) -> None:
    with operator.serves("--json") as served:
        assert json.loads(served.url).keys() == {"url"}
