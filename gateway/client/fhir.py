"""The FHIR endpoint, for systems that speak HL7 FHIR R4 and nothing else (docs/fhir-endpoint.md)."""

import json
import re
from typing import Final

from gateway.client.answers import Answer
from gateway.client.errors import NotUnderstoodError
from gateway.client.line import Asked, Line
from schemas.documents import Document

_MEDIA_TYPE: Final = "application/fhir+json"
_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")


class Fhir:
    """Posts Bundles and follows their Tasks; identifiers in the documents make a repetition the same request."""

    def __init__(self, line: Line) -> None:
        """Speak over that line."""
        self._line = line

    def process_message(self, bundle: Document) -> Document:
        """Send a referral as a message Bundle, or take one back. Raises ProblemError (RefusedError for a no)."""
        return self._written("POST", "/fhir/$process-message", bundle).accepted()

    def transaction(self, bundle: Document) -> Document:
        """Send a referral as a transaction Bundle. Raises ProblemError (RefusedError for a no)."""
        return self._written("POST", "/fhir", bundle).accepted()

    def create_task(self, task: Document) -> Document:
        """Send a referral as one Task that contains what it is about. Raises ProblemError (RefusedError for a no)."""
        return self._written("POST", "/fhir/Task", task).accepted()

    def consent(self, resource: Document) -> Document:
        """Record what a person agreed to. Raises ProblemError."""
        return self._written("POST", "/fhir/Consent", resource).accepted()

    def task(self, task: str) -> Document:
        """Read how one referral stands. Raises ProblemError."""
        return self._line.ask(Asked("GET", f"/fhir/Task/{_named(task)}")).accepted()

    def tasks(self, **search: str) -> Document:
        """Search by what every result shows; a searchset Bundle. Raises ProblemError."""
        return self._line.ask(Asked("GET", "/fhir/Task", query=search)).accepted()

    def put_task(self, task: Document) -> Document:
        """Answer a referral, or cancel one. Raises ProblemError."""
        return self._written("PUT", f"/fhir/Task/{_named(str(task.get('id', '')))}", task).accepted()

    def _written(self, method: str, path: str, resource: Document) -> Answer:
        headers = {"Content-Type": _MEDIA_TYPE, "Accept": _MEDIA_TYPE}
        return self._line.ask(Asked(method, path, json.dumps(resource).encode(), headers))


def _named(task: str) -> str:
    if _ID.fullmatch(task) is None:
        raise NotUnderstoodError(0, "Task.id")
    return task
