"""No file of the project names the machine it was written on, its paths, its hosts or its package indexes.

Such a trace is wrong on every other machine, and tells an attacker about one of ours.
"""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from checkout import ROOT, project_files

ABSOLUTE = re.compile(r"(?<![\w.~$}/-])/(?:home|root|Users|work|farm|workspace|mnt)/[\w.-]+")
OPTION = r"--(?:extra-)?index-url|--find-links|--trusted-host"
PLACE = r"file:///(?:home|mnt|opt|root|srv)/|\bhttps?://[\w.-]*(?:pypi|pythonhosted|npmjs|registry)[\w.-]*"
INDEX = re.compile(f"{OPTION}|{PLACE}")
SELF = Path(__file__).resolve()
OPTIONS = ROOT / "requirements" / "lock.py"
"""The one file that names index options: to keep pip-compile from writing them down."""


def _here() -> re.Pattern[str]:
    """This checkout's own place, home and host, whatever they are."""
    places = [str(path) for path in (ROOT, ROOT.parent, Path.home()) if len(path.parts) > 2]
    host = socket.gethostname()
    names = [host] if len(host) > 5 and host not in {"localhost", "debian", "ubuntu"} else []
    return re.compile("|".join(rf"(?<![\w./-]){re.escape(known)}(?![\w-])" for known in [*places, *names]) or r"(?!)")


def _traces(text: str) -> list[str]:
    return [found for pattern in (ABSOLUTE, INDEX, _here()) for found in pattern.findall(text)]


def test_no_file_names_a_machine_a_path_or_an_index() -> None:
    files = [path for path in project_files() if path not in (SELF, OPTIONS)]
    assert files
    found = {path.relative_to(ROOT).as_posix(): _traces(path.read_text("utf-8", errors="replace")) for path in files}
    assert {path: traces for path, traces in found.items() if traces} == {}


@pytest.mark.parametrize(
    "text",
    [
        "see /home/someone/gateway",
        "cd /work/gateway && make",
        'path = "/root/keys"',
        "--extra-index-url https://mirror.example/simple",
        "https://pypi.org/simple/fastapi/",
        "find-links = file:///opt/wheels",
        f"built in {ROOT}",
    ],
)
def test_a_trace_is_noticed(text: str) -> None:
    assert _traces(text)


@pytest.mark.parametrize(
    "text",
    [
        "/referrals/work/item",
        "the /inbox endpoint",
        "https://gateway.example/token",
        "../shared/samples",
        "127.0.0.1:80",
    ],
)
def test_ordinary_text_passes(text: str) -> None:
    assert _traces(text) == []
