"""An XML document as a plain tree under the names of one format, once `adapters.sdk.xml.parsing` has read it safely.

Depth is bounded while the tree is copied. Nothing here knows what a name means.
"""

from lxml import etree

from adapters.sdk.errors import MalformedError
from adapters.sdk.xml.parsing import MAX_DEPTH, attributes_of, parsed
from adapters.sdk.xml.schema import Schema
from adapters.sdk.xml.vocabulary import UNKNOWN, XSI, Vocabulary

MAX_ATTRIBUTE = 200
"""Characters of an XML id or of a reference to one."""

_NIL = f"{{{XSI}}}nil"


class Element:
    """One element. Compared by identity, and never changed once the tree is read.

    `name` has one of our prefixes or is `*`; `text` is stripped, and empty where the element is nil; `reference` is the
    id that a reference points to; `annotated` says that there were attributes beyond these. A plain class and not a
    dataclass, because making one is half the time of reading a document.
    """

    __slots__ = ("annotated", "children", "identifier", "name", "reference", "text")

    def __init__(self, name: str, text: str = "", children: list["Element"] | None = None) -> None:
        """Make an element without attributes."""
        self.name = name
        self.text = text
        self.children: list[Element] = [] if children is None else children
        self.identifier: str | None = None
        self.reference: str | None = None
        self.annotated = False


def read_xml(body: bytes, vocabulary: Vocabulary, schema: Schema | None = None) -> Element:
    """Return the root of a document that satisfies the schema, where there is one.

    Raises MalformedError (rules malformed, declaration, dtd, depth, elements, attribute) or UnsupportedError.
    """
    root = parsed(body)
    if schema is not None:
        schema.check(root)
    return _copied(root, vocabulary, 1)


def _copied(source: etree._Element, vocabulary: Vocabulary, depth: int) -> Element:
    if depth > MAX_DEPTH:
        raise MalformedError("", "depth")
    text = source.text
    copy = Element(vocabulary.names.get(source.tag, UNKNOWN), text.strip() if text else "")
    for name, value in attributes_of(source) if source.attrib else ():
        _annotate(copy, name, value, vocabulary)
    for child in source:
        copy.children.append(_copied(child, vocabulary, depth + 1))
        tail = child.tail
        if tail is not None and not tail.isspace():
            copy.text = copy.text or "*"  # prose between elements, which no type of NIEM allows: lost, and said so
    return copy


def _annotate(copy: Element, name: str, value: str, vocabulary: Vocabulary) -> None:
    if name == vocabulary.identifier:
        copy.identifier = _bounded(value)
    elif name in vocabulary.references:
        copy.reference = _bounded(value)
    elif name == _NIL and value.strip() in {"true", "1"}:
        copy.text = ""
    elif not name.startswith(vocabulary.structural):
        copy.annotated = True


def _bounded(value: str) -> str:
    if not 0 < len(value) <= MAX_ATTRIBUTE:
        raise MalformedError("", "attribute")
    return value
