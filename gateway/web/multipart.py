"""Reads a native document and its supplement from one request (multipart/related, RFC 2387).

Exactly two parts, root first, and nothing around them. The bytes of a part come out as they went in.
"""

import logging
import re
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser

from adapters.sdk.contract import Inbound
from gateway.web.problems import BadRequestError

FORM_DATA = "multipart/form-data"
SUPPLEMENT = "application/vnd.referral-gateway.supplement+json"
_PARTS = 2
_MOST_HEADERS = 8
_LARGEST_HEADER = 1024
_LONGEST_MEDIA_TYPE = 1024
"""Characters of a Content-Type that are looked at: Python's own reader of parameters takes ages over long ones."""
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")  # RFC 2046, section 5.1.1
_UNENCODED = frozenset({"binary", "8bit", "7bit"})


@dataclass(frozen=True, slots=True)
class Related:
    """The root part with its media type, and the supplement."""

    body: bytes
    media_type: str
    supplement: bytes


@dataclass(slots=True)
class _Part:
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)


class _Reading:
    """Gathers parts as the parser finds them."""

    def __init__(self) -> None:
        self.parts: list[_Part] = []
        self.ended = False
        self._name = bytearray()
        self._value = bytearray()

    def begin(self) -> None:
        self.parts.append(_Part())

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        name, value = self._name.decode("latin-1").lower(), self._value.decode("latin-1").strip()
        if name in self.parts[-1].headers or not (value.isascii() and value.isprintable()):
            raise _bad("headers")  # Of two equal ones each reader would take another; a line end would begin a third.
        self.parts[-1].headers[name] = value
        self._name.clear()
        self._value.clear()

    def data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].body += data[start:end]

    def end(self) -> None:
        self.ended = True


def related(body: bytes, content_type: str) -> Related:
    """Split the body. Raises BadRequestError (400) for anything but two parts of the right kinds."""
    return _of(_read(body, content_type, _PARTS))


def file_in(body: bytes, content_type: str) -> Inbound:
    """Return the one file of a form (multipart/form-data, RFC 7578); its name says nothing and is not read."""
    [part] = _read(body, content_type, 1).parts
    if part.headers.get("content-transfer-encoding", "binary").lower() not in _UNENCODED:
        raise _bad("transfer_encoding")
    return Inbound(bytes(part.body), part.headers.get("content-type", ""))


def _read(body: bytes, content_type: str, count: int) -> _Reading:
    """Find exactly so many parts. Raises BadRequestError."""
    boundary, reading = _boundary(content_type), _Reading()
    # What stands before the first part, after the end or behind an early end, only some readers would see.
    framed, delimiter = b"\r\n" + body.strip(b"\r\n"), b"\r\n--" + boundary
    if not (framed.startswith(delimiter) and framed.endswith(boundary + b"--")):
        raise _bad("parts")
    parser = MultipartParser(
        boundary,
        callbacks={
            "on_part_begin": reading.begin,
            "on_header_field": reading.header_name,
            "on_header_value": reading.header_value,
            "on_header_end": reading.header_end,
            "on_part_data": reading.data,
            "on_end": reading.end,
        },
        max_header_count=_MOST_HEADERS,
        max_header_size=_LARGEST_HEADER,
    )
    parser.logger = logging.getLogger(__name__)
    parser.logger.disabled = True  # The library logs the character it stumbles over, which may be one of hers.
    try:
        parser.write(body)
        parser.finalize()
    except MultipartParseError:
        raise _bad("malformed") from None
    if not reading.ended or len(reading.parts) != count or framed.count(delimiter) != count + 1:
        raise _bad("parts")
    return reading


def _of(reading: _Reading) -> Related:
    root, supplement = reading.parts
    if supplement.headers.get("content-type", "").partition(";")[0].strip().lower() != SUPPLEMENT:
        raise _bad("supplement_media_type")
    if any(part.headers.get("content-transfer-encoding", "binary").lower() not in _UNENCODED for part in reading.parts):
        raise _bad("transfer_encoding")
    return Related(bytes(root.body), root.headers.get("content-type", ""), bytes(supplement.body))


def _boundary(content_type: str) -> bytes:
    if len(content_type) > _LONGEST_MEDIA_TYPE:
        raise _bad("boundary")
    message = Message()
    message["content-type"] = content_type
    boundary = message.get_param("boundary")
    if [name.lower() for name, _ in message.get_params(())].count("boundary") > 1:
        raise _bad("boundary")  # Of two, each reader would take another.
    if not isinstance(boundary, str) or _BOUNDARY.fullmatch(boundary) is None:
        raise _bad("boundary")
    return boundary.encode()


def _bad(rule: str) -> BadRequestError:
    return BadRequestError(HTTPStatus.BAD_REQUEST, "multipart/related", rule)
