"""An adapter that is not ours gets nothing but one document: what a spy, a crasher, a sloth and a liar try, and cannot.

Each runs in a real worker process, made from a real distribution in a folder. Beside each stands what shows that the
attempt itself works: the same lines in a free process, or the same adapter without them.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from elsewhere import MEDIA_TYPE, Lines, distribution
from plugins.placing import ASKED, HASTY, Place, refused
from plugins.spying import SPY, WITHHELD_BY_CONTAINERS

from adapters.sdk import Inbound, ParsedReferral
from adapters.sdk.checks import sample_outgoing
from adapters.sdk.contract import OutgoingNotice, StatusUpdate
from adapters.sdk.errors import AdapterDefectError, AdapterError, CannotRenderError, UnsupportedError
from adapters.sdk.guard import Guard, Limits
from gateway.plugins.confinement import missing
from schemas.notice_codes import NoticeAsk, NoticeKind
from schemas.vocabulary import ReferralState

pytestmark = pytest.mark.skipif(missing() is not None, reason="this machine cannot hold a worker")


def test_the_control_a_plain_adapter_answers_every_call(place: Place) -> None:
    adapter = place.adapter()
    outgoing = sample_outgoing({"needs": [{"code": "legal"}]})
    notice = OutgoingNotice("N", "MESSAGE", NoticeKind.WITHDRAWAL, NoticeAsk.ERASE, "2031-05-06", "2031-05-09")

    assert adapter.parse(ASKED) == ParsedReferral({"needs": []})
    assert json.loads(adapter.render(outgoing).body) == outgoing.document
    assert adapter.render_status(StatusUpdate("case/1", ReferralState.ACCEPTED, None, "2031-05-06")).body == b"case/1"
    assert adapter.render_notice(notice).body == b"MESSAGE"


@pytest.fixture
def where(tmp_path: Path) -> Iterator[tuple[str, str, str, int]]:
    """A secret file, its folder, a socket, and a descriptor that a careless program would inherit."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "secret").write_text("secret")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(kept / "s"))
        listening.listen()
        descriptor = os.open(kept / "secret", os.O_RDONLY)
        os.set_inheritable(descriptor, True)  # noqa: FBT003 - as the library has it
        yield str(kept / "secret"), str(kept), str(kept / "s"), descriptor
        os.close(descriptor)


def test_a_spy_gets_nothing_neither_when_imported_nor_when_asked(
    place: Place, where: tuple[str, str, str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SECRET", "secret")
    adapter = place.adapter(
        Lines(
            imported=f"from visitor_adapter.spy import tried; FIRST = tried{where!r}",
            parses=f"return ParsedReferral({{'imported': FIRST, 'asked': tried{where!r}}})",
        ),
        spy=SPY,
    )

    parsed = adapter.parse(ASKED)

    assert isinstance(parsed, ParsedReferral)
    assert parsed.document.keys() == {"imported", "asked"}
    assert [(when, name) for when, got in parsed.document.items() for name, it in got.items() if it] == []


def test_what_lies_beside_it_is_neither_imported_nor_read(place: Place) -> None:
    """Other adapters lie in the same folder, and files that nobody recorded."""
    (place.folder / "beside.py").write_text("SAID = 'beside'")
    (place.folder / "beside.txt").write_text("beside")
    importing = place.adapter(Lines(parses="import beside; return ParsedReferral({'needs': [beside.SAID]})"))
    assert refused(importing).rule == "raised"
    reading = place.adapter(
        Lines(parses=f"return ParsedReferral({{'x': open({str(place.folder / 'beside.txt')!r}).read()}})")
    )
    assert refused(reading).rule == "raised"


def test_it_reads_its_own_files_and_what_describes_it(place: Place) -> None:
    own = (
        "__import__('importlib.resources').resources.files('visitor_adapter').joinpath('manifest.toml').read_text()[:3]"
    )
    version = "__import__('importlib.metadata').metadata.version('visitor-gateway-adapter')"
    adapter = place.adapter(Lines(parses=f"return ParsedReferral({{'own': {own}, 'version': {version}}})"))

    assert adapter.parse(ASKED) == ParsedReferral({"own": "key", "version": "1.0"})


def test_the_canary_a_free_process_gets_all_of_it(where: tuple[str, str, str, int]) -> None:
    program = f"{SPY}\nimport json\nprint(json.dumps(tried{where!r}))"
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={"A_SECRET": "secret"},
        pass_fds=[where[3]],
        capture_output=True,
        check=True,
        text=True,
    )

    assert {name for name, got in json.loads(run.stdout).items() if not got} <= WITHHELD_BY_CONTAINERS


def test_nobody_reads_what_was_in_an_earlier_document(place: Place) -> None:
    """One document a process: what a spy kept of one person cannot leave with another."""
    adapter = place.adapter(Lines(parses="KEPT.append(inbound.body); return ParsedReferral({'kept': len(KEPT)})"))

    assert [adapter.parse(ASKED) for _ in range(3)] == [ParsedReferral({"kept": 1})] * 3


def test_the_canary_in_one_process_it_would_be_read(place: Place) -> None:
    distribution(place.folder, Lines(parses="KEPT.append(inbound.body); return ParsedReferral({'kept': len(KEPT)})"))
    program = (
        "from visitor_adapter.adapter import *; v, a = Visitor(), type('A', (), {'body': b''}); "
        "print(v.parse(a).document, v.parse(a).document)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": os.pathsep.join([str(place.folder), *sys.path])},
        capture_output=True,
        check=True,
        text=True,
    )

    assert run.stdout == "{'kept': 1} {'kept': 2}\n"


DOES = {
    "leaves": ("os._exit(0)", "worker_died"),
    "leaves politely": ("raise SystemExit", "raised"),
    "breaks off": ("import ctypes; ctypes.string_at(0)", "worker_died"),
    "raises what it was given": ("raise RuntimeError(inbound.body)", "raised"),
    "raises a refusal of its own make": ("raise type('Own', (UnsupportedError,), {})('', 'x')", "raised"),
    "calls itself": ("f = lambda: f(); f()", "raised"),
    "wants all memory": ("bytearray(1 << 40)", "raised"),
    "takes all memory": ("a = [b'x' * (1 << 20) for _ in range(4096)]", "raised"),
    "kills itself": ("import signal; signal.raise_signal(signal.SIGKILL)", "raised"),
    "interrupts": ("raise KeyboardInterrupt", "raised"),
    "forks for ever": ("while True: os.fork()", "raised"),
    "closes its pipes": ("os.closerange(0, 64)", "worker_died"),
    "returns itself": ("a = {}; a['a'] = a; return ParsedReferral(a)", "raised"),
    "returns nothing": ("return None", "raised"),
    "returns what is no JSON": ("return ParsedReferral({'a': 1.5})", "raised"),
    "returns what is no data": ("return ParsedReferral({'a': KEPT.append})", "raised"),
    "returns too much": ("return ParsedReferral({'a': 'x' * (8 << 20)})", "worker_huge"),
    "answers in its own words": ("os.write(4, b'\\0\\0\\0\\2{}'); os._exit(0)", "worker_answer"),
    "answers noise": ("os.write(4, b'\\xff' * 64); os._exit(0)", "worker_huge"),
    "answers a million nothings": ("say(b'[' + b'[],' * 900_000 + b'[]]')", "worker_answer"),
    "answers without end": ("say(b'[' * 1_000_000)", "worker_answer"),
    "answers half": ("os.write(4, b'\\0\\0\\1\\0{'); os._exit(0)", "worker_died"),
}
"""What an adapter does with a document about the subject of that name, and the rule of the one error that becomes."""


DAWDLES = {
    "never ends": "while True: pass",
    "sleeps": "import select; select.poll().poll()",
    "answers a byte and no more": "os.write(4, b'\\0')\n        while True: os.sched_yield()",
}
"""How it takes longer than it may."""


SAYS = """
def say(text):
    left = b'{"is":"referral","document":{"a":' + text + b'},"losses":[]}'
    left = len(left).to_bytes(4) + left
    while left:
        left = left[os.write(4, left):]
    os._exit(0)
"""


@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    """An adapter that does all of this, and is as good as any with other documents."""
    lines = "".join(
        f"if inbound.subject == {name!r}:\n            {does}\n        " for name, (does, _) in DOES.items()
    )
    place = Place(tmp_path_factory.mktemp("wild"), [])
    yield place.adapter(Lines(imported=SAYS, parses=f"{lines}pass"))
    place.close()


@pytest.mark.parametrize("name", DOES)
def test_whatever_it_does_is_one_defect(wild: Guard, name: str) -> None:
    error = refused(wild, Inbound(ASKED.body, MEDIA_TYPE, name))

    assert (type(error), error.rule, error.pointer) == (AdapterDefectError, DOES[name][1], "")
    assert error.__cause__ is error.__context__ is None


@pytest.mark.parametrize("name", DAWDLES)
def test_one_that_takes_too_long_is_killed(place: Place, name: str) -> None:
    adapter = place.adapter(Lines(parses=DAWDLES[name]), HASTY)
    begun = time.monotonic()

    assert refused(adapter).rule == "worker_slow"
    assert time.monotonic() - begun < 10


def test_the_control_after_all_of_it_a_document_is_answered_as_if_nothing_had_been(wild: Guard) -> None:
    assert wild.parse(ASKED) == ParsedReferral({"needs": []})


LIES = {
    "another media type": ("return Outbound(b'{}', 'text/html')", AdapterDefectError, "result_media_type"),
    "more than allowed": ("return Outbound(b'x' * 2048, MEDIA_TYPE)", CannotRenderError, "too_large"),
    "what no loss report holds": (
        "return Outbound(b'', MEDIA_TYPE, (Loss('/a b', 'eaten'),))",
        AdapterDefectError,
        "losses",
    ),
    "a referral instead": ("return ParsedReferral({})", AdapterDefectError, "worker_answer"),
    "a refusal in its own words": (
        "raise CannotRenderError('/Tamsin Wren', 'of Invented Row')",
        AdapterDefectError,
        "rule",
    ),
}


def test_what_it_returns_is_held_against_contract_and_manifest(place: Place) -> None:
    """The manifest is read from its file; whatever the adapter says of itself when it runs is not asked."""
    more = (
        f"from adapters.sdk import CannotRenderError\nfrom schemas.documents import Loss\nMEDIA_TYPE = {MEDIA_TYPE!r}"
    )
    said = "".join(
        f"if outgoing.document['say'] == {name!r}:\n            {lie}\n        " for name, (lie, _, _) in LIES.items()
    )
    lines = Lines(imported=more, renders=f"self.manifest = None\n        {said}return Outbound(b'{{}}', MEDIA_TYPE)")
    adapter = place.adapter(lines, limits=Limits(output=1024))

    for name, (_, kind, rule) in LIES.items():
        with pytest.raises(AdapterError) as caught:
            adapter.render(sample_outgoing({"say": name}))
        assert (name, type(caught.value), caught.value.rule, caught.value.pointer) == (name, kind, rule, "")
    assert adapter.render(sample_outgoing({"say": "the truth"})).body == b"{}"


def test_its_own_refusals_come_through_with_pointer_and_rule(place: Place) -> None:
    adapter = place.adapter(Lines(parses="raise UnsupportedError('/needs/0', 'code')"))

    error = refused(adapter)

    assert (type(error), error.pointer, error.rule) == (UnsupportedError, "/needs/0", "code")


@pytest.mark.parametrize("does", ["raise RuntimeError", "os._exit(0)", "while True: pass"])
def test_one_that_cannot_be_imported_is_a_defect_too(place: Place, does: str) -> None:
    adapter = place.adapter(Lines(imported=does), replace(HASTY, to_start=0.6))

    assert refused(adapter).rule == "worker_not_started"


def test_what_it_prints_goes_nowhere(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    adapter = place.adapter(
        Lines(parses="os.write(1, b'printed'); os.write(2, b'printed'); print('printed', flush=True)")
    )

    assert adapter.parse(ASKED) == ParsedReferral({"needs": []})
    assert capfd.readouterr() == ("", "")


def test_no_process_is_left_behind(place: Place) -> None:
    adapter = place.adapter(Lines(parses="return ParsedReferral({'pid': os.getpid()})"))
    parsed = adapter.parse(ASKED)
    assert isinstance(parsed, ParsedReferral)
    place.close()

    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    assert str(parsed.document["pid"]) not in children
