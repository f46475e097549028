"""One's own passkeys: which there are, one more, one fewer; each with a passkey shown for it."""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.core.encoding import base64url
from gateway.core.officer.passkeys import OwnPasskeys
from gateway.core.officer.signing import Seat
from gateway.core.officers import Action, Approval
from gateway.core.records.officer_records import CredentialRow
from gateway.people.acts import Act, Done
from gateway.people.door import PeopleDoor
from gateway.people.guard import Form, guarded
from gateway.people.pages import page


def router(door: PeopleDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(route_class=guarded(door.origin), include_in_schema=False)
    own = OwnPasskeys(door.signing)

    @routes.get("/people/passkeys")
    async def passkeys(request: Request) -> Response:
        seat = await door.seat(request)
        mine = own.listed(seat)
        listed = [(base64url(one.id), facts(one)) for one in mine]
        return page("passkeys", seat=seat, passkeys=listed, last=len(mine) == 1)

    return routes


def add(door: PeopleDoor, seat: Seat, _given: Form) -> Act:
    """Make another passkey of one's own, on this device or another."""

    async def perform(approval: Approval) -> Done:
        link = await OwnPasskeys(door.signing).link(seat, approval)
        said = ("Open it on the device that shall hold the new passkey.", "It works once, for 15 minutes.")
        return Done("The link is ready", said, f"{door.public_url}/people/enrol#{link}")

    own, hidden = seat.officer.id, [("officer", seat.officer.id)]
    warning = "Whoever opens the link becomes you. Hand it to nobody."
    return Act("Add a passkey", Action.ADD_PASSKEY, own, [("Account", seat.known.label)], hidden, perform, warning)


def remove(door: PeopleDoor, seat: Seat, given: Form) -> Act:
    """Remove a passkey of one's own; never the last."""
    passkey = given.one("credential")
    found = OwnPasskeys(door.signing).own(seat, passkey)

    async def perform(approval: Approval) -> Done:
        await OwnPasskeys(door.signing).remove(approval, passkey)
        said = ("You are signed out everywhere. Sign in again.", "No link that you wrote works any more.")
        return Done("The passkey is removed", said)

    warning = "It cannot be undone. It signs you out everywhere, and ends every link you wrote that nobody used yet."
    hidden = [("credential", passkey)]
    return Act("Remove a passkey", Action.REMOVE_PASSKEY, passkey, facts(found), hidden, perform, warning)


def facts(passkey: CredentialRow) -> Sequence[tuple[str, str]]:
    """Say which passkey it is: the beginning of its id, and the day it was made."""
    return (("Passkey", base64url(passkey.id)[:8]), ("Made", passkey.at.date().isoformat()))
