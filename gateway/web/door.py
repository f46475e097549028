"""What every endpoint does first: who asks, may they, how much do they send.

And last: use up the proof of a request that fails.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.sdk.errors import AdapterError
from gateway.core.access.scopes import Scope
from gateway.core.access.token_details import OutsideDetailsError
from gateway.core.acknowledgements import Answering
from gateway.core.answers import NotFresh
from gateway.core.callers import CERTIFICATES, Caller, ScopeMissingError
from gateway.core.cases.child_clock import ChildClock
from gateway.core.cases.desk import CaseDesk
from gateway.core.cases.overrides import Overrides
from gateway.core.cases.rights import CaseRefusedError
from gateway.core.confirm import UseProof
from gateway.core.consents.desk import Desk
from gateway.core.consents.documents import ConsentRefusedError
from gateway.core.consents.introductions import Introductions
from gateway.core.consents.papers import ConsentPapers
from gateway.core.delivery.attachments import Attachments
from gateway.core.dispatch import Dispatch
from gateway.core.erasure.erasing import Erasures
from gateway.core.exchange import Exchange
from gateway.core.explaining import Explaining
from gateway.core.limits import Limits
from gateway.core.ports import Recorder
from gateway.core.previewing import Previews
from gateway.core.records.notice_records import Notices
from gateway.core.room.capacity import Capacity, CapacityRefusedError
from gateway.core.statistics.releases import Releases
from gateway.core.tracking import Tracking
from gateway.core.versions import VersionRefusedError
from gateway.logs import WHY
from gateway.web.headers import require_plain, require_tags
from gateway.web.problems import BadRequestError, of_document, problem
from schemas.decoding import decode_json
from schemas.documents import Document
from schemas.errors import SchemaViolationError

Wrong = (
    *(AdapterError, SchemaViolationError, BadRequestError, ConsentRefusedError, CaseRefusedError),
    *(CapacityRefusedError, ScopeMissingError, OutsideDetailsError, VersionRefusedError),
)
"""What a request that is the sender's fault raises."""

_DIGITS_OF_A_LENGTH = 15
_JSON = "application/json"
_Answer = TypeVar("_Answer", bound=Response)


class Verifier(Protocol):
    """Who sent a request (`gateway.oauth.verifier.Verifier`)."""

    def verify(
        self,
        authorization: Sequence[str],
        dpop: Sequence[str],
        method: str,
        path: str,
        certificates: Sequence[str] = (),
    ) -> Caller:
        """Return the caller. Raises CallerRefusedError."""
        ...

    def fresh_nonce(self) -> str:
        """Return the newest nonce, for the DPoP-Nonce header of an answer."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """The line, as the endpoints reach it. `largest_body` is in bytes."""

    verifier: Verifier
    exchange: Exchange
    previews: Previews
    explaining: Explaining
    dispatch: Dispatch
    answering: Answering
    desk: Desk
    papers: ConsentPapers
    cases: CaseDesk
    capacity: Capacity
    children: ChildClock
    releases: Releases
    overrides: Overrides
    introductions: Introductions
    tracking: Tracking
    attachments: Attachments
    recorder: Recorder
    notices: Notices
    erasures: Erasures
    limits: Limits
    largest_body: int

    async def answered(
        self,
        request: Request,
        scope: Scope | tuple[Scope, ...],
        work: Callable[[Caller], Awaitable[_Answer]],
        query: frozenset[str] = frozenset(),
    ) -> _Answer | JSONResponse:
        """Do the work for a caller who may ask for it; when the request turns out to be wrong, use up its proof first.

        Of several scopes one will do. A query parameter that is not in `query` is refused: a mistyped one would be
        ignored, and a reference to a person does not belong in a URL (P-02). Raises CallerRefusedError.
        """
        caller = self._caller(request)
        try:
            caller.require(*((scope,) if isinstance(scope, Scope) else scope))
            if not request.query_params.keys() <= query:
                raise BadRequestError(HTTPStatus.BAD_REQUEST, "query", "unknown_parameter")
            require_tags(request.headers)  # Found out behind a look that used up the proof, it would be a used proof.
            response: _Answer | JSONResponse = await work(caller)
        except Wrong as error:
            not_fresh = await self.recorder.record(UseProof(caller))
            response = of_document(error) if not_fresh is None else self.not_fresh(not_fresh)
        if response.status_code == HTTPStatus.UNAUTHORIZED:  # Whoever shows a used proof may have stolen it (ADR 0083).
            self.limits.not_of_client(caller.client_id)
            request.scope[WHY] = _why_not_fresh(response)
        response.headers["DPoP-Nonce"] = self.verifier.fresh_nonce()
        return in_the_scheme_used(response, request)

    async def body(self, request: Request) -> bytes:
        """Read the body, and never more of it than allowed. Raises BadRequestError (413, 415)."""
        require_plain(request.headers)
        declared = request.headers.get("content-length", "0")
        readable = declared.isascii() and declared.isdecimal() and len(declared) <= _DIGITS_OF_A_LENGTH
        if not readable or int(declared) > self.largest_body:
            raise BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Content-Length", "too_large")
        chunks: list[bytes] = []
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > self.largest_body:
                raise BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body", "too_large")
            chunks.append(chunk)
        return b"".join(chunks)

    async def document(self, request: Request) -> Document:
        """Read a body of JSON. Raises BadRequestError (413, 415) or SchemaViolationError."""
        kind = request.headers.get("content-type", _JSON).partition(";")[0].strip().lower()
        if kind != _JSON and not kind.endswith("+json"):
            raise BadRequestError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type", "media_type")
        return decode_json(await self.body(request))

    async def read(self, caller: Caller) -> JSONResponse | None:
        """Use up the proof of a request that only reads; an answer when it was not fresh."""
        not_fresh = await self.recorder.record(UseProof(caller))
        return None if not_fresh is None else self.not_fresh(not_fresh)

    def not_fresh(self, outcome: NotFresh) -> JSONResponse:
        """401 for a proof that was used before, or a client or token that was taken back meanwhile."""
        code = "invalid_token" if outcome.revoked else "invalid_dpop_proof"
        return problem(401, code, headers={"WWW-Authenticate": f'DPoP error="{code}"'})

    def _caller(self, request: Request) -> Caller:
        """Return who asks. The path is the one that was routed: a URL is put together from the Host header too."""
        headers, scope = request.headers, request.scope
        shown = headers.getlist("authorization"), headers.getlist("dpop")
        caller = self.verifier.verify(*shown, request.method, scope["path"], scope.get(CERTIFICATES, ()))
        self.limits.of_client(caller.client_id)
        return caller


def in_the_scheme_used(response: _Answer, request: Request) -> _Answer:
    """Challenge whoever came with Bearer (a certificate, SMART) in that scheme: it has no key to prove with."""
    challenge = response.headers.get("www-authenticate", "")
    if challenge and request.headers.get("authorization", "").partition(" ")[0].lower() == "bearer":
        response.headers["www-authenticate"] = challenge.replace("DPoP ", "Bearer ", 1)
    return response


def _why_not_fresh(response: Response) -> str:
    """Say for logs and figures why a caller proved nothing after all, in the words of `gateway.oauth.errors.Why`."""
    return "revoked" if "invalid_token" in response.headers.get("www-authenticate", "") else "replayed"
