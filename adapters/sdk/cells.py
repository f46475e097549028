"""How a text stands in a cell, so that no spreadsheet program takes it for a formula, and how it is read back."""

_STARTS = frozenset("=+-@＝＋－＠'")  # noqa: RUF001 - the wide forms, which some programs read as the narrow ones
"""With what a formula, or the mark before a text, may begin; blanks before it do not count."""


def guarded(text: str) -> str:
    """Return `text`, with an apostrophe before it where a program could compute it."""
    return f"'{text}" if text.lstrip()[:1] in _STARTS and text.strip() else text


def unguarded(cell: str) -> str:
    """Return the text that `guarded` was given."""
    rest = cell[1:]
    return rest if cell[:1] == "'" and rest.lstrip()[:1] in _STARTS and rest.strip() else cell
