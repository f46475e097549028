"""A small tree to bytes: the same tree always gives the same bytes, and nothing that XML 1.0 cannot hold gets out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.sdk.errors import CannotRenderError

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Everything outside the production Char (XML 1.0 section 2.2)."""

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


@dataclass(slots=True)
class Tag:
    """One element to be written.

    `identifier` and `reference` are the names of XML ids, made by this adapter and never text.
    """

    name: str
    text: str | None = None
    children: list["Tag"] = field(default_factory=list)
    identifier: str | None = None
    reference: str | None = None
    nil: bool = False

    def add(self, *children: "Tag | None") -> "Tag":
        """Append what is there, in order, and return self."""
        self.children.extend(child for child in children if child is not None)
        return self


def leaf(name: str, text: str | None) -> Tag | None:
    """An element with text, or nothing where there is no text."""
    return None if text is None else Tag(name, text)


def group(name: str, *children: Tag | None) -> Tag | None:
    """An element with children, or nothing where none of them is there."""
    tag = Tag(name).add(*children)
    return tag if tag.children else None


def write_xml(root: Tag, declared: Mapping[str, str], structures: str) -> bytes:
    """Return the document in UTF-8. `declared` is prefix -> namespace, `structures` the prefix of ids and references.

    Raises CannotRenderError, rule not_xml, where a text holds a character XML cannot.
    """
    declarations = "".join(f' xmlns:{prefix}="{namespace}"' for prefix, namespace in declared.items())
    written = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _write(root, written, structures, declarations)
    written.append("\n")
    return "".join(written).encode("utf-8", "strict")


def _write(tag: Tag, written: list[str], structures: str, attributes: str = "") -> None:
    if tag.identifier is not None:
        attributes += f' {structures}:id="{tag.identifier}"'
    if tag.reference is not None:
        attributes += f' {structures}:ref="{tag.reference}"'
    if tag.nil:
        attributes += ' xsi:nil="true"'
    if tag.text is None and not tag.children:
        written.append(f"<{tag.name}{attributes}/>")
        return
    written.append(f"<{tag.name}{attributes}>")
    if tag.text is not None:
        if _FORBIDDEN.search(tag.text) is not None:
            raise CannotRenderError(f"/{tag.name}", "not_xml")
        written.append(tag.text.translate(_ESCAPES))
    for child in tag.children:
        written.append("\n")
        _write(child, written, structures)
    written.append(f"\n</{tag.name}>" if tag.children else f"</{tag.name}>")
