"""docs/writing-an-adapter.md, followed to the letter: its files are written, its pieces put in, its commands run."""

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT
from mapped import mapping_text
from operators import Operator, Said

from adapters.kit.rules import RULES
from adapters.sdk.mapping.adapter import Mapped
from adapters.sdk.mapping.errors import RULES as MAPPING_RULES
from adapters.sdk.mapping.fields import _KEYS as FIELD_KEYS
from adapters.sdk.mapping.reading import parse_mapping
from adapters.sdk.mapping.values import table_names

TEXT = (ROOT / "docs" / "writing-an-adapter.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PLACE = Path("lantern", "src", "lantern_adapter", "mapping.toml")
PIECE = re.compile(r"^\[.*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """Somebody who does what the page says, in a folder of hers."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("lantern")
        patch.chdir(home)
        patch.setattr(sys, "path", [*sys.path])
        yield Operator(home)
        for name in [name for name in sys.modules if name.startswith("lantern_adapter")]:
            del sys.modules[name]


def test_the_page_can_be_followed_to_the_letter(reader: Operator) -> None:
    for kind, note, body in BLOCKS:
        if kind == "csv":
            (reader.home / note).write_text(body, "utf-8")
        elif (kind, note) == ("toml", "mapping"):
            put_in(reader.home / PLACE, body)
        elif kind == "console":
            for command, expected in commands(body):
                follows(reader, command, expected)
    mapping = (reader.home / PLACE).read_text("utf-8").replace('level = "silver"', 'level = "gold"')
    (reader.home / PLACE).write_text(mapping, "utf-8")
    assert reader.types("adapter", "docs", "lantern").code == 0
    told = reader.types("adapter", "check", "lantern", "--json").json
    assert (told["claimed"], told["reached"]) == ("gold", "gold")


def commands(body: str) -> Iterator[tuple[list[str], list[str]]]:
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, *expected = part.splitlines()
        yield shlex.split(command)[1:], expected


def follows(reader: Operator, command: list[str], expected: list[str]) -> None:
    """A line is in the result, or, after `!`, in the messages.

    The judge takes a second each time: it is asked where it writes something, and once at the end of the page.
    """
    if command[1] == "check":
        assert all(re.fullmatch(r"lantern: \w+ claimed, gold reached\.", line) for line in expected)
        if "--accept" not in command:
            return
        command = [*command, "--json"]  # As tests it would run inside this test.
    said: Said = reader.types(*command)
    for line in expected:
        assert line.removeprefix("! ") in (said.err if line.startswith("! ") else said.out)
    assert (said.code != 0) == any("refuses" in line for line in expected), said.err


def put_in(path: Path, pieces: str) -> None:
    """Each table of the piece replaces the one of its name, or is added."""
    mapping = path.read_text("utf-8")
    for piece in PIECE.findall(pieces):
        name = re.search(r"^name = .*$", piece, re.MULTILINE)
        head = piece.splitlines()[0]
        old = next((each for each in PIECE.findall(mapping) if _is_same(each, head, name and name[0])), None)
        mapping = mapping.replace(old, piece.rstrip() + "\n\n") if old else f"{mapping.rstrip()}\n\n{piece}"
    path.write_text(mapping, "utf-8")


def _is_same(piece: str, head: str, name: str | None) -> bool:
    lines = piece.splitlines()
    return lines[0] == head and (name is None or name in lines)


def test_the_python_of_the_page_is_python_that_works() -> None:
    [code] = [body for kind, _, body in BLOCKS if kind == "python"]
    names: dict[str, object] = {}
    exec(code.replace("super().__init__(", "self.given = ("), names)  # noqa: S102 - the page's own words
    made = names["Lantern"]
    assert isinstance(made, type)
    package, hooks = made().given
    assert package == "lantern_adapter"
    text = mapping_text().replace('to = "/subject/dependants"', 'to = "/subject/dependants"\nhook = "children"')
    adapter = Mapped.of(parse_mapping(text, hooks))
    [field] = [field for field in adapter.mapping.fields if field.name == "Children"]
    assert field.codec.read("2 (5, 8)", "") == 2
    assert field.codec.read("two", "") is None
    assert field.codec.write(2) == "2"


def test_the_page_lists_every_rule_table_and_word() -> None:
    for rule in RULES:
        assert f"| {rule.id} | {rule.level.value} | {rule.says}" in TEXT
    assert all(f"`{name}`" in TEXT for name in (*table_names(), *FIELD_KEYS - {"separator"}))
    quoted = re.search(r"mapping\.toml:31: (\w+): ([^`]*)`", TEXT)
    assert quoted is not None
    assert MAPPING_RULES[quoted[1]] == quoted[2]
