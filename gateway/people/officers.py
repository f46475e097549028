"""Officers: who is one, with which roles, invited by whom; and inviting, granting and revoking as acts."""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.core.officer.granting import Wanted, grant_subject
from gateway.core.officer.signing import Seat
from gateway.core.officers import INVITES, Action, Approval, OfficerRefusedError, Role
from gateway.people.acts import Act, Done
from gateway.people.door import PeopleDoor
from gateway.people.guard import Form, guarded
from gateway.people.pages import page


def router(door: PeopleDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)

    @routes.get("/people/officers")
    async def officers(request: Request) -> Response:
        seat = await door.seat(request)
        seat.officer.require(INVITES)
        listed, offered = door.granting.listed(seat.officer), await door.offered(seat)
        return page("officers", seat=seat, officers=listed, roles=list(Role), agencies=offered)

    return routes


RECORDS = frozenset({Role.CASEWORKER, Role.ADVOCATE})
"""The roles that may write down what a person agreed to, and take it back for her."""


def invite(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Invite an officer."""
    seat.officer.require(INVITES)
    wanted = Wanted(_roles(given), given.one("agency") or None, given.one("label"))

    async def perform(approval: Approval) -> Done:
        link = await door.granting.invite(wanted, approval)
        return Done(
            "The link is ready",
            (
                "Hand it to the person it is for, by a safe way. It works once, for 24 hours.",
                "It is shown here only. If it is lost, invite again.",
            ),
            f"{door.public_url}/people/enrol#{link}",
        )

    facts = [("Roles", _named(wanted.roles)), ("Agency", wanted.agency or "none"), ("Account", wanted.label)]
    hidden = [*(("role", role.value) for role in sorted(wanted.roles)), ("label", wanted.label)]
    hidden += [("agency", wanted.agency)] if wanted.agency else []
    warning = "You cannot be the second person beside whoever you invite, nor can he or she beside you."
    return Act("Invite an officer", Action.INVITE_OFFICER, wanted.subject, facts, hidden, perform, warning)


def grant(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Change the roles of another officer."""
    seat.officer.require(INVITES)
    officer, roles = given.one("officer"), _roles(given)
    if officer == seat.officer.id:
        raise OfficerRefusedError("granted_to_oneself")
    account = _account(door, seat, officer)

    async def perform(approval: Approval) -> Done:
        await door.granting.grant(officer, roles, approval)
        return Done("The roles are changed", ("They count from now on.",))

    facts = [*account, ("Roles from now on", _named(roles))]
    hidden = [("officer", officer), *(("role", role.value) for role in sorted(roles))]
    return Act("Change roles", Action.GRANT_ROLES, grant_subject(officer, roles), facts, hidden, perform)


def revoke(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Revoke an officer."""
    seat.officer.require(INVITES)
    officer = given.one("officer")
    account = _account(door, seat, officer)

    async def perform(approval: Approval) -> Done:
        await door.granting.revoke(officer, approval)
        return Done("The officer is revoked", ("Every session of that officer is over.",))

    warning = "It cannot be undone. The officer is signed out at once, and no link he or she wrote works any more."
    hidden = [("officer", officer)]
    return Act("Revoke an officer", Action.REVOKE_OFFICER, officer, account, hidden, perform, warning)


def _account(door: PeopleDoor, seat: Seat, officer: str) -> Sequence[tuple[str, str]]:
    """Say whose number it is, before a passkey is shown for it: nobody knows numbers by heart.

    Raises OfficerRefusedError for nobody's, and for one of another agency.
    """
    for one in door.granting.listed(seat.officer):
        if one.id == officer and not one.revoked:
            roles = _named(one.roles)
            return [("Account", one.label), ("Agency", one.agency or "none"), ("Roles", roles), ("Officer", officer)]
    raise OfficerRefusedError("officer_unknown")


def _roles(given: Form) -> frozenset[Role]:
    try:
        return frozenset(Role(name) for name in given.many("role"))
    except ValueError:
        raise OfficerRefusedError("form_unreadable") from None


def _named(roles: frozenset[Role]) -> str:
    return ", ".join(sorted(role.value.replace("_", " ") for role in roles)) or "none"
