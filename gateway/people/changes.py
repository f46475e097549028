"""What happens to a consent after it was recorded: she decides, agrees to less, or again; it is ended (C-09, C-16).

For the agency that recorded it. Taking back has a page of its own, because it must ask for nothing.
"""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from consent.records import ConsentEventType
from gateway.core.answers import Recorded, Repeated
from gateway.core.consents.desk import Actor
from gateway.core.consents.life_cycle import EventAnswer, LifeCycle
from gateway.core.officers import OfficerRefusedError
from gateway.people.acts import Done
from gateway.people.consents import CHOICES, KEY_BYTES, informed, moment, own_agency
from gateway.people.door import PeopleDoor
from gateway.people.guard import Form, form, guarded
from gateway.people.pages import page
from schemas.consent_codes import InvalidationReason
from schemas.documents import Json
from schemas.vocabulary import GivenBy

_NARROWED: Final = ConsentEventType.NARROWED
_ANEW: Final = frozenset({ConsentEventType.GIVEN, ConsentEventType.RENEWED, ConsentEventType.REFUSED})
_CHANGES: Final = (
    *(ConsentEventType.GIVEN, ConsentEventType.REFUSED, ConsentEventType.DEFERRED, ConsentEventType.NARROWED),
    *(ConsentEventType.RENEWED, ConsentEventType.REVOKED, ConsentEventType.INVALIDATED),
)
_LONGEST: Final = 64


def router(door: PeopleDoor) -> APIRouter:
    """Make the routes."""
    routes, life = APIRouter(route_class=guarded(door.origin), include_in_schema=False), LifeCycle(door.desk)

    @routes.get("/people/consents/change")
    async def choosing(request: Request) -> Response:
        seat = await door.seat(request)
        agency, kind = own_agency(seat), _kind(request.query_params.get("type", _NARROWED))
        more = {
            "enders": [one for one in GivenBy if one is not GivenBy.SELF],
            "reasons": list(InvalidationReason),
            "anew": kind in _ANEW,
        }
        key = door.entropy.bytes(KEY_BYTES).hex()
        return page("change", seat=seat, agency=agency, key=key, kind=kind, kinds=_CHANGES, choices={**CHOICES, **more})

    @routes.post("/people/consents/change")
    async def change(request: Request) -> Response:
        seat, given = await door.seat(request), await form(request)
        agency, consent = own_agency(seat), given.one("consent")
        if not 0 < len(consent) <= _LONGEST:
            raise OfficerRefusedError("form_unreadable")
        actor = Actor(agency, None, seat.officer.id)
        outcome = await life.happened(actor, consent, written(agency, given), given.one("key"))
        return page("done", seat=seat, done=_done(outcome))

    return routes


def written(agency: str, given: Form) -> dict[str, Json]:
    """Return the form as a document (schema consent_event/1.0), which is then checked like any other."""
    kind = _kind(given.one("type"))
    document: dict[str, Json] = {"schema": "consent_event/1.0", "type": kind.value}
    if kind is ConsentEventType.REVOKED:
        return {**document, "revoked_by": given.one("revoked_by")}
    if kind is ConsentEventType.INVALIDATED:
        return {**document, "reason": given.one("reason")}
    said: dict[str, Json] = {
        "mechanism": given.one("mechanism"),
        "taken_by": {"agency": agency, "name": given.one("taker")},
        "taken_at": moment(given.one("taken_at")),
    }
    if kind is ConsentEventType.DEFERRED:
        return document | said
    withheld: list[Json] = [{"category": category} for category in given.many("withhold")]
    less: dict[str, Json] = {"restrictions": withheld, "valid_until": moment(given.one("valid_until"))}
    if kind is _NARROWED:
        less |= {"purposes": [*given.many("purpose")], "categories": [*given.many("category")]}
    else:
        said |= {**informed(given), "given_by": given.one("given_by")}
    if kind is ConsentEventType.REFUSED:
        less = {}
    return document | said | {name: value for name, value in less.items() if value}


def _kind(name: str) -> ConsentEventType:
    try:
        kind = ConsentEventType(name)
    except ValueError:
        raise OfficerRefusedError("form_unreadable") from None
    if kind not in _CHANGES:
        raise OfficerRefusedError("form_unreadable")
    return kind


def _done(outcome: EventAnswer) -> Done:
    if not isinstance(outcome, Recorded | Repeated):
        raise OfficerRefusedError("unknown")
    told = outcome.answer
    counts = "Something may rest on it now." if told["active"] else "Nothing may rest on it."
    return Done("It is written down", (f"Consent {told['consent']}, state {told['state']}.", counts))
