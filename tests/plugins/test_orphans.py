"""A worker that holds a document does not outlive its gateway, however that ends."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from elsewhere import MEDIA_TYPE, Lines, distribution

from gateway.plugins.confinement import missing

pytestmark = pytest.mark.skipif(missing() is not None, reason="this machine cannot hold a worker")

GATEWAY = """
import sys
from pathlib import Path
from elsewhere import allow, visitor
from adapters.sdk import Inbound
from adapters.sdk.guard import Limits
from gateway.plugins.crew import Terms
from gateway.plugins.finding import Elsewhere, installed

folder, patient = Path(sys.argv[1]), Terms(seconds=60, reserve=False)
visitor(installed(Limits(), Elsewhere(allow(folder), folder, patient))).parse(Inbound(b"{}", sys.argv[2]))
"""


def test_one_that_sleeps_over_a_document_ends_when_its_gateway_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "adapters"
    folder.mkdir()
    distribution(folder, Lines(parses="import select; select.poll().poll()"))
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    gateway = subprocess.Popen([sys.executable, "-c", GATEWAY, str(folder), MEDIA_TYPE], env=environment)
    children = Path(f"/proc/{gateway.pid}/task/{gateway.pid}/children")
    _soon(lambda: children.read_text() != "")
    worker = Path("/proc") / children.read_text().strip() / "status"
    _soon(lambda: "Seccomp:\t2" in worker.read_text())
    time.sleep(0.3)  # It imports the adapter and hears its question.
    assert _lives(worker), "the control"

    gateway.kill()
    gateway.wait()

    _soon(lambda: not _lives(worker))


def _lives(status: Path) -> bool:
    try:
        return "State:\tZ" not in status.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _soon(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
