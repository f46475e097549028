"""Writing down what a person agreed to, and taking it back for her. Her reference travels in bodies only (P-02)."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from consent.policy import ConsentDecision
from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.desk_items import ChangeAnswer, Changed, is_confirmed, withdrawn
from gateway.core.consents.documents import MAY_INTERPRET
from gateway.core.officer.signing import Seat
from gateway.core.officers import OfficerRefusedError, Role
from gateway.people.acts import Done
from gateway.people.door import PeopleDoor
from gateway.people.guard import Form, form, guarded
from gateway.people.officers import RECORDS
from gateway.people.pages import page
from schemas.consent_codes import InterpreterRelation
from schemas.documents import Json
from schemas.vocabulary import ConsentState, DataCategory, GivenBy, Mechanism, Purpose, WithdrawalMethod

KEY_BYTES: Final = 16
_LONGEST_REFERENCE: Final = 80
_SAID: Final = (ConsentState.GIVEN, ConsentState.REFUSED, ConsentState.REQUESTED, ConsentState.DEFERRED)
CHOICES: Final[Mapping[str, object]] = {
    "decisions": list(ConsentDecision),
    "states": _SAID,
    "purposes": list(Purpose),
    "categories": list(DataCategory),
    "mechanisms": list(Mechanism),
    "givers": list(GivenBy),
    "methods": list(WithdrawalMethod),
    "interpreters": [one for one in InterpreterRelation if one in MAY_INTERPRET],
}


def router(door: PeopleDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)

    @routes.get("/people/consents/record")
    async def recording(request: Request) -> Response:
        seat = await door.seat(request)
        agency, key, offered = own_agency(seat), door.entropy.bytes(KEY_BYTES).hex(), await door.offered(seat)
        return page("record", seat=seat, agency=agency, key=key, choices=CHOICES, agencies=offered)

    @routes.post("/people/consents/record")
    async def record(request: Request) -> Response:
        seat, given = await door.seat(request), await form(request)
        agency = own_agency(seat)
        actor = Actor(agency, None, seat.officer.id)
        outcome = await door.desk.record(actor, written(agency, given), given.one("key"))
        return page("done", seat=seat, done=_recorded(outcome))

    @routes.get("/people/consents/withdraw")
    async def withdrawing(request: Request) -> Response:
        seat = await door.seat(request)
        seat.officer.require(RECORDS)
        return page("withdraw", seat=seat, agency=seat.officer.agency, key=door.entropy.bytes(KEY_BYTES).hex())

    @routes.post("/people/consents/withdraw")
    async def withdraw(request: Request) -> Response:
        seat, given = await door.seat(request), await form(request)
        reference = given.one("person_ref")
        if not 0 < len(reference) <= _LONGEST_REFERENCE:
            raise OfficerRefusedError("form_unreadable")
        await door.signing.looked_up(seat.officer)
        actor = Actor(agency_of_reference(seat, given), None, seat.officer.id)
        outcome = await door.desk.withdraw(actor, reference, given.one("consent") or None, given.one("key"))
        return page("done", seat=seat, done=_withdrawn(outcome))

    return routes


def written(agency: str, given: Form) -> dict[str, Json]:
    """Return the form as a document (schema consent/1.0), which is then checked like any other."""
    document: dict[str, Json] = {
        "schema": "consent/1.0",
        "person_ref": given.one("person_ref"),
        "discloser": agency,
        "recipient": given.one("recipient"),
        "decision": given.one("decision"),
        "state": given.one("state"),
        "purposes": [*given.many("purpose")],
        "categories": [*given.many("category")],
        **informed(given),
        "mechanism": given.one("mechanism"),
        "taken_by": {"agency": agency, "name": given.one("taker")},
        "given_by": given.one("given_by"),
        "taken_at": moment(given.one("taken_at")),
        "valid_from": moment(given.one("valid_from") or given.one("taken_at")),
        "withdrawal_method": given.one("withdrawal_method"),
    }
    withheld: list[Json] = [{"category": category} for category in given.many("withhold")]
    optional: dict[str, Json] = {
        "valid_until": moment(given.one("valid_until")),
        "restrictions": withheld,
        "safe_to_give": given.one("safe_to_give") == "yes",
    }
    return document | {name: value for name, value in optional.items() if value}


def informed(given: Form) -> dict[str, Json]:
    """Return what a form says about how she was informed: text, languages, interpreter or none."""
    interpreter = given.one("interpreter")
    relation: dict[str, Json] = {"interpreter_relation": given.one("interpreter_relation")} if interpreter else {}
    return {
        "text": {
            "version": given.one("text_version"),
            "sha256": given.one("text_sha256"),
            "language": given.one("text_language"),
        },
        "person_languages": [*given.one("person_languages").split()],
        "interpreter": {"id": interpreter} if interpreter else {"none_needed": True},
        "information_confirmed": given.one("information_confirmed") == "yes",
        **relation,
    }


def moment(typed: str) -> str:
    """Return what a browser's `datetime-local` holds (UTC, as the page says) in the form of the schema."""
    minutes = len("2031-03-14T09:30")
    return f"{typed}:00Z" if len(typed) == minutes else typed


def own_agency(seat: Seat) -> str:
    """Return for which agency this officer writes: a reference belongs to one, and is bound by no other (C-03)."""
    seat.officer.require(RECORDS)
    if seat.officer.agency is None:
        raise OfficerRefusedError("agency_missing")
    return seat.officer.agency


def agency_of_reference(seat: Seat, given: Form) -> str:
    """Return whose reference it is: one's own agency's, and for an advocate of no agency the one that she names."""
    seat.officer.require(RECORDS)
    if seat.officer.agency is not None:
        return seat.officer.agency
    seat.officer.require(frozenset({Role.ADVOCATE}))
    agency = given.one("agency")
    if not agency:
        raise OfficerRefusedError("agency_missing")
    return agency


def _counts(told: Mapping[str, object]) -> str:
    if not is_confirmed(told):
        return "It counts for nothing before a second person confirms it."
    return "It counts now." if told["active"] else "It does not count now: it is a no, begins later or is over."


def _recorded(outcome: Recorded | Repeated | KeyConflict | NotFresh) -> Done:
    match outcome:
        case Recorded(answer=told) | Repeated(answer=told):
            code = told.get("withdrawal_code")
            lines = (f"Consent {told['consent']}, state {told['state']}, until {told['ends']}.", _counts(told))
            return Done("It is written down", lines, str(code) if code else None)
        case KeyConflict() | NotFresh():
            raise OfficerRefusedError("form_unreadable")


def _withdrawn(outcome: ChangeAnswer | UnknownPerson) -> Done:
    """Say what was stopped and what may have left; recipients are named to the agency that sent, not here (M-04)."""
    match outcome:
        case Changed():
            told = withdrawn(outcome, "")
        case Repeated(answer=answered):
            told = answered
        case _:
            raise OfficerRefusedError("unknown")
    return Done(
        "It is withdrawn",
        (
            f"Consents withdrawn: {told['withdrawn']}. Nothing more is sent on their ground.",
            f"Stopped before it left: {told['stopped']}. May have left: {told['may_have_left']}.",
            f"This covers {told['covers']}.",
        ),
    )
