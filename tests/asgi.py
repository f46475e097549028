"""One request to an ASGI application, as a server would hand it over, and the answer as it was sent: byte by byte."""

import json
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.types import Message

from schemas.documents import Json


@dataclass(frozen=True)
class Answer:
    """What came back: header names are lower case, values as sent, in order."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    request_id: str = ""
    """Of its own for every answer, so it stands apart from the headers that tests compare."""

    def header(self, name: str) -> str | None:
        """Return the one value of a header; None where it is missing."""
        values = [value for found, value in self.headers if found == name]
        assert len(values) <= 1, f"{name} stands more than once"
        return values[0] if values else None

    @property
    def json(self) -> dict[str, Json]:
        """The body as a JSON object."""
        decoded = json.loads(self.body)
        assert isinstance(decoded, dict)
        return decoded

    @property
    def code(self) -> Json:
        """The code of a problem; it must be one in every respect (RFC 9457)."""
        assert self.header("content-type") == "application/problem+json"
        assert self.json["status"] == self.status
        assert self.json["type"] == f"urn:referral-gateway:problem:{self.json['code']}"
        return self.json["code"]

    @property
    def faults(self) -> list[tuple[str, str]]:
        """(pointer, rule) of every fault of a problem."""
        errors = self.json.get("errors", [])
        assert isinstance(errors, list)
        return [(error["pointer"], error["rule"]) for error in errors]


async def exchanged(
    app: FastAPI, method: str, path: str, query: str, headers: list[tuple[bytes, bytes]], chunks: list[bytes]
) -> Answer:
    """Speak ASGI as a server does; whatever leaves the application fails the test."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8470),
    }
    waiting = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks[:-1]]
    waiting.append({"type": "http.request", "body": chunks[-1] if chunks else b"", "more_body": False})
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *parts = sent
    found = tuple((name.decode(), value.decode("latin-1")) for name, value in start["headers"])
    [drawn] = [value for name, value in found if name == "request-id"]
    told = tuple((name, value) for name, value in found if name != "request-id")
    return Answer(start["status"], told, b"".join(part.get("body", b"") for part in parts), drawn)
