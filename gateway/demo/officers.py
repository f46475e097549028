"""People of the demonstration who sign in: invented, each with a passkey in software, invited as every officer is.

They do what a person at a browser does, in the same order and by the same functions: a link, a passkey, a session, and
the passkey once more for each thing they approve.
"""

from dataclasses import dataclass

from gateway.core.consents.desk_items import Changed
from gateway.core.officer.granting import Wanted
from gateway.core.officers import Action, Role
from gateway.demo.passkeys import SoftwarePasskey
from gateway.people.door import PeopleDoor


@dataclass(frozen=True, slots=True)
class InventedOfficer:
    """Somebody who does not exist, and the passkey of that somebody."""

    door: PeopleDoor
    passkey: SoftwarePasskey

    async def confirm(self, consent: str) -> bool:
        """Confirm, as a second person, a consent that waits for one (C-19). Raises OfficerRefusedError."""
        signing = self.door.signing
        token = await signing.sign_in(self.passkey.show(await signing.begin_sign_in()), None)
        seat = signing.seat(token)
        options = await signing.begin_step_up(seat, Action.CONFIRM_CONSENT, consent)
        approval = await signing.step_up(seat, Action.CONFIRM_CONSENT, consent, self.passkey.show(options))
        done = isinstance(await self.door.seconding.confirm(approval), Changed)
        await signing.sign_out(token)
        return done


async def invented(door: PeopleDoor, role: Role, label: str) -> InventedOfficer:
    """Invite somebody as the operator does, and let that somebody make a passkey."""
    link = await door.granting.invite(Wanted(frozenset({role}), None, label), None)
    passkey = SoftwarePasskey(door.origin, door.entropy.bytes(32))
    await door.signing.enrol(link, passkey.make(await door.signing.begin_enrolment(link)))
    return InventedOfficer(door, passkey)
