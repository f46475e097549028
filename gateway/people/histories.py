"""Who received what about a person, when and why, and why a decision was yes or no; for officers of no agency (A-02).

Her history is shown to whoever showed a passkey for exactly her, and that somebody looked stands in it. Her reference
is in bodies only (P-02). What is shown can be kept and checked by Python alone (`python -m consent verify-history`).
"""

import asyncio
import json
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from consent.explain import Held
from gateway.core.histories import READS, Holder, Nobody
from gateway.core.officer.signing import Seat
from gateway.core.officers import Action, Approval, OfficerRefusedError
from gateway.people.acts import Act, Done
from gateway.people.door import PeopleDoor
from gateway.people.guard import Form, form, guarded
from gateway.people.history_lines import History, Names, decided, objects
from gateway.people.history_pages import HistoryPage, Wish
from gateway.people.pages import page
from schemas.documents import Document

_LONGEST: Final = 80
_HEADING: Final = "Who has seen her data, and why"
_NAMES: Final = {"Content-Disposition": 'attachment; filename="history.jsonl"'}
_HELD: Final = {Held.YES: "holds", Held.NO: "does not hold", Held.NOT_LOOKED_AT: "not looked at any more"}
_WARNING: Final = "It tells which agencies care for her. That you looked is written down, and she can see it."


def router(door: PeopleDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)

    @routes.get("/people/histories")
    async def asking(request: Request) -> Response:
        seat = await door.seat(request)
        seat.officer.require_apart(READS)
        return page("histories", seat=seat, agencies=await door.offered(seat))

    @routes.post("/people/histories")
    async def another_part(request: Request) -> Response:
        seat, given = await door.seat(request), await form(request)
        wish, found = Wish.of(given), await _again(door, seat, given)
        shown = await asyncio.to_thread(_shown, door, seat, found, wish)
        return page("history", seat=seat, done=Done(_HEADING, (), shown={**shown, "look": given.one("look")}))

    @routes.post("/people/histories/entries")
    async def entries(request: Request) -> Response:
        seat, given = await door.seat(request), await form(request)
        found = await _again(door, seat, given)
        kept = await asyncio.to_thread(_file, found)
        return Response(kept, headers=_NAMES, media_type="application/x-ndjson")

    @routes.post("/people/decisions")
    async def decision(request: Request) -> Response:
        seat, given = await door.seat(request), await form(request)
        told = await door.explaining.to_officer(seat.officer, given.one("decision"))
        if told is None:
            raise OfficerRefusedError("unknown")
        back = {name: given.one(name) for name in ("look", *Wish().fields, "page")} if given.one("look") else {}
        return page("decision", seat=seat, decision=_explained(door, told), back=back)

    return routes


def show(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Show the history of whom an agency names so. Whether anybody is, is told to whoever showed the passkey."""
    agency, reference = given.one("agency"), given.one("person_ref")
    if not agency or not 0 < len(reference) <= _LONGEST:
        raise OfficerRefusedError("form_unreadable")
    subject = door.histories.subject(seat.officer, agency, reference)

    async def perform(approval: Approval) -> Done:
        found = await door.histories.shown(approval, agency, reference, seat.digest)
        if isinstance(found, Nobody):
            raise OfficerRefusedError("unknown")
        shown = await asyncio.to_thread(_shown, door, seat, found.document, Wish())
        return Done(_HEADING, (), page="history", shown={**shown, "look": found.look})

    facts = [("Agency", agency), ("Reference", reference)]
    hidden = [("agency", agency), ("person_ref", reference)]
    return Act("See who has seen her data", Action.READ_HISTORY, subject, facts, hidden, perform, _WARNING)


async def _again(door: PeopleDoor, seat: Seat, given: Form) -> Document:
    """Return what a look showed, to whoever holds it. Raises OfficerRefusedError."""
    return await door.histories.again(seat.officer, Holder(seat.digest, seat.known.head), given.one("look"))


def _explained(door: PeopleDoor, told: Document) -> dict[str, object]:
    """Return what the page says of a decision: who asked for what, each step in words, what would have to be."""
    heading = "It was allowed" if told["outcome"] == "permitted" else "It was refused"
    steps = [(str(one["rule"]), str(one["sentence"]), _HELD[Held(str(one["held"]))]) for one in objects(told, "steps")]
    changes = [str(one["sentence"]) for one in objects(told, "would_permit")]
    facts = [("Decision", str(told["decision_id"])), *decided(told, Names(door.desk.directory, {}))]
    facts += [("Because", str(one["sentence"])) for one in objects(told, "reasons")]
    return {"heading": heading, "facts": facts, "steps": steps, "changes": changes}


def _shown(door: PeopleDoor, seat: Seat, found: Document, wish: Wish) -> dict[str, object]:
    """Return what the page shows: the part of it that is wanted."""
    names = Names(door.desk.directory, {one.id: one.label for one in door.granting.listed(seat.officer)})
    return {"part": HistoryPage.of(History.of(found, names), wish, names), "vkey": found["vkey"]}


def _file(found: Document) -> str:
    """Return all of its entries, each with what proves it (`python -m consent verify-history`)."""
    lines = (json.dumps({**entry, "checkpoint": found["checkpoint"]}) for entry in objects(found, "entries"))
    return "".join(f"{line}\n" for line in lines)
