"""Reads a native document and its supplement from one request (multipart/related, RFC 2387).

Exactly two parts, root first.
"""

from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser

from gateway.web.problems import BadRequestError

SUPPLEMENT = "application/vnd.referral-gateway.supplement+json"
_PARTS = 2
_LARGEST_HEADERS = 1024


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
        if len(self._name) + len(self._value) > _LARGEST_HEADERS or len(self.parts[-1].headers) > _PARTS:
            raise _bad("headers")
        self.parts[-1].headers[self._name.decode("latin-1").lower()] = self._value.decode("latin-1").strip()
        self._name.clear()
        self._value.clear()

    def data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].body += data[start:end]

    def end(self) -> None:
        self.ended = True


def related(body: bytes, content_type: str) -> Related:
    """Split the body. Raises BadRequestError (400) for anything but two parts of the right kinds."""
    reading = _Reading()
    parser = MultipartParser(
        _boundary(content_type),
        callbacks={
            "on_part_begin": reading.begin,
            "on_header_field": reading.header_name,
            "on_header_value": reading.header_value,
            "on_header_end": reading.header_end,
            "on_part_data": reading.data,
            "on_end": reading.end,
        },
    )
    try:
        parser.write(body)
        parser.finalize()
    except MultipartParseError:
        raise _bad("malformed") from None
    if not reading.ended or len(reading.parts) != _PARTS:
        raise _bad("parts")
    root, supplement = reading.parts
    if supplement.headers.get("content-type", "").partition(";")[0].strip().lower() != SUPPLEMENT:
        raise _bad("supplement_media_type")
    if any(
        part.headers.get("content-transfer-encoding", "binary").lower() not in {"binary", "8bit"}
        for part in reading.parts
    ):
        raise _bad("transfer_encoding")
    return Related(bytes(root.body), root.headers.get("content-type", ""), bytes(supplement.body))


def _boundary(content_type: str) -> bytes:
    message = Message()
    message["content-type"] = content_type
    boundary = message.get_param("boundary")
    if not isinstance(boundary, str) or not 1 <= len(boundary) <= 70 or not boundary.isascii():  # noqa: PLR2004 - RFC 2046 5.1.1
        raise _bad("boundary")
    return boundary.encode()


def _bad(rule: str) -> BadRequestError:
    return BadRequestError(HTTPStatus.BAD_REQUEST, "multipart/related", rule)
