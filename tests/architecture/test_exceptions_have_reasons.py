"""An exception names its rule and says why: `# noqa: RULE - reason`, `# type: ignore[code]  # reason`.

An ignore without a code hides the next mistake on the same line; one without a reason cannot be reviewed.
"""

from __future__ import annotations

import io
import re
import tokenize

import pytest
from checkout import ROOT, python_files

MARKED = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:|mypy:|ruff:)")
NOTED = (
    r"noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*",
    r"ruff: noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*",
    r"pragma: no (?:cover|branch)",
)
TYPED = (r"type: ignore\[[a-z-]+(?:, ?[a-z-]+)*\]", r"mypy: [a-z-]+=\S+")  # mypy wants a second `#` before a reason
REASON = r"\S.{4,}$"
REASONED = re.compile(
    rf"# (?:{'|'.join(NOTED)}) - {REASON}|# (?:{'|'.join(TYPED)})  # (?:(?:{'|'.join(NOTED)}) - )?{REASON}"
)


def _comments(code: str) -> list[str]:
    if not MARKED.search(code):
        return []
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT and MARKED.search(token.string)]


def _unreasoned(code: str) -> list[str]:
    return [comment for comment in _comments(code) if not REASONED.search(comment)]


def test_every_exception_names_its_rule_and_its_reason() -> None:
    found = {path.relative_to(ROOT).as_posix(): _unreasoned(path.read_text("utf-8")) for path in python_files()}
    assert {path: comments for path, comments in found.items() if comments} == {}


@pytest.mark.parametrize(
    "comment",
    [
        "# no" + "qa",
        "# no" + "qa: BLE001",
        "# type: " + "ignore",
        "# type: " + "ignore[arg-type]",
        "# type: " + "ignore[arg-type]  # x",
        "# pragma: " + "no cover",
        "# ruff: " + "no" + "qa",
        "# mypy: " + "ignore-errors",
    ],
)
def test_an_exception_without_rule_or_reason_is_noticed(comment: str) -> None:
    assert _unreasoned(f"size = 1  {comment}\n") == [comment]


@pytest.mark.parametrize(
    "comment",
    [
        "# no" + "qa: BLE001 - the wall: one named error leaves here",
        "# type: " + "ignore[no-untyped-call]  # the library ships no types",
        "# type: " + "ignore[misc]  # noqa: N818 - the name says whose fault it is",
        "# an ordinary comment",
    ],
)
def test_an_exception_with_rule_and_reason_passes(comment: str) -> None:
    assert _unreasoned(f"size = 1  {comment}\n") == []
