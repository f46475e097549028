"""The sandbox as an integrator meets it: opened, listened to, made to happen, all over the real API.

One is opened for the whole file by `sandbox up` itself, which takes seconds: keys, databases, agencies, people.
"""

import json
import re
import runpy
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from checkout import ROOT

from gateway.cli.app import run
from gateway.core.errors import OperatorError
from gateway.sandbox.events import Event
from gateway.sandbox.handing_on import require_local
from gateway.sandbox.place import NAME, Place, place

pytestmark = pytest.mark.enable_socket

CLINIC, POLICE, SHELTER, NGO = "riverside-clinic", "city-police", "harbour-shelter", "open-door"
HOSPITAL = "hillside-hospital"
_FRESH = {HOSPITAL: "TEST-H-1", CLINIC: "TEST-R-5"}
"""Somebody of each whom no other test here is about."""
_PATIENCE = 60.0


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A sandbox that `sandbox up` opened in the current directory."""
    may_end, root = threading.Event(), tmp_path_factory.mktemp("integrator")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.setenv("GATEWAY_DATA", "/srv/real-installation")
        patch.setattr("gateway.cli.sandbox.require_own_packages", lambda: None)
        patch.setattr("gateway.demo.server.until_interrupted", lambda _ended: may_end.wait())
        up = threading.Thread(target=run, args=(["sandbox", "up", "--json"],))
        up.start()
        try:
            yield _when_open(root / NAME, up)
        finally:
            may_end.set()
            up.join()


def _when_open(root: Path, up: threading.Thread) -> Place:
    deadline = time.monotonic() + _PATIENCE
    while up.is_alive() and time.monotonic() < deadline:
        try:
            return place(root)
        except OperatorError:
            time.sleep(0.05)
    raise AssertionError("the sandbox did not open")


class Typist:
    """Types commands and reads what they write."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self.capfd = capfd

    def types(self, *words: str) -> tuple[int, list[dict[str, object]]]:
        self.capfd.readouterr()
        code = run(["sandbox", *words, "--json"])
        return code, [json.loads(line) for line in self.capfd.readouterr().out.splitlines()]

    def happens(self, event: str, agency: str, *words: str) -> tuple[int, dict[str, object]]:
        code, [told] = self.types("trigger", event, agency, *words)
        assert code == 0
        return int(str(told["status"])), dict(told["body"])

    def hears(self, agency: str, *words: str) -> list[dict[str, object]]:
        code, told = self.types("listen", agency, "--once", *words)
        assert code == 0
        return told


@pytest.fixture
def typist(there: Place, capfd: pytest.CaptureFixture[str]) -> Typist:
    assert there.url.startswith("http://localhost:")
    return Typist(capfd)


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[tuple[str, bytes]], list[int]]]:
    """A system under development on this machine: its URL, what it was handed, and what it answers next."""
    handed: list[tuple[str, bytes]] = []
    answers: list[int] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            handed.append((self.headers["Idempotency-Key"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers.pop(0) if answers else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/inbox", handed, answers
        server.shutdown()


def test_a_referral_is_sent_received_answered_and_taken_back(typist: Typist) -> None:
    status, answer = typist.happens("referral", POLICE, "--to", NGO)
    assert (status, answer["outcome"]) == (201, "permitted")

    [heard] = typist.hears(NGO)
    assert json.loads(str(heard["body"]))["envelope"]["message_id"] == heard["message"]
    assert typist.happens("acceptance", NGO)[0] == 200
    assert typist.happens("completion", NGO)[0] == 200

    assert typist.happens("withdrawal", POLICE)[1]["notices"] == 1
    [notice] = typist.hears(NGO)
    assert json.loads(str(notice["body"]))["about"] == heard["message"]
    assert typist.happens("obedience", NGO)[0] == 200
    assert typist.happens("referral", POLICE, "--to", NGO)[0] == 403, "she took her consent back"


def test_a_sealed_message_is_opened_with_the_recipients_own_key_and_rejected_in_its_own_format(typist: Typist) -> None:
    typist.happens("referral", CLINIC, "--person", "TEST-R-1")
    [heard] = typist.hears(SHELTER)

    assert heard["media_type"] == "application/vnd.gateway.steps+json"
    assert typist.happens("rejection", SHELTER, "--message", str(heard["message"]))[0] == 200


@pytest.mark.parametrize(
    ("event", "person"), [("restriction", "TEST-R-2"), ("leaving", "TEST-R-3"), ("erasure", "TEST-R-4")]
)
def test_what_ends_is_told_to_whoever_received_something(typist: Typist, event: str, person: str) -> None:
    typist.happens("referral", CLINIC, "--person", person)
    assert typist.happens("acknowledgement", SHELTER)[0] == 200

    status, _ = typist.happens(event, CLINIC, "--person", person)

    assert status in {200, 201, 202}
    assert len(typist.hears(SHELTER)) == 1
    assert event != "erasure" or _is_soon_logged(typist, "erasure"), "what was asked for is done unasked"


def _is_soon_logged(typist: Typist, kind: str) -> bool:
    deadline, kinds = time.monotonic() + _PATIENCE, set[str]()
    while kind not in kinds and time.monotonic() < deadline:
        time.sleep(0.1)
        kinds = {str(entry["type"]) for entry in typist.types("logs")[1]}
    return kind in kinds


def test_nobody_is_referred_who_did_not_agree(typist: Typist) -> None:
    status, answer = typist.happens("referral", CLINIC, "--person", "TEST-NOBODY")
    assert (status, answer["code"]) == (403, "refused")


def test_what_is_received_is_handed_on_and_comes_again_until_it_is_taken(
    typist: Typist, receiver: tuple[str, list[tuple[str, bytes]], list[int]]
) -> None:
    url, handed, answers = receiver
    answers.append(500)
    typist.happens("referral", CLINIC, "--person", "TEST-R-5")

    [first] = typist.hears(SHELTER, "--forward", url)
    assert first["taken"] is False
    code, [again] = typist.types("replay", str(first["message"]), "--forward", url)

    assert (code, again["taken"]) == (0, True)
    assert handed[0] == handed[1] == (first["message"], str(first["body"]).encode())


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "http://example.org/", "http://127.0.0.1.example.org/", "ftp://localhost/", ""]
)
def test_nothing_is_handed_on_to_another_machine(url: str) -> None:
    with pytest.raises(OperatorError):
        require_local(url)


def test_a_token_works_with_its_proof(typist: Typist, there: Place) -> None:
    path = "/v1/referrals/01M80S2F4E2THMJBGNP4BTMKF6"
    code, [told] = typist.types("token", CLINIC, "--for", f"get {path}")

    headers = {"Authorization": f"DPoP {told['access_token']}", "DPoP": str(told["proof"])}
    with httpx.Client(trust_env=False) as http:
        assert http.get(there.url + path, headers=headers).status_code == 404
        assert http.get(there.url + path, headers={**headers, "DPoP": "x"}).status_code == 401, "the control"
    assert code == 0


def test_a_smart_token_opens_the_fhir_endpoint_and_nothing_else(typist: Typist) -> None:
    code, [told] = typist.types("token", HOSPITAL, "--mode", "smart")
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    with httpx.Client(trust_env=False) as http:
        assert http.get(f"{told['base']}/Task", headers=headers).status_code == 200
        assert http.get(f"{told['base'].removesuffix('/fhir')}/v1/notices", headers=headers).status_code == 401
    assert (code, told["client_id"]) == (0, f"sandbox-{HOSPITAL}-smart")


@pytest.mark.parametrize(("recipient", "sender"), [(SHELTER, HOSPITAL), (HOSPITAL, CLINIC)], ids=["from-it", "to-it"])
def test_the_hospital_refers_and_is_referred_to(typist: Typist, recipient: str, sender: str) -> None:
    status, answer = typist.happens("referral", sender, "--to", recipient, "--person", _FRESH[sender])
    assert (status, answer["outcome"]) == (201, "permitted")
    assert len(typist.hears(recipient)) == 1


@pytest.mark.parametrize("mode", ["dpop", "smart"])
def test_the_shortest_script_of_each_mode_says_hello(
    there: Place, mode: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """docs/hello, as docs/sandbox.md says to run them."""
    [told] = re.findall(rf"docs/hello/{mode}\.py +URL (\S+) (\S+)", (ROOT / "docs" / "sandbox.md").read_text("utf-8"))
    script = ROOT / "docs" / "hello" / f"{mode}.py"
    monkeypatch.setattr("sys.argv", [str(script), there.url, *told])
    runpy.run_path(str(script), run_name="__main__")
    assert capfd.readouterr().out.startswith(f"hello: {told[0]} is known here")


def test_every_hello_is_tried() -> None:
    """The one with a certificate needs a proxy, and is tried behind one (tests/serving/test_proxied.py)."""
    assert {file.stem for file in (ROOT / "docs" / "hello").iterdir()} == {"dpop", "smart", "mtls"}


def test_the_log_is_shown_in_codes_only(typist: Typist) -> None:
    code, entries = typist.types("logs")

    assert code == 0
    assert {"agency.registered", "consent.recorded"} <= {str(entry["type"]) for entry in entries}
    assert all(entry.keys() == {"at", "type", "sender", "recipient", "purpose", "reasons"} for entry in entries)


def test_every_event_has_a_sentence(typist: Typist) -> None:
    _, [told] = typist.types("events")
    assert {entry["event"] for entry in told["events"] if len(entry["says"]) > 20} == set(Event)


@pytest.mark.parametrize(
    "words",
    [
        ("listen", "nobody", "--once"),
        ("trigger", "miracle", CLINIC),
        ("trigger", "referral", NGO),
        ("token", NGO, "--mode", "smart"),
        ("trigger", "withdrawal", NGO),
        ("replay", "../place"),
        ("listen", NGO, "--once", "--forward", "http://example.org"),
    ],
)
def test_what_cannot_happen_is_told(typist: Typist, words: tuple[str, ...]) -> None:
    code, [told] = typist.types(*words)
    assert code in {1, 2}
    assert told["next"].startswith("referral-gateway sandbox")
    assert words[0] != "trigger" or not told["next"].endswith(" up")


def test_it_lies_in_a_folder_of_its_own_that_others_cannot_enter(there: Place) -> None:
    """No setting of an installation is read: GATEWAY_DATA was set, and nothing was made there."""
    assert (there.root / "data" / "gateway.db").is_file()
    assert there.root.stat().st_mode & 0o077 == 0
    assert (there.root / "place.json").stat().st_mode & 0o077 == 0
    assert not Path("/srv/real-installation").exists()


def test_without_one_every_command_says_how_to_open_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["sandbox", "token", CLINIC]) == 1
    assert "Next: referral-gateway sandbox up" in capfd.readouterr().err
