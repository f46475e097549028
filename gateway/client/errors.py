"""What can go wrong between an agency's system and the gateway, as exceptions with codes, pointers and rules.

Never a value from the data: whatever is raised here may be logged as it stands.
"""

from dataclasses import dataclass
from typing import ClassVar

from gateway.core.errors import GatewayError


class ClientError(GatewayError):
    """The root of everything this package raises."""


class MisconfiguredError(ClientError):
    """A key, an address or a certificate that this program was started with cannot be used."""


class NoAnswerError(ClientError):
    """Nothing came back, however often it was asked; whether it was done is not known.

    Ask again with `key` and the same bytes: what was done is then answered, and nothing is done twice.
    """

    def __init__(self, key: str | None) -> None:
        super().__init__("the gateway gave no answer")
        self.key = key


class NotUnderstoodError(ClientError):
    """An answer came that is none of the gateway's: a proxy between may have made it. `where` is a member or header."""

    def __init__(self, status: int, where: str) -> None:
        super().__init__(f"status {status}: {where}")
        self.status = status
        self.where = where


class UnprovenError(ClientError):
    """What should prove something proves nothing: a seal, a signature, a receipt or a webhook."""


class SignInRefusedError(ClientError):
    """The token endpoint gave no token. `code` is OAuth's (RFC 6749 section 5.2), and by design it says no more."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was sent: where (a JSON pointer, a path or a header's name), and against which rule."""

    pointer: str
    rule: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a refusal: a code, the rule of docs/rules.md, and a sentence to show to a person."""

    code: str
    rule: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a problem says (RFC 9457); `retry_after` is in seconds, where the gateway said when to come back."""

    status: int
    code: str
    faults: tuple[Fault, ...] = ()
    reasons: tuple[Reason, ...] = ()
    decision_id: str | None = None
    retry_after: float | None = None


class ProblemError(ClientError):
    """The gateway said no, and why. Each kind of no below says what to do about it."""

    codes: ClassVar[frozenset[str]] = frozenset()
    statuses: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, told: Told) -> None:
        where = "".join(f", {fault.pointer}: {fault.rule}" for fault in told.faults[:1])
        super().__init__(f"{told.status} {told.code}{where}")
        self.told = told

    @property
    def code(self) -> str:
        """The problem's code, which is the end of its type."""
        return self.told.code


class NotAuthenticatedError(ProblemError):
    """401: the token was taken back, or this client's key is not registered any more."""

    statuses = frozenset({401})


class RefusedError(ProblemError):
    """403 refused: a decision, with reasons. Asking again or elsewhere does not change it, and is counted (A-06)."""

    codes = frozenset({"refused"})


class NotAllowedError(ProblemError):
    """403: the client has no such scope; a person registers those."""

    statuses = frozenset({403})


class NotFoundError(ProblemError):
    """404: there is no such thing, or it is somebody else's; which of the two is never told."""

    statuses = frozenset({404})


class PreviewDiffersError(ProblemError):
    """409: what would be sent is not what was shown to her (M-13). Show her again."""

    codes = frozenset({"preview_differs"})


class ConflictError(ProblemError):
    """409, 412, 428: it has moved on since you looked."""

    statuses = frozenset({409, 412, 428})


class KeyReusedError(ProblemError):
    """422: another body came under this Idempotency-Key before. A new request needs a new key."""

    codes = frozenset({"idempotency_key_reused"})


class DocumentError(ProblemError):
    """400, 406, 413, 415, 416, 422: what was sent is wrong; `told.faults` say where and against which rule."""

    statuses = frozenset({400, 405, 406, 413, 415, 416, 422, 431})


class BusyError(ProblemError):
    """429, 503 and the like, after every retry: come back after `told.retry_after` seconds."""

    statuses = frozenset({429, 502, 503, 504})


class ServerFaultError(ProblemError):
    """500: a defect of the gateway. It was logged there; repeating the same request is safe and seldom helps."""

    statuses = frozenset({500})


_KINDS: tuple[type[ProblemError], ...] = (
    RefusedError,
    PreviewDiffersError,
    KeyReusedError,
    NotAuthenticatedError,
    NotAllowedError,
    NotFoundError,
    ConflictError,
    DocumentError,
    BusyError,
    ServerFaultError,
)


def problem(told: Told) -> ProblemError:
    """Return the kind of no this is: by its code, else by its status; a status of no kind is a plain ProblemError."""
    by_code = (kind for kind in _KINDS if told.code in kind.codes)
    by_status = (kind for kind in _KINDS if told.status in kind.statuses)
    return next(by_code, next(by_status, ProblemError))(told)
