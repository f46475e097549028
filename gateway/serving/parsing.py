"""httptools' parser for a server that stays with HTTP/1.1: a request to switch is read as if it did not ask.

A server may ignore Upgrade (RFC 9110 section 7.8). httptools takes it for granted: it ends the message at its head and
leaves the body, and whatever came after it, to another protocol. Java's own client asks for h2c with its first request.
"""

from typing import Final, Protocol

import httptools

_UPGRADE: Final = b"upgrade"


class Listener(Protocol):
    """Who is told what is parsed; httptools looks for its further methods by their names."""

    url: bytes
    headers: list[tuple[bytes, bytes]]


class PlainParser:
    """Parses the requests of one connection; `switching` while a head is read that will be read again without it."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._parser = _made(listener)

    @property
    def switching(self) -> bool:
        """Whether the head that is complete now asks to switch: what is told of it is not yet the request."""
        return self._parser.should_upgrade()

    def should_upgrade(self) -> bool:
        """Say that nothing switches."""
        return False

    def should_keep_alive(self) -> bool:
        """Tell whether another request may follow on the connection."""
        return self._parser.should_keep_alive()

    def get_http_version(self) -> str:
        """Return the version of the request, as "1.1"."""
        return self._parser.get_http_version()

    def get_method(self) -> bytes:
        """Return the method of the request."""
        return self._parser.get_method()

    def feed_data(self, data: bytes) -> None:
        """Parse what came. Raises `httptools.HttpParserError`."""
        rest = memoryview(data)
        while True:
            try:
                self._parser.feed_data(rest)
            except httptools.HttpParserUpgrade as asked:
                head, rest = self._head(), rest[asked.args[0] :]
                self._parser = _made(self._listener)
                self._parser.feed_data(head)
            else:
                return

    def _head(self) -> bytes:
        """Write the head again as it was read, without what asked to switch."""
        version = self._parser.get_http_version().encode("ascii")
        lines = [self._parser.get_method() + b" " + self._listener.url + b" HTTP/" + version]
        lines += [name + b": " + value for name, value in self._listener.headers if name != _UPGRADE]
        return b"\r\n".join((*lines, b"", b""))


def _made(listener: Listener) -> httptools.HttpRequestParser:
    parser = httptools.HttpRequestParser(listener)
    # As uvicorn has it: what follows a request that asks to close is dropped, and is no error.
    parser.set_dangerous_leniencies(lenient_data_after_close=True)
    return parser
