"""The demonstration as a stranger starts it: a process of its own in an empty directory."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from checkout import ROOT

LONGEST = 240
"""Seconds after which a demonstration that hangs is ended; nothing is measured by it."""


def command(*, once: bool) -> list[str]:
    """Return the command of `make demo`, by this Python."""
    return [sys.executable, "-m", "gateway", "demo", *(["--once"] if once else [])]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a stranger: no setting of ours, the checkout importable, no colour."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    return {**own, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "NO_COLOR": "1", **more}


@contextmanager
def running(directory: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run it until the story is told and the gateway stays open; yields the process and the lines so far."""
    process = subprocess.Popen(
        command(once=False),
        cwd=directory,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    watchdog = threading.Timer(LONGEST, process.kill)
    watchdog.start()
    assert process.stdout is not None
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line.rstrip())
            if "docs/quickstart_agency.py " in line:
                break
        yield process, lines
    finally:
        watchdog.cancel()
        if process.poll() is None:
            process.kill()
        process.stdout.close()
        process.wait()


def interrupted(process: subprocess.Popen[str]) -> int:
    """Press Ctrl-C, and return the exit code."""
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=LONGEST)
    return process.returncode
