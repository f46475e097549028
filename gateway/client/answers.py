"""What the gateway answers: the raw answer, and how a problem and its members are read from it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx

from gateway.client.errors import Fault, NotUnderstoodError, ProblemError, Reason, Told, problem
from schemas.documents import Document, Json

_FIRST_NO: Final = 400
_OUTCOME: Final = "OperationOutcome"
_PROBLEM: Final = "urn:referral-gateway:problem"
_RULE: Final = "urn:referral-gateway:rule"
_REASON: Final = "urn:referral-gateway:reason"
_REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, as it came."""

    status: int
    headers: httpx.Headers
    content: bytes = field(repr=False)

    @classmethod
    def of(cls, response: httpx.Response) -> "Answer":
        """Take a response that was read."""
        return cls(response.status_code, response.headers, response.content)

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait (RFC 9110 section 10.2.3), where the answer says so."""
        said = self.headers.get("Retry-After", "")
        return float(said) if said.isascii() and said.isdecimal() else None

    @property
    def challenge(self) -> str:
        """What is asked of whoever was not recognised (RFC 9110 section 11.6.1)."""
        return str(self.headers.get("WWW-Authenticate", ""))

    def document(self) -> Document:
        """Read the body as a JSON object. Raises NotUnderstoodError."""
        try:
            told = json.loads(self.content)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, Mapping):
            raise NotUnderstoodError(self.status, "body")
        return told

    def accepted(self) -> Document:
        """Return the body of a yes. Raises ProblemError for a no, NotUnderstoodError for what is neither."""
        self.require()
        return self.document()

    def require(self) -> None:
        """Raise ProblemError unless this is a yes."""
        if self.status >= _FIRST_NO:
            raise self.problem()

    def problem(self) -> ProblemError:
        """Return the no this is, whether it was said as a problem or as an OperationOutcome."""
        try:
            told = self.document()
        except NotUnderstoodError:
            return problem(Told(self.status, "", retry_after=self.retry_after))
        if told.get("resourceType") == _OUTCOME:
            return problem(_of_outcome(self.status, told, self.retry_after))
        faults = tuple(Fault(_text(one, "pointer"), _text(one, "rule")) for one in _objects(told, "errors"))
        reasons = tuple(
            Reason(_text(one, "code"), _text(one, "rule"), _text(one, "sentence")) for one in _objects(told, "reasons")
        )
        decision = _text(told, "decision_id") or None
        return problem(Told(self.status, _text(told, "code"), faults, reasons, decision, self.retry_after))


def _of_outcome(status: int, told: Document, retry_after: float | None) -> Told:
    """Read an OperationOutcome: each issue is a fault in what was sent, a reason of a refusal, or the problem alone."""
    codes: list[str] = []
    faults: list[Fault] = []
    reasons: list[Reason] = []
    for issue in _objects(told, "issue"):
        coded = _coded(issue)
        rule, said = coded.get(_RULE, ""), _text(issue, "diagnostics")
        if _REASON in coded:
            reasons.append(Reason(coded[_REASON], rule, said))
        elif rule:
            faults.append(Fault(_expression(issue) or said, rule))
        codes.append(coded.get(_PROBLEM, ""))
    code = next(filter(None, codes), _REFUSED if reasons else "")
    return Told(status, code, tuple(faults), tuple(reasons), _text(told, "id") or None, retry_after)


def _coded(issue: Document) -> dict[str, str]:
    details = issue.get("details")
    codings = _objects(details, "coding") if isinstance(details, Mapping) else ()
    return {_text(coding, "system"): _text(coding, "code") for coding in codings}


def _expression(issue: Document) -> str:
    places = issue.get("expression")
    return str(places[0]) if isinstance(places, list) and places else ""


def text(status: int, document: Document, name: str) -> str:
    """Return a member that must be text. Raises NotUnderstoodError."""
    member = document.get(name)
    if not isinstance(member, str):
        raise NotUnderstoodError(status, name)
    return member


def texts(status: int, document: Document, name: str) -> tuple[str, ...]:
    """Return a member that must be a list of texts. Raises NotUnderstoodError."""
    member = document.get(name)
    if not isinstance(member, list) or not all(isinstance(one, str) for one in member):
        raise NotUnderstoodError(status, name)
    return tuple(str(one) for one in member)


def objects(status: int, document: Document, name: str) -> tuple[Document, ...]:
    """Return a member that must be a list of objects. Raises NotUnderstoodError."""
    member = document.get(name)
    if not isinstance(member, list) or not all(isinstance(one, Mapping) for one in member):
        raise NotUnderstoodError(status, name)
    return _objects(document, name)


def flag(status: int, document: Document, name: str) -> bool:
    """Return a member that must be true or false. Raises NotUnderstoodError."""
    member = document.get(name)
    if not isinstance(member, bool):
        raise NotUnderstoodError(status, name)
    return member


def count(status: int, document: Document, name: str) -> int:
    """Return a member that must be a whole number. Raises NotUnderstoodError."""
    member = document.get(name)
    if not isinstance(member, int) or isinstance(member, bool):
        raise NotUnderstoodError(status, name)
    return member


def _text(document: Document, name: str) -> str:
    member: Json = document.get(name)
    return member if isinstance(member, str) else ""


def _objects(document: Document, name: str) -> tuple[Document, ...]:
    member = document.get(name)
    return tuple(one for one in member if isinstance(one, Mapping)) if isinstance(member, list) else ()
