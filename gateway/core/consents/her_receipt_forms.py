"""Her paper as plain text and as HTML: one page, no name, no picture, no link, nothing from anywhere else.

Its title is "Your record" in her language, and its file is called `record`: neither tells a stranger anything (UX R2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Final

_WIDTH: Final = 72


@dataclass(frozen=True, slots=True)
class HerReceipt:
    """What it says, part by part; the first part has no heading of its own. `given`: she may take it with her.

    `below` is the same in English, where nobody who speaks the language has checked the words yet.
    """

    language: str
    direction: str
    title: str
    parts: Sequence[tuple[str, Sequence[str]]]
    given: bool
    below: "HerReceipt | None" = None


def as_text(receipt: HerReceipt) -> str:
    """Write it as plain text."""
    lines = [receipt.title, ""]
    for heading, sentences in receipt.parts:
        lines += [heading] if heading else []
        lines += [line for sentence in sentences for line in wrap(sentence, _WIDTH)]
        lines.append("")
    below = [] if receipt.below is None else ["-" * _WIDTH, "", as_text(receipt.below)]
    return "\n".join([*lines, *below])


def as_html(receipt: HerReceipt) -> str:
    """Write it as one HTML page without style or script; it prints as it is."""
    body = "".join(_part(heading, sentences) for heading, sentences in receipt.parts)
    title = escape(receipt.title)
    return (
        f'<!doctype html>\n<html lang="{escape(receipt.language)}" dir="{escape(receipt.direction)}">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="robots" content="noindex">\n<title>{title}</title>\n</head>\n<body>\n<main>\n'
        f"<h1>{title}</h1>\n{body}</main>\n{_below(receipt.below)}</body>\n</html>\n"
    )


def _below(receipt: HerReceipt | None) -> str:
    if receipt is None:
        return ""
    body = "".join(_part(heading, sentences) for heading, sentences in receipt.parts)
    marked = f'lang="{escape(receipt.language)}" dir="{escape(receipt.direction)}"'
    return f"<hr>\n<section {marked}>\n<h1>{escape(receipt.title)}</h1>\n{body}</section>\n"


def _part(heading: str, sentences: Sequence[str]) -> str:
    said = "".join(f"<p>{escape(sentence)}</p>\n" for sentence in sentences)
    return (f"<h2>{escape(heading)}</h2>\n" if heading else "") + said
