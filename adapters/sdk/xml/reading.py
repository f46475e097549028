"""Bytes to a plain tree: the only module that parses XML from outside, and the place of every defence.

In this order: the encoding is one of three whose bytes mean what they look like; there is no document type, hence no
entity of any kind; libxml2 parses with every feature that fetches or expands switched off; depth, number and
attributes are bounded while the tree is copied. Comments and processing instructions are not data and are left out.
Nothing here knows what a name means.
"""

import re
from itertools import islice

from lxml import etree

from adapters.sdk.errors import MalformedError, UnsupportedError
from adapters.sdk.xml.schema import Schema
from adapters.sdk.xml.vocabulary import UNKNOWN, XSI, Vocabulary

MAX_DEPTH = 32
"""Elements inside each other; the official documents use 11."""

MAX_ELEMENTS = 20_000
"""Elements in one document; the largest official one has 3,082."""

MAX_ATTRIBUTES = 32
"""Attributes of one element; the official documents use 2, beside namespaces."""

MAX_ATTRIBUTE = 200
"""Characters of an XML id or of a reference to one."""

_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_OTHER_ENCODINGS = (b"\xfe\xff", b"\xff\xfe", b"\x4c\x6f\xa7\x94")  # UTF-16 and UTF-32 marks, "<?xm" in EBCDIC
_ENCODINGS = frozenset({"utf-8", "us-ascii", "iso-8859-1"})
_DECLARATION = re.compile(
    rb"""<\?xml\s+version\s*=\s*["']1\.0["']"""
    rb"""(?:\s+encoding\s*=\s*["'](?P<encoding>[A-Za-z][A-Za-z0-9._-]{0,39})["'])?"""
    rb"""(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>"""
)

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
    _refuse_encoding(body)
    _refuse_document_type(body)
    root = _parsed(body)
    if sum(1 for _ in islice(root.iter(), MAX_ELEMENTS + 1)) > MAX_ELEMENTS:
        raise MalformedError("", "elements")
    if schema is not None:
        schema.check(root)
    return _copied(root, vocabulary, 1)


def _refuse_encoding(body: bytes) -> None:
    if body.startswith(_OTHER_ENCODINGS) or b"\x00" in body[:4]:
        raise UnsupportedError("", "encoding")
    text = body.removeprefix(_BOM)
    if text[:5] != b"<?xml" or text[5:6] not in {b" ", b"\t", b"\r", b"\n"}:
        return  # no declaration: UTF-8, says XML 1.0 section 4.3.3
    declaration = _DECLARATION.match(text)
    if declaration is None:
        raise MalformedError("", "declaration")
    encoding = (declaration["encoding"] or b"utf-8").decode("ascii").lower()
    if encoding not in _ENCODINGS or (body.startswith(_BOM) and encoding != "utf-8"):
        raise UnsupportedError("", "encoding")


def _refuse_document_type(body: bytes) -> None:
    """Walk the prolog (XML 1.0 section 2.8) to the first thing that is neither comment nor processing instruction.

    The three encodings agree on ASCII, so bytes can be compared; a parser is not asked, because it would have read
    the entities.
    """
    at = len(_BOM) if body.startswith(_BOM) else 0
    while True:
        while body[at : at + 1] and body[at] in _SPACE:
            at += 1
        for start, end in ((b"<!--", b"-->"), (b"<?", b"?>")):
            if body.startswith(start, at):
                closed = body.find(end, at + len(start))
                if closed < 0:
                    raise MalformedError("")
                at = closed + len(end)
                break
        else:
            break
    if body.startswith(b"<!", at):
        raise MalformedError("", "dtd")


def _parsed(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        # Written out although some are defaults: no document may fetch, expand or repair anything.
        attribute_defaults=False,
        collect_ids=False,
        dtd_validation=False,
        huge_tree=False,
        load_dtd=False,
        no_network=True,
        recover=False,
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=True,
        resolve_entities=False,
        strip_cdata=True,
    )
    root: etree._Element | None = None
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        etree.clear_error_log()  # libxml2's messages repeat what they complain about
        raise MalformedError("")
    if root.getroottree().docinfo.internalDTD is not None:  # pragma: no cover - a second lock: the prolog was walked
        raise MalformedError("", "dtd")
    return root


def _copied(source: etree._Element, vocabulary: Vocabulary, depth: int) -> Element:
    if depth > MAX_DEPTH:
        raise MalformedError("", "depth")
    text = source.text
    copy = Element(vocabulary.names.get(source.tag, UNKNOWN), text.strip() if text else "")
    attributes = source.attrib
    if attributes:
        if len(attributes) > MAX_ATTRIBUTES:  # lxml lists them in quadratic time
            raise MalformedError("", "attribute")
        for name, value in attributes.items():
            _annotate(copy, str(name), str(value), vocabulary)
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
