"""TOML whose errors know their line: the standard library reads the values, and this finds where each was written."""

import re
from collections.abc import Mapping, Sequence

from adapters.sdk.mapping.errors import MappingError
from adapters.sdk.mapping.model import Scalar

_HEAD = re.compile(r"""\s*\[\[?\s*(?P<name>[A-Za-z0-9_."' -]+?)\s*\]\]?\s*(#.*)?""")


class Lines:
    """Where each table, and each of its keys, was written."""

    __slots__ = ("_blocks", "file")

    def __init__(self, text: str, file: str) -> None:
        """Find the heads of all tables. Raises MappingError for texts over several lines, in which one could hide."""
        self.file = file
        self._blocks: list[tuple[str, int, list[str]]] = [("", 1, [])]
        for number, line in enumerate(text.splitlines(), start=1):
            if '"""' in line or "'''" in line:
                raise MappingError(number, "multi_line_text", file)
            head = _HEAD.fullmatch(line)
            if head is not None:
                self._blocks.append((head["name"], number, []))
            else:
                self._blocks[-1][2].append(line)

    def head(self, name: str, nth: int = 0) -> int:
        """Return the line of the nth table of that name, or 1."""
        found = [line for block, line, _ in self._blocks if block == name]
        return found[nth] if nth < len(found) else 1

    def key(self, at: int, name: str) -> int:
        """Return the line of a key in the table whose head is at a line, or that line."""
        written = (name, f'"{name}"', f"'{name}'")
        for _, line, rows in self._blocks:
            if line != at:
                continue
            first = line if self._blocks[0][1] == line and self._blocks[0][2] is rows else line + 1
            for offset, row in enumerate(rows):
                if row.partition("=")[0].strip() in written or row.strip().startswith(tuple(f"{w} " for w in written)):
                    return first + offset
        return at


class Table:
    """One table of the file, read strictly."""

    __slots__ = ("_lines", "_name", "_values", "line")

    def __init__(self, values: Mapping[str, object], lines: Lines, line: int, name: str = "") -> None:
        """Read `values`, whose head stands at `line`."""
        self._values = values
        self._lines = lines
        self._name = name
        self.line = line

    def error(self, key: str, rule: str, missing: str = "") -> MappingError:
        """Say what is wrong with a key, and what would be right there."""
        return MappingError(self._lines.key(self.line, key), rule, self._lines.file, missing)

    def refuse_other_keys(self, known: frozenset[str]) -> None:
        """Raise MappingError for a key that is not known."""
        for key in self._values:
            if key not in known:
                at = (
                    self._lines.head(key) if isinstance(self._values[key], Mapping) else self._lines.key(self.line, key)
                )
                raise MappingError(at, "unknown_key", self._lines.file)

    def names(self) -> tuple[str, ...]:
        """Return the keys."""
        return tuple(self._values)

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._values

    def text(self, key: str, otherwise: str | None = None) -> str:
        """Return a text; `otherwise` where it is not there."""
        value = self._values.get(key, otherwise)
        if value is None:
            raise self.error(key, "required")
        if not isinstance(value, str):
            raise self.error(key, "type")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false; false where it is not there."""
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            raise self.error(key, "type")
        return value

    def word(self, key: str, words: Sequence[str], otherwise: str | None = None) -> str:
        """Return one of the words."""
        word = self.text(key, otherwise)
        if word not in words:
            raise self.error(key, "enum")
        return word

    def texts(self, key: str, otherwise: Sequence[str]) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._values.get(key, list(otherwise))
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self.error(key, "type")
        return tuple(str(entry) for entry in value)

    def table(self, key: str, *, needed: bool = True) -> "Table":
        """Return a table inside; an empty one where it is not there and need not be."""
        value = self._values.get(key, None if needed else {})
        if value is None:
            raise self.error(key, "required")
        if not isinstance(value, Mapping):
            raise self.error(key, "type")
        name = f"{self._name}.{key}" if self._name else key
        return Table(value, self._lines, self._lines.head(name), name)

    def entries(self, key: str, *, needed: bool = True) -> tuple["Table", ...]:
        """Return the tables of an array of tables; at least one where it is needed."""
        value = self._values.get(key, [])
        if not isinstance(value, list) or (needed and not value):
            raise self.error(key, "required")
        made = []
        for nth, entry in enumerate(value):
            if not isinstance(entry, Mapping):
                raise self.error(key, "type")
            made.append(Table(entry, self._lines, self._lines.head(key, nth), key))
        return tuple(made)

    def scalars(self) -> Mapping[str, Scalar]:
        """Return texts, whole numbers and booleans by key."""
        made: dict[str, Scalar] = {}
        for key, value in self._values.items():
            if not isinstance(value, str | int | bool):
                raise self.error(key, "type")
            made[key] = value
        return made
