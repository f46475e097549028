"""A file fits in a head: 300 lines at most, a function 50, in the packages, the tests and the tools."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from checkout import ROOT, python_files

FILE, FUNCTION = 300, 50


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Every statement, without what is inside of expressions: no function begins there, and most nodes are there."""
    left: list[ast.AST] = [tree]
    while left:
        node = left.pop()
        yield node
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            left += getattr(node, part, ())


def _too_long(name: str, code: str) -> list[str]:
    """What in this file is over its limit."""
    lines = code.count("\n")
    found = [f"{name}: {lines} lines"] if lines > FILE else []
    if lines <= FUNCTION:  # No function in it is longer than it is.
        return found
    for node in _statements(ast.parse(code)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            found += [f"{name}: {node.name} has {length} lines"] if length > FUNCTION else []
    return found


def test_every_file_and_function_fits_in_a_head() -> None:
    """A migration is a record of what was done to a database, written once and not for reading: it may be long."""
    files = [path for path in python_files() if "migrations" not in path.parts]
    assert files
    over = [finding for path in files for finding in _too_long(str(path.relative_to(ROOT)), path.read_text("utf-8"))]
    assert over == []


def test_a_long_function_and_a_long_file_are_noticed() -> None:
    function = "def long() -> None:\n" + "    pass\n" * FUNCTION
    assert _too_long("planted.py", function) == ["planted.py: long has 51 lines"]
    assert _too_long("planted.py", "size = 1\n" * (FILE + 1)) == ["planted.py: 301 lines"]


def test_a_long_function_is_found_wherever_it_stands() -> None:
    inside = "".join(f"{' ' * 8}pass\n" for _ in range(FUNCTION))
    for head in ("class C:", "if 1:", "try:", "with a:", "for a in b:", "def f() -> None:"):
        end = "finally:\n    pass\n" if head == "try:" else ""
        code = f"{head}\n    async def long() -> None:\n{inside}{end}"
        assert "planted.py: long has 51 lines" in _too_long("planted.py", code)
    for head in ("try:\n    pass\nexcept E:", "if 1:\n    pass\nelse:", "match a:\n  case 1:"):
        assert _too_long("planted.py", f"{head}\n    def long() -> None:\n{inside}") == [
            "planted.py: long has 51 lines"
        ]


def test_what_is_just_short_enough_passes() -> None:
    assert _too_long("planted.py", "def short() -> None:\n" + "    pass\n" * (FUNCTION - 1)) == []
    assert _too_long("planted.py", "size = 1\n" * FILE) == []
