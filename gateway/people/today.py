"""What waits for an officer today: numbers only, each with the page where it is done, and what nobody did in time.

For data-protection officers of no agency it is everything with a clock; for others what waits for a second person.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.core.cases.overrides import REVIEWS
from gateway.core.erasure.erasures_asked import AskedErasures
from gateway.core.officers import SECONDS, Officer
from gateway.core.oversight.policy_approval import APPROVES
from gateway.core.records.notice_records import BEGINNING, Notice, Notices
from gateway.people.door import PeopleDoor
from gateway.people.guard import guarded
from gateway.people.pages import page
from gateway.people.policies import may_approve
from gateway.people.probing import LATELY

MOST: Final = 1_000
"""Notices that are looked at; a gateway with more late ones has been left alone."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits: what, how much of it, how much is late, and on which page it is done."""

    what: str
    count: int
    late: int
    page: str


def router(door: PeopleDoor) -> APIRouter:
    """Make the route."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)

    @routes.get("/people/deadlines")
    async def deadlines(request: Request) -> Response:
        seat = await door.seat(request)
        seat.officer.require_apart(REVIEWS)
        notices = await asyncio.to_thread(_open, door.notices)
        children = await asyncio.to_thread(door.children.listed)
        untold = [door.children.coded(child) for child in children]
        return page("deadlines", seat=seat, notices=notices, children=untold, most=MOST)

    return routes


def waiting(door: PeopleDoor, officer: Officer) -> Sequence[Waiting]:
    """Return what waits for this officer, leaving out what is empty. Reads a lot: not for the event loop."""
    found = [*_seconding(door, officer)]
    if officer.agency is None and officer.has(REVIEWS):
        found += _clocks(door, officer)
    return [one for one in found if one.count]


def _seconding(door: PeopleDoor, officer: Officer) -> Iterator[Waiting]:
    if officer.has(SECONDS):
        consents = len(door.seconding.waiting_for(officer))
        yield Waiting("Consents that wait for a second person", consents, 0, "/people/approvals")
    if officer.has(APPROVES):
        proposed = [one for one in door.policies.standing().proposals.values() if may_approve(door, officer, one)]
        yield Waiting("Country profiles that wait for your approval", len(proposed), 0, "/people/policies")


def _clocks(door: PeopleDoor, officer: Officer) -> Iterator[Waiting]:
    unjudged = door.overrides.unjudged(officer)
    late = sum(one.is_late for one in unjudged)
    yield Waiting("Broken glass that nobody has judged", len(unjudged), late, "/people/overrides")
    breaches = [one for one in door.breaches.listed(officer) if not one.is_closed]
    late = sum(map(door.breaches.is_late, breaches))
    yield Waiting("Breaches that are not closed", len(breaches), late, "/people/breaches")
    notices = _open(door.notices)
    late = sum(notice.escalated_at is not None for notice in notices)
    yield Waiting("Recipients that still have to answer a notice", len(notices), late, "/people/deadlines")
    erasures = len(AskedErasures(door.erasures).waiting(officer))
    yield Waiting("Erasures that something keeps waiting", erasures, 0, "/people/erasures")
    now = door.signing.clock.now()
    locked, _ = door.locks.locked_between(now - LATELY, now)
    yield Waiting("Locks on agencies that tried one recipient after another", locked, 0, "/people/probing")


def _open(notices: Notices) -> Sequence[Notice]:
    """Return what recipients have not answered yet, the most urgent first."""
    found = notices.listed(None, still_open=True, after=BEGINNING, limit=MOST)
    return sorted(found, key=lambda notice: (notice.deadline, notice.id))
