"""The defences against a hostile workbook: what is in the package, how large it is, what its XML may not hold.

Runs before anything reads a cell. A workbook is a zip of XML: bounded here in number and size of its parts, allowed
only the parts of a plain workbook (no macros, no links to other files, no embedded objects, no connections), and
refused for a document type or a relationship that leads out of it. Nothing here knows what a cell means.
"""

import io
import re
import zipfile
import zlib

from adapters.sdk import MalformedError, UnsupportedError

MAX_PARTS = 64
"""Parts of a package; the published templates have 12."""

MAX_PART = 2 * 1_048_576
"""Bytes of one part, unpacked; the largest published one has 421,791."""

MAX_TOTAL = 4 * 1_048_576
"""Bytes of all parts, unpacked."""

MAX_TAGS = 60_000
"""Tags in all parts, for reading one costs up to eight microseconds; the largest published template has 30,164."""

_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core|custom)\.xml"
    r"|xl/(workbook|styles|sharedStrings|calcChain|metadata)\.xml|xl/theme/theme[0-9]{1,2}\.xml"
    r"|xl/worksheets/sheet[0-9]{1,3}\.xml|xl/tables/table[0-9]{1,3}\.xml|xl/printerSettings/printerSettings[0-9]{1,3}\.bin"
    r"|xl/_rels/workbook\.xml\.rels|xl/worksheets/_rels/sheet[0-9]{1,3}\.xml\.rels"
    # Beside the cells: one program writes a drawing for each sheet, others keep labels, people and data of libraries.
    r"|xl/drawings/drawing[0-9]{1,3}\.xml|xl/persons/person[0-9]{0,3}\.xml|docMetadata/LabelInfo\.xml"
    r"|customXml/item(Props)?[0-9]{1,2}\.xml|customXml/_rels/item[0-9]{1,2}\.xml\.rels"
)
_ENCODING = re.compile(r"""<\?xml[^>]*encoding\s*=\s*["']([^"']*)["']""")
_RELATIONSHIP = re.compile(r"<(?:[A-Za-z]+:)?Relationship\b[^>]*>")
_LINK = re.compile(rb"<(?:[A-Za-z]+:)?hyperlink\b")
_DRAWN = re.compile(rb"<(?:[A-Za-z]+:)?(?:absolute|oneCell|twoCell)Anchor\b")
_DRAWINGS = "xl/drawings/"
_ENCRYPTED = 0x1


def checked(body: bytes) -> io.BytesIO:
    """Return the package for reading, once it has passed. Raises MalformedError and UnsupportedError."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            _check_parts(package.infolist())
            tags = 0
            for part in package.infolist():
                content = package.read(part)
                tags += content.count(b"<")
                if tags > MAX_TAGS:
                    raise MalformedError("", "too_large")
                if part.filename.endswith((".xml", ".rels")):
                    _check_xml(part.filename, content)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        pass
    else:
        return io.BytesIO(body)
    raise MalformedError("", "xlsx")


def left_out(package: io.BytesIO) -> tuple[str, ...]:
    """Return what stands beside the cells of a package that has passed and is not read, as paths of a loss report."""
    with zipfile.ZipFile(package) as opened:
        parts = [(part.filename, opened.read(part)) for part in opened.infolist() if part.filename.endswith(".xml")]
    linked = any(_LINK.search(content) for _, content in parts)
    drawn = any(name.startswith(_DRAWINGS) and _DRAWN.search(content) for name, content in parts)
    return (*(["/sheets/*/hyperlinks"] if linked else []), *(["/sheets/*/drawings"] if drawn else []))


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_TOTAL:
        raise MalformedError("", "too_large")
    names = {part.filename.casefold() for part in parts}
    if len(names) != len(parts):
        raise MalformedError("", "xlsx")
    for part in parts:
        if part.file_size > MAX_PART:
            raise MalformedError("", "too_large")
        if part.flag_bits & _ENCRYPTED or part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise UnsupportedError("", "xlsx_compression")
        if _PARTS.fullmatch(part.filename) is None:
            raise UnsupportedError("", "xlsx_part")


def _check_xml(name: str, content: bytes) -> None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\x00"
    declared = _ENCODING.match(text.lstrip())
    if "\x00" in text or (declared is not None and declared[1].lower() != "utf-8"):
        raise MalformedError("", "xlsx_encoding")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise MalformedError("", "dtd")
    if "macroEnabled" in text and name == "[Content_Types].xml":
        raise UnsupportedError("", "xlsx_part")
    if name.endswith(".rels") and any(_leads_out(relationship) for relationship in _RELATIONSHIP.findall(text)):
        raise UnsupportedError("", "xlsx_link")


def _leads_out(relationship: str) -> bool:
    """A link in a cell may lead anywhere: nobody follows it."""
    return "External" in relationship and "/hyperlink" not in relationship
