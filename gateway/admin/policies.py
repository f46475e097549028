"""The policy in force, and a proposed one: checked, compared, tried, and replayed on what was decided in the past.

Nothing here changes the policy: the profile is a reviewed file, read when the gateway starts.
"""

import json

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from consent.policy import Policy
from gateway.admin.answers import BadRequestError, answer, body
from gateway.admin.operations import Operations
from gateway.core import policy_review
from gateway.core.national import policy_in
from schemas.decoding import decode_json
from schemas.documents import Json
from schemas.validation import validate
from schemas.vocabulary import Purpose

_SCHEMA = "country_profile/1.0"


def router(operations: Operations) -> APIRouter:
    """Make the routes. Those that read much are plain functions, and run beside the event loop."""
    routes = APIRouter()
    exchange = operations.previews.exchange

    @routes.get("/policy")
    def show() -> JSONResponse:
        choices: Json = json.loads(exchange.policy.canonical_bytes())
        return answer({"digest": exchange.policy.digest, "choices": choices})

    @routes.post("/policy/check")
    async def check(request: Request) -> JSONResponse:
        proposed = await _proposed(operations, request)
        return answer({"digest": proposed.digest, "country": proposed.country, "in_order": True})

    @routes.post("/policy/diff")
    async def diff(request: Request) -> JSONResponse:
        proposed = await _proposed(operations, request)
        changes = policy_review.differences(exchange.policy, proposed)
        return answer({"from": exchange.policy.digest, "to": proposed.digest, "differences": [*changes]})

    @routes.post("/policy/replay")
    async def replay(request: Request) -> JSONResponse:
        proposed = await _proposed(operations, request)
        parties = {agency.id: agency.party for agency in operations.directory.agencies()}
        leaves = operations.log.leaves(operations.log.head().size)
        found = policy_review.replayed(leaves, parties.get, exchange.policy, proposed)
        told = {"from": exchange.policy.digest, "to": proposed.digest, **policy_review.written(found)}
        return answer({**told, "differences": [*policy_review.differences(exchange.policy, proposed)]})

    @routes.post("/policy/try")
    def attempt(request: Request) -> JSONResponse:
        parties = {agency.id: agency.party for agency in operations.directory.agencies()}
        sender = parties.get(request.query_params.get("agency", ""))
        if sender is None:
            raise BadRequestError("agency", "unknown")
        try:
            purpose = Purpose(request.query_params.get("purpose", ""))
        except ValueError:
            raise BadRequestError("purpose", "unknown_code") from None
        asked = policy_review.a_question(sender, parties.get(request.query_params.get("to", "")), purpose)
        reasons = policy_review.tried(asked, exchange.policy, exchange.clock.now())
        told: list[Json] = [{"code": one.value, "rule": one.rule, "sentence": one.sentence} for one in reasons]
        return answer({"outcome": "refused" if told else "permitted", "reasons": told})

    return routes


async def _proposed(operations: Operations, request: Request) -> Policy:
    """Read the proposed profile. Raises SchemaViolationError with what does not fit, OperatorError for the rest."""
    written = await body(request, operations.largest_body)
    validate(decode_json(written), _SCHEMA)
    return policy_in(written, operations.previews.exchange.policy.country)
