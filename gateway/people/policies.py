"""A country profile that waits for two people: what it changes, what it would have changed, approving its digest."""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.core.officer.signing import Seat
from gateway.core.officers import Action, Approval, Officer, OfficerRefusedError
from gateway.core.oversight.national import policy_in
from gateway.core.oversight.policy_approval import APPROVES, PEOPLE_NEEDED, Proposal
from gateway.core.oversight.policy_review import differences, replay_digest
from gateway.people.acts import Act, Done
from gateway.people.door import PeopleDoor
from gateway.people.guard import Form, guarded
from gateway.people.pages import page
from schemas.canonical import canonical

_WARNING = "You say that you read every change and agree that this country decides so."


def router(door: PeopleDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)

    @routes.get("/people/policies")
    async def policies(request: Request) -> Response:
        seat = await door.seat(request)
        seat.officer.require(APPROVES)
        known = door.policies.standing()
        waiting = sorted(known.proposals.values(), key=lambda one: one.at)
        shown = [(one.digest, facts(door, one), may_approve(door, seat.officer, one)) for one in waiting]
        return page("policies", seat=seat, digest=door.policies.policy.digest, approved=known.approved, proposals=shown)

    return routes


def approve(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Approve, as one of two people, a country profile by its digest."""
    found = door.policies.examined(seat.officer, given.one("policy"))

    async def perform(approval: Approval) -> Done:
        then = await door.policies.approve(approval)
        missing = PEOPLE_NEEDED - len(then.approved_by)
        said = "It waits for somebody else." if missing > 0 else "It counts once the gateway is started with it."
        return Done("The country profile is approved", (said,))

    hidden = [("policy", found.digest)]
    heading, action = "Approve a country profile", Action.APPROVE_POLICY
    return Act(heading, action, found.digest, facts(door, found), hidden, perform, _WARNING)


def facts(door: PeopleDoor, found: Proposal) -> Sequence[tuple[str, str]]:
    """Say what a profile changes against the one in force, and what it would have changed: codes and numbers."""
    in_force = door.policies.policy
    proposed = policy_in(canonical(found.profile), in_force.country)
    changes = differences(in_force, proposed) or ("nothing",)
    replay = found.replay
    return (
        ("Digest", found.digest),
        ("Proposed at", found.at.strftime("%Y-%m-%d %H:%M UTC")),
        ("Approved by", ", ".join(found.approved_by) or "nobody yet"),
        *(("Change", change) for change in changes),
        ("Past decisions looked at", str(replay.get("decided_again", 0))),
        *((said, str(_count(replay.get(name)))) for name, said in _REPLAYED),
        ("Digest of the replay", replay_digest(replay)),
    )


_REPLAYED = (
    ("would_newly_pass", "Of these would newly pass"),
    ("would_newly_stop", "Of these would newly stop"),
    ("would_carry_otherwise", "Of these would carry something else"),
)


def _count(changes: object) -> int:
    counts = (one.get("decisions") for one in changes if isinstance(one, dict)) if isinstance(changes, list) else ()
    return sum(count for count in counts if isinstance(count, int))


def may_approve(door: PeopleDoor, officer: Officer, one: Proposal) -> bool:
    """Say whether this officer may be one of the two that approve a proposal."""
    try:
        door.policies.examined(officer, one.digest)
    except OfficerRefusedError:
        return False
    return True
