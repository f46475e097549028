"""The choice lists of `data/choices.toml`, both ways: a choice that is in none is refused, never guessed."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from adapters.sdk import UnsupportedError


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice. `ours` is None where we have no code for it; `loss` is how reading it is reported, or ""."""

    code: str
    ours: str | None
    loss: str


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """One list: choices by their code and by their label in lower case, and what is written for our codes."""

    name: str
    by_code: Mapping[str, Choice]
    by_label: Mapping[str, Choice]
    written: Mapping[str, str]
    nearest: Mapping[str, str]

    def of(self, text: str, pointer: str) -> Choice:
        """Return the choice. Raises UnsupportedError at `pointer`."""
        found = self.find(text)
        if found is None:
            raise UnsupportedError(pointer, f"unknown_code:{self.name}")
        return found

    def find(self, text: str) -> Choice | None:
        """Return the choice that a text names by code or label, or None."""
        return self.by_code.get(text) or self.by_label.get(label(text))


def label(text: str) -> str:
    """Return a label as lists are searched by it: blanks of every kind at the ends and the letters' case do not count.

    The published lists end some labels with a no-break space.
    """
    return " ".join(text.split()).casefold()


@cache
def read_choices() -> Mapping[str, ChoiceList]:
    """Return every list by its name, read from the package on first use."""
    data = tomllib.loads(files("adapters.systems.htcds").joinpath("data/choices.toml").read_text(encoding="utf-8"))
    nearest = data.pop("nearest")
    return {name: _list(name, rows, nearest.get(name, {})) for name, rows in data.items()}


def _list(name: str, rows: list[dict[str, str]], nearest: Mapping[str, str]) -> ChoiceList:
    choices = {row["code"]: Choice(row["code"], row.get("ours"), row.get("loss", "")) for row in rows}
    return ChoiceList(
        name,
        choices,
        {label(row["label"]): choices[row["code"]] for row in rows if "label" in row},
        {
            row["ours"]: row["code"]
            for row in rows
            if "ours" in row and "loss" not in row and row.get("published", True)
        },
        nearest,
    )
