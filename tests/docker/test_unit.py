"""The systemd unit that docs/ ships: it takes from the service what it does not need, and nothing that it does."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from checkout import ROOT

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd")
UNIT = ROOT / "docs" / "systemd" / "referral-gateway.service"
FILTER = "SystemCallFilter="
NEEDED = {
    "chown": "the proxy's socket is given to the group of its folder",
    "setpriority": "a worker gives way to the line",
    "landlock_create_ruleset": "a worker is kept from files",
    "landlock_add_rule": "a worker is kept from files",
    "landlock_restrict_self": "a worker is kept from files",
    "prctl": "a worker filters its own calls",
    "prlimit64": "a worker is limited in memory",
}
"""Calls into the kernel without which something fails under the unit, and what."""


def analyzed(*words: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    assert program
    return subprocess.run([program, *words], capture_output=True, text=True, check=False)


@cache
def calls_of(name: str) -> frozenset[str]:
    """The calls that a name in a filter stands for: itself, or those of a set, of sets within it too."""
    if not name.startswith("@"):
        return frozenset({name})
    listed = analyzed("syscall-filter", name)
    assert listed.returncode == 0, f"no such set: {name}"
    members = (line.strip() for line in listed.stdout.splitlines()[1:])
    return frozenset().union(*(calls_of(one) for one in members if one and not one.startswith("#")))


def allowed(filters: list[str]) -> set[str]:
    """What the filters of a unit allow, one after the other, as systemd reads them (systemd.exec(5))."""
    left: set[str] = set()
    for one in filters:
        named = set[str]().union(*(calls_of(name) for name in one.removeprefix("~").split()))
        left = left - named if one.startswith("~") else left | named
    return left


def filters() -> list[str]:
    lines = UNIT.read_text("utf-8").splitlines()
    return [line.removeprefix(FILTER) for line in lines if line.startswith(FILTER)]


def test_it_gives_a_service_no_more_than_it_needs() -> None:
    """Of 10.0, which is everything: at most 2.0."""
    judged = analyzed("security", "--offline=true", "--no-pager", "--threshold=20", str(UNIT))
    assert judged.returncode == 0, judged.stdout[-300:]


def test_systemd_knows_every_line_of_it(tmp_path: Path) -> None:
    told = [
        line for line in analyzed("verify", "--man=no", str(UNIT)).stderr.splitlines() if "not executable" not in line
    ]
    assert told == []
    odd = tmp_path / UNIT.name
    odd.write_text(UNIT.read_text("utf-8").replace(f"{FILTER}@system-service", f"{FILTER}@no-such-set"))
    assert "Unknown system call group" in analyzed("verify", "--man=no", str(odd)).stderr


def test_what_the_gateway_and_its_workers_ask_of_the_kernel_is_allowed() -> None:
    assert {call: why for call, why in NEEDED.items() if call not in allowed(filters())} == {}
    before = allowed(filters()[:-1])
    assert {"chown", "setpriority", "landlock_restrict_self"}.isdisjoint(before), "the canary: the last line gives them"


def test_what_nobody_needs_is_not() -> None:
    assert {"mount", "ptrace", "bpf", "reboot", "setuid", "init_module"}.isdisjoint(allowed(filters()))
