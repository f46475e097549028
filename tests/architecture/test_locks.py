"""The locks say exactly what is installed, and nothing about where it comes from."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

import pytest
from checkout import ROOT
from packaging.requirements import Requirement

LOCKS = ("run", "postgres", "build", "test", "lock", "mutants")


def _pins(text: str) -> dict[str, str]:
    """Version by name; refuses any line that is not a comment, a pin or a hash."""
    return {name: version for name, (_, version) in _whole(text).items()}


def _whole(text: str) -> dict[str, tuple[frozenset[str], str]]:
    """Extras and version by name."""
    pins: dict[str, tuple[frozenset[str], str]] = {}
    for line in text.splitlines():
        pin = re.fullmatch(r"([a-z0-9-]+)(?:\[([a-z0-9,-]+)\])?==([\w.!+]+)( ; .+)? \\", line)
        if pin:
            pins[pin[1]] = frozenset(filter(None, (pin[2] or "").split(","))), pin[3]
        elif not re.fullmatch(r"#.*|    --hash=sha256:[0-9a-f]{64}( \\)?", line):
            message = f"a lock line is neither a pin nor a hash: {line}"
            raise AssertionError(message)
    return pins


def _lock(name: str) -> dict[str, str]:
    return _pins((ROOT / "requirements" / f"{name}.txt").read_text("utf-8"))


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement.strip())[0].lower().replace("_", "-")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_exact_versions_and_hashes_only(name: str) -> None:
    assert _lock(name)


@pytest.mark.parametrize("part", ["run", "build"])
def test_the_tests_run_on_the_versions_that_are_shipped(part: str) -> None:
    assert _lock(part).items() <= _lock("test").items()


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    declared = {_name(requirement) for requirement in project["project"]["dependencies"]}
    assert declared <= _lock("run").keys()
    assert {_name(requirement) for requirement in project["build-system"]["requires"]} <= _lock("build").keys()


@pytest.mark.parametrize("name", ["build", "test", "lock", "mutants"])
def test_every_tool_that_is_asked_for_is_locked(name: str) -> None:
    lines = Path(ROOT / "requirements" / f"{name}.in").read_text("utf-8").splitlines()
    asked = {_name(line) for line in lines if line and not line.startswith("#")}
    assert asked
    assert asked <= _lock(name).keys()


def _unpinned(lock: dict[str, tuple[frozenset[str], str]], asked: Iterable[str]) -> set[str]:
    """Return what of these is asked for with an extra that the lock does not name."""
    needs = [Requirement(one) for one in asked]
    met = [one for one in needs if one.extras and (one.marker is None or one.marker.evaluate({"extra": ""}))]
    return {str(one) for one in met if not one.extras <= lock.get(_name(one.name), (frozenset(), ""))[0]}


def test_an_extra_that_is_asked_for_is_locked_with_it() -> None:
    """Else pip before 23.1 looks for it among all releases, and finds the first newer one without a hash."""
    lock = _whole((ROOT / "requirements" / "test.txt").read_text("utf-8"))
    asked = [need for name in lock for need in distribution(name).requires or ()]
    assert _unpinned(lock, asked) == set()
    assert _unpinned(lock, ["coverage[another]>=7"]) == {"coverage[another]>=7"}
    assert _unpinned(lock, ["uvicorn[another]; extra == 'more'"]) == set()


@pytest.mark.parametrize(
    "line",
    ["fastapi>=0.165", "fastapi", "fastapi @ file:../fastapi", "-i https://mirror.example/simple", "fastapi==0.165.0"],
)
def test_a_loose_line_is_noticed(line: str) -> None:
    with pytest.raises(AssertionError):
        _pins(line)
