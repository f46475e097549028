"""One consent over time: what happened to it, and how it stood at any past moment (C-17).

For the agency that recorded it; a consent of another agency and one that never was are answered alike.
"""

import re
from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from consent.facts import Restriction
from consent.records import state_at
from gateway.core.access.scopes import Scope
from gateway.core.callers import Caller
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.desk_items import is_active
from gateway.core.consents.life_cycle import LifeCycle, Standing
from gateway.web.cases import recorded
from gateway.web.consent_formats import handed_out, wanted
from gateway.web.direct import Direct
from gateway.web.door import Door
from gateway.web.headers import demanded, idempotency_key, known_form, versioned
from gateway.web.problems import BadRequestError, problem
from schemas.documents import Json

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_WRITTEN = "%Y-%m-%dT%H:%M:%SZ"


def router(door: Door) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/v1/consents", tags=["consents"], route_class=Direct)
    life = LifeCycle(door.desk)

    @routes.post(
        "/{consent}/events", operation_id="addConsentEvent", summary="Say what happened to a consent this agency holds"
    )
    async def add(request: Request, consent: str) -> JSONResponse:
        """Withdrawn, narrowed, renewed, revoked: an event is added, nothing is rewritten, and none can widen it (C-16).

        What takes something away goes before everything that waits, and stops what is still here.
        """

        async def work(caller: Caller) -> JSONResponse:
            document, key = await door.document(request), idempotency_key(request.headers)
            actor = Actor(caller.agency, caller)
            made_on = demanded(request.headers)
            return recorded(door, await life.happened(actor, known_form(consent), document, key, made_on))

        return await door.answered(request, Scope.RECORD_CONSENTS, work)

    @routes.get("/{consent}", operation_id="readConsent", summary="How one consent stands, or stood at a past moment")
    async def read(request: Request, consent: str) -> Response:
        """Codes and times, with everything that happened to it; with `at`, as it stood at a past moment (C-17).

        Accept one of the other media types to get it as a FHIR Consent or in another format; GX-Not-Carried then names
        what that format has no place for.
        """

        async def work(caller: Caller) -> Response:
            asked = request.query_params.getlist("at")
            if len(asked) > 1:
                raise BadRequestError(HTTPStatus.BAD_REQUEST, "at", "repeated")
            at = past_moment(asked[0], "at") if asked else None
            known_form(consent)
            if (form := wanted(request.headers)) is not None:
                if at is not None:  # Another's format would not say of which moment it speaks.
                    raise BadRequestError(HTTPStatus.BAD_REQUEST, "at", "not_in_this_format")
                return await handed_out(door, caller, consent, form)
            if not_fresh := await door.read(caller):
                return not_fresh
            found = life.one(caller.agency, consent, at)
            if isinstance(found, UnknownPerson):
                return problem(404, "not_found")
            return versioned(request, life.tag(caller, found), whole(found))

        return await door.answered(request, Scope.READ_CONSENTS, work, frozenset({"at"}))

    return routes


def past_moment(text: str, where: str) -> datetime:
    """Read a moment, RFC 3339 in UTC to the second. Raises BadRequestError."""
    if _MOMENT.fullmatch(text):
        try:
            return datetime.strptime(text, _WRITTEN).replace(tzinfo=UTC)
        except ValueError:
            pass
    raise BadRequestError(HTTPStatus.UNPROCESSABLE_ENTITY, where, "date-time")


def shown(standing: Standing) -> dict[str, Json]:
    """Return what an agency sees in a list of the consents it recorded, with what happened to each."""
    consent, at = standing.consent, standing.at
    return {
        "consent": consent.id,
        "recipient": consent.recipient,
        "decision": consent.decision,
        "state": state_at(consent, at),
        "active": is_active(consent, at),
        "purposes": [*sorted(consent.purposes)],
        "categories": [*sorted(consent.categories)],
        "ends": consent.ends.strftime(_WRITTEN),
        "history": [{"type": event.type, "at": event.at.strftime(_WRITTEN)} for event in standing.events],
    }


def whole(standing: Standing) -> dict[str, Json]:
    """Return all of one consent that is codes and times; names and her own words stay sealed."""
    consent = standing.consent
    return {
        **shown(standing),
        "at": standing.at.strftime(_WRITTEN),
        "version": consent.version,
        "begins": consent.begins.strftime(_WRITTEN),
        "given_by": consent.given_by,
        "restrictions": [*map(_restriction, consent.restrictions)],
    }


def _restriction(restriction: Restriction) -> Json:
    return {
        "category": restriction.category,
        **({"recipient": restriction.recipient} if restriction.recipient else {}),
    }
