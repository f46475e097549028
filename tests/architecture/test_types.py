"""The type ladder holds: a step that is skipped, or a decision nobody looked at, does not type-check.

Each wrong snippet differs from the right one in one place, so what mypy refuses is that step and nothing else.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT

RIGHT = '''"""Walk from an unchecked document to what a recipient may have."""

from datetime import datetime

from consent.decision import Permit, Refusal, decide
from consent.disclosure import Disclosure
from consent.minimise import MinimalDocument, minimise
from consent.policy import Policy
from consent.records import Records
from schemas.documents import Document
from schemas.validation import validate


def walk(
    unchecked: Document, asked: Disclosure, records: Records, policy: Policy, at: datetime
) -> MinimalDocument | Refusal:
    """Validate, decide, minimise."""
    valid = validate(unchecked, "referral/1.0")
    decision = decide(asked, records, policy, at)
    match decision:
        case Permit():
            return minimise(valid, decision)
        case Refusal():
            return decision
'''

WRONG = {
    "validation_skipped": ("minimise(valid, ", "minimise(unchecked, ", "arg-type"),
    "permission_skipped": ("minimise(valid, decision)", "minimise(valid, records)", "arg-type"),
    "decision_not_looked_at": ("case Permit():", "case Permit() | Refusal():", "arg-type"),
    "refusal_forgotten": ("        case Refusal():\n            return decision\n", "", "exhaustive-match"),
    "wrong_person_asked": ("decide(asked, records, policy, at)", "decide(records, asked, policy, at)", "arg-type"),
    "unannotated": ("policy: Policy, at: datetime", "policy: Policy, at", "no-untyped-def"),
}
"""By name: what is replaced in the right snippet, by what, and the code mypy must give."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The error codes mypy gives, by snippet."""
    folder = tmp_path_factory.mktemp("snippets")
    snippets = {"right": RIGHT} | {name: RIGHT.replace(old, new) for name, (old, new, _) in WRONG.items()}
    for name, code in snippets.items():
        (folder / f"{name}.py").write_text(code, "utf-8")
    return _codes(folder, list(snippets))


def _codes(folder: Path, names: list[str]) -> dict[str, set[str]]:
    files = [str(folder / f"{name}.py") for name in names]
    command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", *files]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode in (0, 1), run.stdout + run.stderr
    codes: dict[str, set[str]] = {name: set() for name in names}
    for name, code in re.findall(r"^.*?(\w+)\.py:\d+: error: .*\[([a-z-]+)\]$", run.stdout, re.MULTILINE):
        codes.setdefault(name, set()).add(code)
    return codes


def test_the_whole_walk_type_checks(found: dict[str, set[str]]) -> None:
    assert found["right"] == set()


@pytest.mark.parametrize("name", WRONG)
def test_a_skipped_step_does_not_type_check(name: str, found: dict[str, set[str]]) -> None:
    old, _, code = WRONG[name]
    assert old in RIGHT
    assert code in found[name]
