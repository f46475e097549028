"""The start page: what waits, what this officer may do, and nothing that would be refused."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.core.officers import INVITES, SECONDS, Officer, Role
from gateway.core.oversight.policy_approval import APPROVES
from gateway.people.door import PeopleDoor
from gateway.people.guard import guarded
from gateway.people.officers import RECORDS
from gateway.people.pages import page
from gateway.people.today import waiting

_DPO: Final = frozenset({Role.DPO})


@dataclass(frozen=True, slots=True)
class Way:
    """A link of the start page: for whom, `apart` only if of no agency, `inside` only if of one."""

    page: str
    what: str
    roles: frozenset[Role]
    apart: bool = False
    inside: bool = False

    def is_for(self, officer: Officer) -> bool:
        """Say whether the page behind it would let this officer in."""
        wrong_side = self.apart if officer.agency is not None else self.inside
        return officer.has(self.roles) and not wrong_side


GROUPS: Final[Sequence[tuple[str, Sequence[Way]]]] = (
    (
        "For a person",
        (
            Way("consents/record", "Record what a person agreed to", RECORDS, inside=True),
            Way(
                "consents/change",
                "Write down what happened to a consent: less, again, not any more",
                RECORDS,
                inside=True,
            ),
            Way("paper", "Show her what was recorded, or print it for her", RECORDS),
            Way("consents/withdraw", "Withdraw: stop all sharing for a person", RECORDS),
        ),
    ),
    (
        "Look, and prove",
        (
            Way("histories", "Who has seen a person's data, and why a decision was yes or no", _DPO, apart=True),
            Way("log", "The log: take it away, and prove that it is whole", _DPO, apart=True),
        ),
    ),
    (
        "See that it is done",
        (
            Way(
                "deadlines",
                "Deadlines: recipients and authorities that still have to answer or to be told",
                _DPO,
                apart=True,
            ),
            Way("breaches", "Breaches: the register, and who is still to be told", _DPO, apart=True),
            Way("probing", "Locks on probing: which agency, and lift one", _DPO, apart=True),
            Way("erasures", "Erase a person, for good", _DPO),
        ),
    ),
    (
        "Where it takes two",
        (
            Way("approvals", "Approvals: consents that wait for a second person", SECONDS),
            Way("overrides", "Overrides: approve, stop or review breaking the glass", SECONDS),
            Way("identities", "Who a pseudonym is: ask, agree, be shown once", SECONDS),
            Way("policies", "Country profile: what is proposed, and what waits for your approval", APPROVES),
        ),
    ),
    ("Who works here", (Way("officers", "Officers: invite, change roles, revoke", INVITES),)),
)


def router(door: PeopleDoor) -> APIRouter:
    """Make the route."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)

    @routes.get("/people")
    async def home(request: Request) -> Response:
        seat = await door.seat(request)
        officer = seat.officer
        return page(
            "home",
            seat=seat,
            waiting=await asyncio.to_thread(waiting, door, officer),
            expected=officer.has(SECONDS | APPROVES),
            groups=ways(officer),
            reviews=officer.has(_DPO) and officer.agency is None,
            agencies=await door.offered(seat),
        )

    return routes


def ways(officer: Officer) -> Sequence[tuple[str, Sequence[Way]]]:
    """Return the links for this officer, in groups; a group without any is left out."""
    mine = ((title, [way for way in group if way.is_for(officer)]) for title, group in GROUPS)
    return [(title, group) for title, group in mine if group]
