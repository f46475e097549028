"""Many referrals in one request, one on each line (NDJSON), and what became of each. None is ever sent twice.

Each has an Idempotency-Key of its own, so a request that was cut is sent again whole, and so is whatever is in doubt.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import httpx

from gateway.client.answers import Answer, count
from gateway.client.errors import NoAnswerError, NotUnderstoodError, ProblemError
from gateway.client.line import Asked, Line
from gateway.client.referring import CANONICAL, Referral, Route, referral_of
from schemas.documents import Document

AT_ONCE: Final = 100
"""Lines in one request: the gateway takes a thousand, but answers when the last is done, and a no takes its time."""

_PATH: Final = "/v1/referrals/bulk"
_NDJSON: Final = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Sending:
    """One referral of many, as `Client.refer` takes one."""

    document: bytes | Document = field(repr=False)
    route: Route
    media_type: str = CANONICAL
    supplement: Document | None = field(default=None, repr=False)
    key: str = ""
    """Its Idempotency-Key; drawn where there is none."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one: the referral, or the error that `Client.refer` would have raised.

    `sending` has the key it was sent under. Where `told` is a BusyError or a NoAnswerError, send it again as it stands.
    """

    sending: Sending
    told: Referral | ProblemError | NoAnswerError

    def referral(self) -> Referral:
        """Return the referral. Raises what `Client.refer` raises."""
        if isinstance(self.told, Referral):
            return self.told
        raise self.told


def outcomes(line: Line, sendings: Iterable[Sending]) -> Iterator[Outcome]:
    """Send all of these, which have keys, so many at once, and yield what became of each, in order.

    Raises what is wrong with a request as a whole: ProblemError where this client may send nothing,
    SignInRefusedError, NotUnderstoodError.
    """
    waiting = iter(sendings)
    while together := tuple(islice(waiting, AT_ONCE)):
        yield from _sent(line, together)


def _sent(line: Line, together: Sequence[Sending]) -> Iterator[Outcome]:
    body = b"".join(json.dumps(_written(one)).encode() + b"\n" for one in together)
    try:
        answer = line.ask(Asked("POST", _PATH, body, {"Content-Type": _NDJSON}))
    except NoAnswerError:
        yield from (Outcome(one, NoAnswerError(one.key)) for one in together)
        return
    answer.require()
    told = answer.content.splitlines()
    if len(told) != len(together):
        raise NotUnderstoodError(answer.status, "lines")
    for number, (one, said) in enumerate(zip(together, told, strict=True), start=1):
        yield Outcome(one, _told(answer, said, number))


def _written(one: Sending) -> dict[str, object]:
    """Write one line: a document that is no JSON travels as base64, byte for byte."""
    headers = {"Content-Type": one.media_type, "Idempotency-Key": one.key, **one.route.headers()}
    given = one.document
    document = {"body": b64encode(given).decode()} if isinstance(given, bytes) else {"document": given}
    return {"headers": headers, **document, **({} if one.supplement is None else {"supplement": one.supplement})}


def _told(answer: Answer, said: bytes, number: int) -> Referral | ProblemError:
    """Read what was told of one line as if it had been told of it alone. Raises NotUnderstoodError."""
    line = Answer(answer.status, httpx.Headers(), said).document()
    alone = line.get("answer")
    if count(answer.status, line, "line") != number or not isinstance(alone, Mapping):
        raise NotUnderstoodError(answer.status, "line")
    try:
        return referral_of(Answer(count(answer.status, line, "status"), httpx.Headers(), json.dumps(alone).encode()))
    except ProblemError as error:
        return error
