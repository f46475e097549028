"""How the story looks on a terminal: numbered scenes in plain words; without colour and without a terminal too."""

import json
from collections.abc import Sequence
from typing import Final, TextIO

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from schemas.documents import Json

_WIDEST: Final = 110
_INDENT: Final = 3


class Show:
    """Prints. Everything but scene titles stands three columns in."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Print to standard output, or to that stream; in colour only on a terminal, and not where NO_COLOR stands."""
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False)
        self._console.width = min(self._console.width, _WIDEST)

    def title(self, text: str) -> None:
        """Print what all of this is."""
        self._console.print(Text(text, style="bold"))

    def scene(self, number: int, title: str) -> None:
        """Begin a scene."""
        self._console.print()
        self._console.print(Text(f"{number}  {title}", style="bold cyan"))

    def say(self, sentence: str) -> None:
        """Print a sentence, wrapped."""
        self._inside(Text(sentence))

    def good(self, sentence: str) -> None:
        """Print what was to be shown, and was."""
        promise = Table.grid(padding=(0, 1))
        promise.add_row(Text("ok", style="bold green"), sentence)
        self._inside(promise)

    def fault(self, sentence: str) -> None:
        """Print what did not go as told."""
        self._console.print(Text.assemble(("The story broke: ", "bold red"), sentence))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table; the first row of it says what the columns are."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for place, column in enumerate(columns):
            table.add_column(column, overflow="fold", no_wrap=place == 0)
        for row in rows:
            table.add_row(*row)
        self._inside(table)

    def block(self, document: Json) -> None:
        """Print JSON as it stands, line by line."""
        for line in json.dumps(document, indent=2, ensure_ascii=False).splitlines():
            self.line(line)

    def line(self, text: str) -> None:
        """Print one line that may be copied: never wrapped."""
        self._console.print(Text(" " * _INDENT + text, style="dim"), soft_wrap=True)

    def _inside(self, content: Text | Table) -> None:
        self._console.print(Padding(content, (0, 0, 0, _INDENT), expand=False))
