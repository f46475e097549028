"""Logs: only what is on the list, nothing that a library says in words, no traceback. Each in its own process."""

import ast
import json
import os
import re
import subprocess
import sys
import textwrap

import pytest
from checkout import ROOT

from gateway import logs

CANARY = "Anamaria-Canary"
_LOGS = re.compile(r"(\blog|get_logger\(\))\.(debug|info|warning|error|log)\b")
ALLOWED = {
    "event", "level", "timestamp", "logger", "route", "method", "status", "code", "rule", "reason", "client", "agency",
    "count", "size", "milliseconds", "adapter", "breach", "duty", "anchor", "request", "state",
}  # fmt: skip
"""Written out again, so that adding a field to the code is a decision that somebody sees."""


HEADER = f"import logging, threading, warnings\nimport structlog\nCANARY = {CANARY!r}\n"
BEGIN = "from gateway.logs import configure\nconfigure()\n"


def logged(program: str, *, configured: bool = True) -> tuple[str, list[dict[str, object]]]:
    """Run a program; return everything it said, and its log lines decoded."""
    begin = BEGIN if configured else ""
    ran = subprocess.run(
        [sys.executable, "-c", HEADER + begin + textwrap.dedent(program)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    said = ran.stdout + ran.stderr
    return said, [json.loads(line) for line in ran.stderr.splitlines()] if configured else []


def test_the_list_is_the_one_that_was_agreed() -> None:
    assert logs.ALLOWED == ALLOWED


def _written() -> set[str]:
    """Return every field that any line of the code gives the log."""
    texts = (file.read_text("utf-8") for file in (ROOT / "gateway").rglob("*.py"))
    calls = (
        call
        for text in texts
        if "log" in text
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and call.keywords and _LOGS.search(ast.unparse(call.func))
    )
    return {word.arg for call in calls for word in call.keywords if word.arg is not None}


def test_every_field_that_is_written_is_on_the_list() -> None:
    """Else it is left out, and whoever runs the gateway waits for it in vain."""
    written = _written()
    assert {"code", "agency", "count", "route", "client", "anchor"} <= written, "the canary: none would be found"
    assert written <= logs.ALLOWED


def test_a_field_that_is_not_on_the_list_is_left_out() -> None:
    said, lines = logged("structlog.get_logger().info('started', code='x', person=CANARY, body={'name': CANARY})")
    assert CANARY not in said
    [line] = lines
    assert {**line, "timestamp": ""} == {"event": "started", "code": "x", "level": "info", "timestamp": ""}


def test_an_exception_is_logged_without_its_words() -> None:
    said, lines = logged(
        """
        try:
            {}[CANARY]
        except KeyError:
            structlog.get_logger().exception("failed", exc_info=True, stack_info=True)
        """
    )
    assert CANARY not in said
    assert "Traceback" not in said
    assert [line["event"] for line in lines] == ["failed"]


LIBRARIES = (
    "authlib",
    "authlib.oauth2.rfc6749",
    "sqlalchemy.engine.Engine",
    "sqlalchemy.pool",
    "alembic",
    "httpx",
    "asyncio",
    "joserfc",
    "python_multipart.multipart",
    "uvicorn.error",
    "uvicorn.access",
    "a.library.of.tomorrow",
    "",
)


def test_what_a_library_says_is_never_in_its_words() -> None:
    said, lines = logged(
        f"""
        for name in {LIBRARIES!r}:
            log = logging.getLogger(name)
            for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
                log.log(level, "token %s", CANARY)
            try:
                raise ValueError(CANARY)
            except ValueError:
                log.exception(CANARY)
        """
    )
    assert CANARY not in said
    assert {line["level"] for line in lines} == {"warning", "error"}
    assert {str(line["logger"]) for line in lines} == {name or "root" for name in LIBRARIES}
    assert {line.get("code") for line in lines} == {None, "ValueError"}


def test_a_library_that_a_stranger_makes_speak_fills_no_disk() -> None:
    """The server says a line about each piece of bytes that is no HTTP; anybody may send them."""
    said, lines = logged(
        """
        for _ in range(1000):
            logging.getLogger("uvicorn.error").warning(CANARY)
        logging.getLogger("uvicorn.error").error(CANARY)
        """
    )
    assert CANARY not in said
    assert 0 < len(lines) <= 3 * logs.MOST
    assert lines[-1]["level"] == "error", "what is louder is not drowned"
    assert sum(1 + int(str(line.get("count", 0))) for line in lines) <= 1001


def test_the_canary_without_configuration_a_library_is_heard() -> None:
    said, _ = logged("logging.getLogger('authlib').warning('token %s', CANARY)", configured=False)
    assert CANARY in said


def test_a_warning_is_not_in_its_words() -> None:
    said, lines = logged("warnings.warn(CANARY)")
    assert CANARY not in said
    assert [line["logger"] for line in lines] == ["py.warnings"]


def test_a_thread_that_dies_says_so_without_a_traceback() -> None:
    said, lines = logged(
        """
        def fail():
            raise LookupError(CANARY)
        thread = threading.Thread(target=fail, name="writer")
        thread.start()
        thread.join()
        """
    )
    assert CANARY not in said
    assert "Traceback" not in said
    [line] = lines
    assert (line["event"], line["logger"], line["code"]) == ("thread_died", "writer", "LookupError")


def test_configuring_twice_says_everything_once() -> None:
    _, lines = logged("configure()\nlogging.getLogger('x').error('y')\nstructlog.get_logger().info('z')")
    assert [line["event"] for line in lines] == ["library", "z"]


def test_below_the_level_nothing_is_said() -> None:
    _, lines = logged("configure(level=logging.ERROR)\nstructlog.get_logger().info('quiet')")
    assert lines == []


def test_a_line_is_one_write_so_that_processes_may_share_a_stream() -> None:
    """A pipe of packets keeps writes apart; `-u` is how containers run Python."""
    reading, writing = os.pipe2(os.O_DIRECT)
    program = "from gateway.logs import configure\nconfigure()\nimport structlog\n"
    said_twice = "structlog.get_logger().info('started')\n" * 2
    with os.fdopen(reading, "rb", buffering=0) as pieces:
        with os.fdopen(writing, "wb") as err:
            subprocess.run([sys.executable, "-u", "-c", program + said_twice], stderr=err, cwd=ROOT, check=True)
        written = [pieces.read(65_536) for _ in range(3)]
    assert [json.loads(one)["event"] for one in written[:2]] == ["started", "started"]
    assert [one[-1:] for one in written] == [b"\n", b"\n", b""]


def test_a_05_the_alarm_about_a_breach_says_which_one() -> None:
    """Its number is random and about nobody; without it nobody knows what to look up (docs/operating.md)."""
    _, [line] = logged("structlog.get_logger().warning('breach_overdue', code='A-05', breach='01ABC')")
    assert line["breach"] == "01ABC"


@pytest.mark.parametrize("ends", ["full", "closed"])
def test_a_stream_that_takes_no_lines_any_more_stops_nothing(ends: str) -> None:
    """A full disk, a terminal or pipe that was closed: a line is lost, and whoever wrote it goes on."""
    reading, writing = os.pipe()
    os.close(reading)
    lost = open("/dev/full", "w") if ends == "full" else os.fdopen(writing, "w")  # noqa: PTH123, SIM115 - a descriptor
    with lost:
        program = """
        structlog.get_logger().warning("defect")
        logging.getLogger("library").warning("said")
        print("went on", flush=True)
        """
        ran = subprocess.run(
            [sys.executable, "-c", f"{HEADER}{BEGIN}{textwrap.dedent(program)}"],
            stdout=subprocess.PIPE,
            stderr=lost,
            text=True,
            cwd=ROOT,
            check=False,
        )
    assert ran.stdout == "went on\n"
