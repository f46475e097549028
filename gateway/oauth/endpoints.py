"""The routes: token, revocation, introspection, metadata, keys. Translates between HTTP and server; decides nothing.

The one place that knows HTTP statuses, and the one that awaits. An error answer is its code and nothing else; every
answer of token and revocation endpoint carries a fresh nonce, so that a client seldom has to ask twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.core.callers import CERTIFICATES, UsedProof
from gateway.core.limits import ASKER, Limits
from gateway.head_requests import answering_head
from gateway.logs import WHY
from gateway.oauth.assertions import claimed_client
from gateway.oauth.dpop import Proofs
from gateway.oauth.errors import ErrorCode, InvalidClientError, OAuthError, Why
from gateway.oauth.forms import read_form
from gateway.oauth.introspection import INACTIVE, described
from gateway.oauth.metadata import METADATA_PATH, describe, public_keys
from gateway.oauth.nonces import Nonces
from gateway.oauth.ports import OnceStore, Revocations, UseOutcome
from gateway.oauth.profile import Profile
from gateway.oauth.server import PendingIntrospection, PendingRevocation, PendingToken, Server, World
from gateway.oauth.smart import SMART_PATH, describe_smart
from gateway.oauth.tokens import AccessToken

_STATUS_OF_CODE: Final = {ErrorCode.INVALID_CLIENT: 401}
_STATUS_OF_REASON: Final = {Why.TOO_LARGE: 413, Why.MEDIA_TYPE: 415}
_PUBLIC: Final = {"Cache-Control": "public, max-age=300"}
_Pending = TypeVar("_Pending", PendingToken, PendingRevocation, PendingIntrospection)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the routes are made of."""

    profile: Profile
    world: World
    nonces: Nonces
    once: OnceStore
    revocations: Revocations
    limits: Limits


def router(parts: Parts) -> APIRouter:
    """Make the six routes. Nothing is opened; what `parts` holds is used for each request."""
    endpoints = _Endpoints(parts)
    routes = APIRouter(tags=["oauth"])
    routes.add_api_route(
        "/oauth/token",
        endpoints.token,
        methods=["POST"],
        operation_id="issueToken",
        summary="Get an access token (RFC 6749 section 4.4, RFC 9449 section 5)",
    )
    routes.add_api_route(
        "/oauth/revoke",
        endpoints.revoke,
        methods=["POST"],
        operation_id="revokeToken",
        summary="Take back an access token (RFC 7009)",
    )
    routes.add_api_route(
        "/oauth/introspect",
        endpoints.introspect,
        methods=["POST"],
        operation_id="introspectToken",
        summary="Ask whether a token is good, as the resource server it was made for (RFC 7662)",
    )
    routes.add_api_route(
        METADATA_PATH,
        endpoints.metadata,
        operation_id="getAuthorizationServerMetadata",
        summary="Authorization server metadata (RFC 8414)",
    )
    routes.add_api_route(
        SMART_PATH,
        endpoints.smart,
        operation_id="getSmartConfiguration",
        summary="What SMART Backend Services need to know (SMART App Launch 2.2)",
    )
    routes.add_api_route(
        "/oauth/jwks",
        endpoints.keys,
        operation_id="getTokenKeys",
        summary="Keys that verify access tokens (RFC 7517)",
    )
    return answering_head(routes)


class _Endpoints:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._server = Server(parts.profile, parts.world, Proofs(parts.profile, parts.nonces, parts.world.clock))
        self._metadata = describe(parts.profile)
        self._smart = describe_smart(parts.profile)

    async def token(self, request: Request) -> Response:
        """Client credentials, and no other grant: a signed assertion of your key, and a proof of the key to bind to.

        The first answer may be `use_dpop_nonce`, with the nonce to put into the proof; nothing was used up by it. An
        assertion is good once. Ask for the scopes you need now, not for all you may have.
        """
        try:
            form = await read_form(request)
            shown = request.headers.getlist("dpop"), request.scope.get(CERTIFICATES, ())
            pending = await self._begun(request, form, lambda: self._server.begin_token(form, *shown))
            return self._answer(200, await run_in_threadpool(self._server.issue, pending))
        except OAuthError as error:
            return self._refusal(request, error)

    async def revoke(self, request: Request) -> Response:
        """Answers 200 whatever the token was (RFC 7009 section 2.2); it is refused everywhere from then on."""
        try:
            form = await read_form(request)
            shown = request.scope.get(CERTIFICATES, ())
            pending = await self._begun(request, form, lambda: self._server.begin_revocation(form, shown))
            if pending.token is not None:
                await self._parts.revocations.revoke_token(pending.token.jti, pending.token.expires)
            return self._answer(200, {})
        except OAuthError as error:
            return self._refusal(request, error)

    async def introspect(self, request: Request) -> Response:
        """Hear of a token that was made for you whether it holds, to what it is bound, and what it is limited to.

        Every other token is answered alike: `active` is false and nothing else is said.
        """
        try:
            form = await read_form(request)
            pending = await self._begun(request, form, lambda: self._server.begin_introspection(form))
            return self._answer(200, await run_in_threadpool(self._told, pending.token))
        except OAuthError as error:
            return self._refusal(request, error)

    def _told(self, token: AccessToken | None) -> Mapping[str, object]:
        """Describe a token that holds at this moment on every node, and say the same of all others."""
        if token is None or self._server.is_over(token):
            return INACTIVE
        over = self._parts.revocations.was_taken_back(token.client_id, token.jti)
        return INACTIVE if over else described(token, self._parts.profile.issuer)

    async def metadata(self) -> Response:
        """Read it at start rather than copying addresses: algorithms and scopes may be added."""
        return JSONResponse(self._metadata, headers=_PUBLIC)

    async def smart(self) -> Response:
        """For FHIR systems that were registered as SMART backend services."""
        return JSONResponse(self._smart, headers=_PUBLIC)

    async def keys(self) -> Response:
        """Fetch it again on an unknown kid, at most once a minute: keys are published a day before they sign."""
        return JSONResponse(public_keys(self._parts.world.keys), headers=_PUBLIC)

    async def _begun(self, request: Request, form: Mapping[str, str], begin: Callable[[], _Pending]) -> _Pending:
        """Run the first half of a request and use up what may be used once.

        Who fails too often in a client's name, from one address, waits there; a client is counted once it is proven, so
        that nobody else uses up what it may ask. Raises OAuthError or TooManyRequestsError.
        """
        limits, name = self._parts.limits, f"{request.scope.get(ASKER)}|{claimed_client(form)}"
        limits.may_fail(name)
        try:
            pending = await run_in_threadpool(begin)
            await self._use_up(pending.proofs, pending.client_id)
        except InvalidClientError:
            limits.failed(name)
            raise
        limits.of_client(pending.client_id)
        return pending

    async def _use_up(self, proofs: tuple[UsedProof, ...], client_id: str) -> None:
        """Insert everything that may be used once, durably, before anything is made."""
        match await self._parts.once.use(proofs=proofs, client_id=client_id, token_jti=None):
            case UseOutcome.FRESH:
                return
            case UseOutcome.REPLAYED:
                raise InvalidClientError(Why.REPLAYED)
            case UseOutcome.REVOKED:
                raise InvalidClientError(Why.CLIENT_REVOKED)

    def _refusal(self, request: Request, error: OAuthError) -> Response:
        request.scope[WHY] = error.why
        status = _STATUS_OF_REASON.get(error.reason) or _STATUS_OF_CODE.get(error.error, 400)
        answer = self._answer(status, {"error": error.code})
        if status == 401:  # noqa: PLR2004 - RFC 9110 section 15.5.2 asks for a challenge with this status
            answer.headers["WWW-Authenticate"] = error.challenge
        return answer

    def _answer(self, status: int, body: Mapping[str, object]) -> Response:
        headers = {"Cache-Control": "no-store", "Pragma": "no-cache", "DPoP-Nonce": self._parts.nonces.fresh()}
        return JSONResponse({**body}, status, headers)
