"""POST a referral, GET what became of it."""

import re
from http import HTTPStatus
from typing import assert_never

from fastapi import APIRouter
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from adapters.sdk.contract import Inbound
from consent.reasons import Reason
from gateway.core import receipts
from gateway.core.access.scopes import Scope
from gateway.core.answers import Confirmed, KeyConflict, LeafSlot, NotFresh, Proof, Recorded, Repeated, Stale
from gateway.core.callers import Caller
from gateway.core.errors import Defect
from gateway.core.stages import Authenticated, Routing
from gateway.core.versions import tag_of
from gateway.web.direct import Direct
from gateway.web.door import Door
from gateway.web.headers import ID, chosen, idempotency_key, known_form, subject, token, versioned
from gateway.web.multipart import related
from gateway.web.problems import answer, key_reused, problem
from gateway.web.proofs import proof_json
from schemas.documents import Document
from schemas.vocabulary import Ground, Purpose, Urgency

_AGENCY = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MULTIPART = "multipart/related"
_DIFFERS = receipts.told([Reason.PREVIEW_DIFFERS])
_STATUS = {"permitted": HTTPStatus.CREATED, "refused": HTTPStatus.FORBIDDEN, "revoked": HTTPStatus.OK}


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1", tags=["referrals"], route_class=Direct)

    @routes.post("/referrals", operation_id="sendReferral", summary="Send a referral in your own system's format")
    async def send(request: Request) -> JSONResponse:
        """Post your system's own document, in its own media type; recipient, purpose and urgency travel in headers.

        What your format has no place for goes in a second part (`multipart/related`). Nothing about the person belongs
        in a header or URL. 201 means it is decided, cut down to what this purpose needs and she agreed to, sealed,
        logged and on its way. A document that takes an earlier one back is answered with 200.
        """

        async def work(caller: Caller) -> JSONResponse:
            asked = asked_of(request, caller, await door.body(request))
            return told_of(door, await door.exchange.accept(asked))

        return await door.answered(request, Scope.SEND_REFERRALS, work)

    _for_looking(door, routes)
    return routes


def _for_looking(door: Door, routes: APIRouter) -> None:
    """Make the routes by which a sender follows what it sent."""

    @routes.get("/referrals/{referral}", operation_id="getReferral", summary="What became of a referral you sent")
    async def read(request: Request, referral: str) -> Response:
        """For the agency that sent it.

        The proof is that of the log entry of its decision, under the newest checkpoint.
        """

        async def work(caller: Caller) -> Response:
            wanted = known_form(referral)
            if not_fresh := await door.read(caller):
                return not_fresh
            found = door.tracking.of_sender(caller.agency, wanted)
            if found is None:
                return problem(404, "not_found")
            tag = tag_of(door.desk.keys, caller, f"referral|{wanted}", found.answer)
            told = {**found.answer, **proof_json(found.proof, found.checkpoint)}
            return versioned(request, tag, told, weak=True)

        return await door.answered(request, Scope.READ_REFERRALS, work)

    @routes.get(
        "/referrals/{referral}/proof", operation_id="getProof", summary="That it stands in the log, as C2SP tlog-proof"
    )
    async def proof(request: Request, referral: str) -> Response:
        """The proof of getReferral in one text that other tools of transparency logs read."""

        async def work(caller: Caller) -> Response:
            wanted = known_form(referral)
            if not_fresh := await door.read(caller):
                return not_fresh
            found = door.tracking.proof_for_sender(caller.agency, wanted)
            return problem(404, "not_found") if found is None else PlainTextResponse(found)

        return await door.answered(request, Scope.READ_REFERRALS, work)


def asked_of(request: Request, caller: Caller, body: bytes) -> Authenticated:
    """Read what is asked from headers and body. Raises BadRequestError."""
    return asked_in(request.headers, caller, body, None)


def asked_in(headers: Headers, caller: Caller, body: bytes, supplement: bytes | None) -> Authenticated:
    """Read what is asked; a supplement is at hand already or comes in the body. Raises BadRequestError."""
    content_type = headers.get("content-type", "")
    routing = Routing(
        recipient=token(headers, "GX-Recipient", _AGENCY),
        purpose=chosen(headers, "GX-Purpose", Purpose),
        urgency=chosen(headers, "GX-Urgency", Urgency, Urgency.ROUTINE),
        ground=chosen(headers, "GX-Ground", Ground, Ground.CONSENT),
        idempotency_key=idempotency_key(headers),
        preview=token(headers, "GX-Preview-Digest", _DIGEST) if "gx-preview-digest" in headers else None,
        capacity=token(headers, "GX-Capacity", ID) if "gx-capacity" in headers else None,
        replaces=token(headers, "GX-Replaces", ID) if "gx-replaces" in headers else None,
    )
    meant = subject(headers)
    if content_type.partition(";")[0].strip().lower() == _MULTIPART:
        parts = related(body, content_type)
        return Authenticated(caller, routing, Inbound(parts.body, parts.media_type, meant), parts.supplement)
    return Authenticated(caller, routing, Inbound(body, content_type, meant), supplement)


def told_of(door: Door, outcome: Confirmed) -> JSONResponse:
    """Answer with what became of it."""
    match outcome:
        case Recorded(answer=told, slot=LeafSlot(proof=Proof() as proof)) if told["outcome"] == "permitted":
            return decided(told, proof_json(proof, door.tracking.checkpoint(proof.head)))
        case Recorded(answer=told) | Repeated(answer=told):
            return decided(told, {})
        case KeyConflict():
            return key_reused()
        case NotFresh():
            return door.not_fresh(outcome)
        case Stale():
            raise Defect("a stale outcome left the line")
        case _:
            assert_never(outcome)


def decided(told: Document, proof: Document) -> JSONResponse:
    """A yes is 201; a no is 403, and every no on record grounds has the same shape; what was not found is 404.

    409 is for what is permitted and is not what the sender was shown (M-13).
    """
    status = _STATUS.get(str(told["outcome"]), HTTPStatus.NOT_FOUND)
    if status is HTTPStatus.FORBIDDEN and told["reasons"] == _DIFFERS:
        return problem(HTTPStatus.CONFLICT, Reason.PREVIEW_DIFFERS, decision_id=told["decision_id"], reasons=_DIFFERS)
    if status is HTTPStatus.FORBIDDEN:
        return problem(status, "refused", decision_id=told["decision_id"], reasons=told["reasons"])
    if status is HTTPStatus.NOT_FOUND:
        return problem(status, "not_found")
    return answer({**told, **proof}, status)
