"""What every endpoint does first: who asks, may they, how much do they send.

And last: use up the proof of a request that fails.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse

from adapters.sdk.errors import AdapterError
from gateway.core.acknowledgements import Answering
from gateway.core.answers import NotFresh
from gateway.core.callers import Caller
from gateway.core.confirm import UseProof
from gateway.core.consent_documents import ConsentRefusedError
from gateway.core.desk import Desk
from gateway.core.dispatch import Dispatch
from gateway.core.exchange import Exchange
from gateway.core.ports import Recorder
from gateway.core.scopes import Scope
from gateway.core.tracking import Tracking
from gateway.web.problems import BadRequestError, of_document, problem
from schemas.errors import SchemaViolationError

Wrong = (AdapterError, SchemaViolationError, BadRequestError, ConsentRefusedError)
"""What a request that is the sender's fault raises."""


class Verifier(Protocol):
    """Who sent a request (`gateway.oauth.verifier.Verifier`)."""

    def verify(self, authorization: Sequence[str], dpop: Sequence[str], method: str, path: str) -> Caller:
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
    dispatch: Dispatch
    answering: Answering
    desk: Desk
    tracking: Tracking
    recorder: Recorder
    largest_body: int

    def caller(self, request: Request, scope: Scope) -> Caller:
        """Return who asks. Raises CallerRefusedError or ScopeMissingError."""
        headers = request.headers
        caller = self.verifier.verify(
            headers.getlist("authorization"), headers.getlist("dpop"), request.method, request.url.path
        )
        caller.require(scope)
        return caller

    async def body(self, request: Request) -> bytes:
        """Read the body, and never more of it than allowed. Raises BadRequestError (413)."""
        declared = request.headers.get("content-length")
        if declared is not None and (not declared.isdecimal() or int(declared) > self.largest_body):
            raise BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Content-Length", "too_large")
        chunks: list[bytes] = []
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > self.largest_body:
                raise BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body", "too_large")
            chunks.append(chunk)
        return b"".join(chunks)

    async def answered(self, caller: Caller, work: Callable[[], Awaitable[JSONResponse]]) -> JSONResponse:
        """Do the work; when the request turns out to be wrong, use up its proof before saying so."""
        try:
            response = await work()
        except Wrong as error:
            not_fresh = await self.recorder.record(UseProof(caller))
            response = of_document(error) if not_fresh is None else self.not_fresh(not_fresh)
        response.headers["DPoP-Nonce"] = self.verifier.fresh_nonce()
        return response

    async def read(self, caller: Caller) -> JSONResponse | None:
        """Use up the proof of a request that only reads; an answer when it was not fresh."""
        not_fresh = await self.recorder.record(UseProof(caller))
        return None if not_fresh is None else self.not_fresh(not_fresh)

    def not_fresh(self, outcome: NotFresh) -> JSONResponse:
        """401 for a proof that was used before, or a client or token that was taken back meanwhile."""
        code = "invalid_token" if outcome.revoked else "invalid_dpop_proof"
        return problem(401, code, headers={"WWW-Authenticate": f'DPoP error="{code}"'})
