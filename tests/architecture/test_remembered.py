"""Who reads people from memory is followed by a look at their heads; everybody else reads them afresh.

A node is told of no commit of another. Where no transaction looks at the heads again, a remembered person stays as she
was for ever: what was linked, restricted or taken back elsewhere would count for nothing here.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT

READS = {"known", "person", "of_consent", "of_override", "asked_about"}
AFRESH = {"afresh", "person_afresh"}
FOLLOWED = {
    "afresh.person_afresh": "it is the fresh reading itself",
    "deciding_again.decided_again": "whoever hands out looks at the heads, and `Attachments` reads a no twice",
    "desk._recording": "`RecordConsent` looks at the heads, and nothing is refused on them",
    "desk.confirm": "`_change` finds her afresh",
    "desk.withdraw": "`_change` finds her afresh",
    "desk.withdraw_from": "`_change` finds her afresh",
    "desk.withdraw_one": "`_change` finds her afresh",
    "dispatch._binding": "`Lease` looks at the head of the binding",
    "exchange._case": "`Accept` and `Look` look at the heads, of a no as of a yes",
    "histories._everyone": "`_found` finds her afresh",
    "histories.of_consent": "`_of` finds her afresh",
    "histories.of_reference": "`_of` finds her afresh",
    "introductions._linking": "`UseCode` looks at the heads",
    "introductions.bound_to": "`introduce` finds her afresh",
}
"""Why each may read her from memory."""


def remembered(source: str, module: str) -> Iterator[str]:
    """Name every function that reads people otherwise than afresh."""

    def walk(node: ast.AST, inside: str) -> Iterator[str]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = f"{module}.{node.name}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in AFRESH:
            return
        if isinstance(node, ast.Attribute) and node.attr in READS and _is_people(node.value):
            yield inside
        for child in ast.iter_child_nodes(node):
            yield from walk(child, inside)

    return walk(ast.parse(source), module)


def _is_people(node: ast.expr) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "people") or (
        isinstance(node, ast.Name) and node.id == "people"
    )


def modules() -> list[Path]:
    return sorted((ROOT / "gateway").rglob("*.py"))


def test_whoever_reads_from_memory_is_followed_by_a_look_at_the_heads() -> None:
    found = {name for path in modules() for name in remembered(path.read_text("utf-8"), path.stem)}
    assert found == FOLLOWED.keys()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def shown(self):\n return self.desk.people.known(blind)", ["planted.shown"]),
        ("def shown(self):\n return partial(people.of_consent, consent)", ["planted.shown"]),
        ("def shown(self):\n return afresh(self.people, lambda: self.people.known(blind))", []),
        ("def shown(self):\n return self.people.probing(pair)", []),
    ],
)
def test_a_reading_from_memory_is_seen(source: str, found: list[str]) -> None:
    assert [*remembered(source, "planted")] == found
