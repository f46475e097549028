"""Bytes to an lxml tree: the only module that parses XML from outside, and the place of every defence.

In this order: the encoding is one of three whose bytes mean what they look like; there is no document type, hence no
entity of any kind; libxml2 parses with every feature that fetches or expands switched off; depth, number and attributes
are bounded. Comments and processing instructions are not data and are left out. Nothing here knows what a name means.
"""

import re
from itertools import islice

from lxml import etree

from adapters.sdk.errors import MalformedError, UnsupportedError

MAX_DEPTH = 32
"""Elements inside each other; the official documents use 11."""

MAX_ELEMENTS = 20_000
"""Elements in one document; the largest official one has 3,082."""

MAX_ATTRIBUTES = 32
"""Attributes of one element; the official documents use 2, beside namespaces."""

_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_OTHER_ENCODINGS = (b"\xfe\xff", b"\xff\xfe", b"\x4c\x6f\xa7\x94")  # UTF-16 and UTF-32 marks, "<?xm" in EBCDIC
_LATIN_1 = "iso-8859-1"
_ENCODINGS = frozenset({"utf-8", "us-ascii", _LATIN_1})
_CONTROLS_OF_LATIN_1 = re.compile(rb"[\x80-\x9f]")
"""Nobody writes these: they are letters of windows-1252 under a wrong name, and would damage hers silently."""
_DECLARATION = re.compile(
    rb"""<\?xml\s+version\s*=\s*["']1\.0["']"""
    rb"""(?:\s+encoding\s*=\s*["'](?P<encoding>[A-Za-z][A-Za-z0-9._-]{0,39})["'])?"""
    rb"""(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>"""
)


def parsed(body: bytes) -> etree._Element:
    """Return the root of a document within the bounds; its depth is bounded where it is walked (`MAX_DEPTH`).

    Raises MalformedError (rules malformed, declaration, dtd, elements) or UnsupportedError.
    """
    _refuse_encoding(body)
    _refuse_document_type(body)
    root = _parsed(body)
    if sum(1 for _ in islice(root.iter(), MAX_ELEMENTS + 1)) > MAX_ELEMENTS:
        raise MalformedError("", "elements")
    return root


def attributes_of(element: etree._Element) -> list[tuple[str, str]]:
    """Return an element's attributes, names in Clark notation. Raises MalformedError (rule attribute) for too many."""
    if len(element.attrib) > MAX_ATTRIBUTES:  # lxml lists them in quadratic time
        raise MalformedError("", "attribute")
    return [(str(name), str(value)) for name, value in element.attrib.items()]


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
    if encoding == _LATIN_1 and _CONTROLS_OF_LATIN_1.search(body) is not None:
        raise MalformedError("", "encoding")


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
