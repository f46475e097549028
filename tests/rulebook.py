"""Where each rule of the rule book is enforced, and where it is tested, found by its id in the sources.

`python tests/rulebook.py > docs/rules.md` writes the table. An id counts where it stands in a function, a class or a
named constant; the docstring of a whole file promises something and enforces nothing.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).absolute().parents[1]
CODE = ("consent", "schemas", "adapters", "gateway")
ONLY_NAMES = (
    "schemas/vocabulary.py",
    "schemas/case_codes.py",
    "schemas/answer_codes.py",
    "schemas/capacity_codes.py",
    "schemas/notice_codes.py",
    "consent/facts.py",
)
"""Code lists and plain data: they name what a rule speaks of, and keep nothing."""

REFUSES_FOR_NOW = frozenset(
    {
        "_not_known_adult",
        "_not_by_consent",
        "_pending_purpose",
        "_across_a_border",
        "_status_or_cooperation",
        "_PENDING",
    }
)
"""What refuses a route whose rules are not built: the rule it names is not enforced by it."""

NOT_A_TEST_OF_A_RULE = ("tests/rulebook.py", "tests/docs/test_rules.py", "tests/consent/test_reasons.py")
"""Files that list ids without proving anything about them."""

_ID = re.compile(r"\b([CMPKFEA]-[0-9]{2})\b")
_NAMED = re.compile(r"_([cmpkfea])_([0-9]{2})(?=_)")
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Book:
    """The rule book as docs/rules.toml has it."""

    rules: Mapping[str, str]
    organisational: Mapping[str, str]
    not_yet: frozenset[str]


def book() -> Book:
    """Read docs/rules.toml."""
    read = tomllib.loads((ROOT / "docs" / "rules.toml").read_text("utf-8"))
    return Book(read["rules"], read["organisational"], frozenset(read["not_yet"]["rules"]))


@cache
def enforced() -> dict[str, list[str]]:
    """Return, by rule, the places in the code that carry its id."""
    names = {ROOT / name for name in ONLY_NAMES}
    found = _found(path for folder in CODE for path in sorted((ROOT / folder).rglob("*.py")) if path not in names)
    kept = {
        rule: [place for place in places if place.split(":")[1] not in REFUSES_FOR_NOW]
        for rule, places in found.items()
    }
    return {rule: places for rule, places in kept.items() if places}


@cache
def tested() -> dict[str, list[str]]:
    """Return, by rule, the places in the tests that carry its id."""
    skipped = {ROOT / name for name in NOT_A_TEST_OF_A_RULE}
    return _found(path for path in sorted((ROOT / "tests").rglob("*.py")) if path not in skipped)


def reasons() -> dict[str, list[str]]:
    """Return, by rule, what people are told when it refuses."""
    from consent.reasons import Reason  # noqa: PLC0415 - run as a script, it finds the packages only by now

    told: dict[str, list[str]] = {}
    for reason in Reason:
        told.setdefault(reason.rule, []).append(f"`{reason.value}`: {reason.sentence}")
    return told


def carried(source: str) -> Iterator[tuple[str, str]]:
    """Yield (rule, name) for each id in a file: the innermost function, class or constant that carries it."""
    named = {number: ids for number, line in enumerate(source.splitlines(), 1) if (ids := _ids(line))}
    spans = sorted(_spans(ast.parse(source), ""), key=lambda span: span[1] - span[0]) if named else []
    for number, ids in named.items():
        inside = next((name for first, last, name in spans if first <= number <= last), None)
        if inside is not None:
            yield from ((rule, inside) for rule in sorted(ids))


def table() -> str:
    """Return docs/rules.md."""
    known, code, tests, told = book(), enforced(), tested(), reasons()
    lines = [
        "# The rules, and where they are kept",
        "",
        "Made by `python tests/rulebook.py`; do not edit by hand. The rules are those of `docs/rules.toml`; a place is",
        "where the rule's id stands, so that whoever doubts a rule can read it.",
        "",
        "| rule | what it asks | enforced | tested | what people are told |",
        "| --- | --- | --- | --- | --- |",
    ]
    for rule, says in known.rules.items():
        if rule in known.organisational:
            where, tried = f"not enforceable here: {known.organisational[rule]}", ""
        elif rule in known.not_yet:
            where, tried = "not yet", ""
        else:
            where, tried = _places(code.get(rule, [])), _places(tests.get(rule, []))
        lines.append(f"| {rule} | {says} | {where} | {tried} | {'<br>'.join(told.get(rule, []))} |")
    return "\n".join(lines) + "\n"


def _places(places: list[str]) -> str:
    more = f"<br>and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return "<br>".join(f"`{place}`" for place in places[:_SHOWN]) + more


def _found(paths: Iterator[Path]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in paths:
        for rule, name in carried(path.read_text("utf-8")):
            place = f"{path.relative_to(ROOT).as_posix()}:{name}"
            if place not in found.setdefault(rule, []):
                found[rule].append(place)
    return found


def _ids(line: str) -> set[str]:
    return {*_ID.findall(line), *(f"{letter.upper()}-{digits}" for letter, digits in _named(line))}


def _named(line: str) -> list[tuple[str, str]]:
    """Return the ids that a test's name carries."""
    stripped = line.strip()
    is_test = stripped.startswith(("def test_", "async def test_"))
    return _NAMED.findall(stripped.partition("(")[0]) if is_test else []


def _spans(tree: ast.AST, above: str) -> Iterator[tuple[int, int, str]]:
    """Yield first line, last line and name of everything that can carry a rule."""
    for node in ast.iter_child_nodes(tree):
        name = _name_of(node)
        if name is None:
            continue
        whole = f"{above}.{name}" if above else name
        decorated = [one.lineno for one in getattr(node, "decorator_list", [])]
        yield min([node.lineno, *decorated]), node.end_lineno or node.lineno, whole
        if isinstance(node, ast.ClassDef):
            yield from _spans(node, whole)


def _name_of(node: ast.AST) -> str | None:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name), *_]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case _:
            return None


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.stdout.write(table())
