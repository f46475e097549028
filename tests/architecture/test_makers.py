"""A checked thing has one maker: nobody else calls its constructor, so its type is a proof.

A frozen dataclass can be built by whoever imports it; that nobody does is what this test adds to the types.
"""

from __future__ import annotations

import ast

from checkout import PACKAGES, ROOT, python_files

MAKERS = {
    "ValidDocument": "schemas/validation.py",
    "Permit": "consent/decision.py",
    "MinimalDocument": "consent/minimise.py",
    "Pseudonymous": "gateway/core/packing.py",
    "Approval": "gateway/core/officer/signing.py",
}
"""By type: the one file that may make it."""


def _made(code: str) -> set[str]:
    """The guarded types that the code makes."""
    called = {node.func for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)}
    names = {func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in called}
    return names & MAKERS.keys()


def test_a_checked_thing_is_made_in_one_place() -> None:
    made = {(name, path) for path in python_files(*PACKAGES) for name in _made(path.read_text("utf-8"))}
    assert {(name, path.relative_to(ROOT).as_posix()) for name, path in made} == set(MAKERS.items())


def test_another_maker_is_noticed() -> None:
    assert _made("from schemas.documents import ValidDocument\nforged = ValidDocument('referral/1.0', {})") == {
        "ValidDocument"
    }
    assert _made("import consent.decision\nforged = consent.decision.Permit()") == {"Permit"}


def test_matching_on_a_checked_thing_is_not_making_it() -> None:
    assert _made("match decision:\n    case Permit(categories=allowed):\n        pass") == set()
