"""The policy in force, and a proposed one: checked, compared, tried, replayed on the past, proposed to two officers.

Nothing here changes the policy: the profile is a reviewed file, read when the gateway starts, and counts once two
officers approved its digest on the pages (`gateway.core.oversight.policy_approval`).
"""

import asyncio
import json

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from consent.policy import Policy
from gateway.admin.answers import BadRequestError, answer, body
from gateway.admin.operations import Operations
from gateway.core.log.leaves import instant
from gateway.core.oversight import policy_review
from gateway.core.oversight.national import policy_in
from gateway.core.oversight.policy_approval import PEOPLE_NEEDED, Proposal
from schemas.decoding import decode_json
from schemas.documents import Document, Json
from schemas.validation import validate
from schemas.vocabulary import Purpose

_SCHEMA = "country_profile/1.0"


def router(operations: Operations) -> APIRouter:
    """Make the routes. Those that read much are plain functions, and run beside the event loop."""
    routes = APIRouter()
    exchange = operations.previews.exchange
    _proposing(routes, operations)

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
        proposed = policy_in(await _profile(operations, request), exchange.policy.country)
        found = await asyncio.to_thread(_replayed, operations, proposed)
        told = {"from": exchange.policy.digest, "to": proposed.digest, **found}
        changes = policy_review.differences(exchange.policy, proposed)
        return answer({**told, "replay_digest": policy_review.replay_digest(found), "differences": [*changes]})

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


def _proposing(routes: APIRouter, operations: Operations) -> None:
    exchange = operations.previews.exchange

    @routes.post("/policy/proposals")
    async def propose(request: Request) -> JSONResponse:
        written = await _profile(operations, request)
        proposed = policy_in(written, exchange.policy.country)
        found = await asyncio.to_thread(_replayed, operations, proposed)
        return answer(_told(await operations.policies.propose(proposed, decode_json(written), found)))

    @routes.get("/policy/proposals")
    def proposals() -> JSONResponse:
        known = operations.policies.standing()
        waiting = sorted(known.proposals.values(), key=lambda one: one.at)
        told: list[Json] = [_told(one) for one in waiting]
        in_force: Json = {"digest": exchange.policy.digest, "approved": known.approved}
        return answer({"in_force": in_force, "proposals": told})


async def _proposed(operations: Operations, request: Request) -> Policy:
    """Read the proposed profile. Raises SchemaViolationError with what does not fit, OperatorError for the rest."""
    return policy_in(await _profile(operations, request), operations.previews.exchange.policy.country)


async def _profile(operations: Operations, request: Request) -> bytes:
    written = await body(request, operations.largest_body)
    validate(decode_json(written), _SCHEMA)
    return written


def _replayed(operations: Operations, proposed: Policy) -> Document:
    """Decide the past again under both; takes as long as the log is."""
    parties = {agency.id: agency.party for agency in operations.directory.agencies()}
    leaves = operations.log.leaves(operations.log.head().size)
    now = operations.previews.exchange.policy
    return policy_review.written(policy_review.replayed(leaves, parties.get, now, proposed))


def _told(one: Proposal) -> Document:
    """Tell of a proposal: digests, times and officers' ids."""
    return {
        "digest": one.digest,
        "proposed": instant(one.at),
        "replay_digest": policy_review.replay_digest(one.replay),
        "approved_by": [*one.approved_by],
        "missing": max(0, PEOPLE_NEEDED - len(one.approved_by)),
    }
