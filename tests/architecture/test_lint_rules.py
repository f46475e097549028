"""The lint rules the house leans on are alive: what each forbids is planted, and reported where it must be.

The snippets go through the project's own configuration, under the name of a file they could stand in.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest
from checkout import ROOT

INSIDE = "gateway/core/planted.py"

HIDDEN_INPUTS = {
    "datetime.date.today": "import datetime\n\ntoday = datetime.date.today()",
    "datetime.datetime.now": "import datetime\n\nnow = datetime.datetime.now(datetime.UTC)",
    "datetime.datetime.today": "import datetime\n\nnow = datetime.datetime.today()",
    "datetime.datetime.utcnow": "import datetime\n\nnow = datetime.datetime.utcnow()",
    "os.environ": "import os\n\nhome = os.environ['HOME']",
    "os.environb": "import os\n\nhome = os.environb[b'HOME']",
    "os.getenv": "from os import getenv\n\nhome = getenv('HOME')",
    "os.urandom": "import os\n\nkey = os.urandom(32)",
    "random": "from random import randbytes\n\nkey = randbytes(32)",
    "secrets": "import secrets\n\nkey = secrets.token_bytes()",
    "time.time": "import time\n\nnow = time.time()",
    "time.time_ns": "import time\n\nnow = time.time_ns()",
    "typing.Any": "from typing import Any\n\nanything: Any = 1",
    "unittest.mock": "from unittest.mock import Mock\n\nfake = Mock()",
    "uuid.uuid1": "import uuid\n\nnumber = uuid.uuid1()",
    "uuid.uuid4": "import uuid\n\nnumber = uuid.uuid4()",
}
"""By banned name: a use of it."""

PLANTED = {
    "print": ("T201", "print('subject')"),
    "a note for later": ("FIX002", "# TO" + "DO: ask the person"),
    "no annotation": ("ANN201", "def answer():\n    return 1"),
    "no docstring": ("D103", "def answer() -> int:\n    return 1"),
    "a broad except": ("BLE001", "try:\n    size = 1\nexcept Exception:\n    size = 2"),
    "a time without a zone": ("DTZ001", "import datetime\n\nmoment = datetime.datetime(2026, 1, 1)"),
    "an ignore without a code": ("PGH004", "size = 1  # no" + "qa"),
    "a type ignore without a code": ("PGH003", "size = 1  # type: " + "ignore"),
    "a relative import": ("TID252", "from . import errors"),
}
"""By what is wrong: the rule, and code that breaks it."""


def _codes(code: str, name: str) -> set[str]:
    """The rules that the project's linter finds broken in `code`, if it stood in the file `name`."""
    run = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise", "--stdin-filename", name, "-"],
        cwd=ROOT,
        input=code + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in (0, 1), run.stderr
    return set(re.findall(r"^\S+?:\d+:\d+: ([A-Z]+\d+)", run.stdout, re.MULTILINE))


def test_every_banned_name_has_a_planted_use() -> None:
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert HIDDEN_INPUTS.keys() == ruff["flake8-tidy-imports"]["banned-api"].keys()


@pytest.mark.parametrize("banned", HIDDEN_INPUTS)
def test_a_hidden_input_is_reported_inside(banned: str) -> None:
    assert "TID251" in _codes(HIDDEN_INPUTS[banned], INSIDE)


@pytest.mark.parametrize("door", ["gateway/clock.py", "gateway/settings.py"])
def test_only_the_two_doors_may_fetch_hidden_inputs(door: str) -> None:
    assert "TID251" not in _codes(HIDDEN_INPUTS["time.time"], door)


@pytest.mark.parametrize("wrong", PLANTED)
def test_a_broken_rule_is_reported(wrong: str) -> None:
    rule, code = PLANTED[wrong]
    assert rule in _codes(code, INSIDE)


def test_code_in_order_is_not_reported() -> None:
    assert _codes('"""What this is for."""\n\nSIZE = 1', "consent/planted.py") == set()


def test_every_ignored_rule_has_its_reason_on_its_line() -> None:
    config = (ROOT / "pyproject.toml").read_text("utf-8")
    ignored = config.partition("\nignore = [\n")[2].partition("\n]\n")[0].splitlines()
    assert ignored
    assert [line for line in ignored if not re.fullmatch(r'  "[A-Z]+\d*", +# \S.*', line) and '"TC00' not in line] == []
