"""Erasures that were asked for and wait: carried out as soon as nothing keeps her, without being asked again (A-04).

Whoever asks is answered alike whether something does (ADR 0150), so nobody else than an officer of no agency sees here
which of them wait, and for what: a court order, until such an officer says that it has ended, or a broken glass that
nobody has judged yet (E-01). Never says who she is: nobody meets her by any name from the moment it is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.core.afresh import person_afresh
from gateway.core.cases.override_items import RaiseOnce
from gateway.core.erasure.erasing import Erasures
from gateway.core.erasure.holds import Hold, hold_on
from gateway.core.erasure.items import ReleaseAside
from gateway.core.erasure.ports import Asked
from gateway.core.known import KnownPerson
from gateway.core.log.leaves import sealed_leaf
from gateway.core.officers import Action, Approval, Officer, OfficerRefusedError, Role

WAITS: Final = "erasure.waits"
"""The leaf, and what stands before a request's number in the head that says it was told."""

_DECIDES: Final = frozenset({Role.DPO})


@dataclass(frozen=True, slots=True)
class AskedErasures:
    """Where what was asked is listed, released and carried out."""

    erasures: Erasures

    async def carry_out(self) -> tuple[tuple[str, Hold], ...]:
        """Erase whom nothing keeps any more, and tell the log once of the others.

        Returns the agency that asked, and what keeps her, of each that is told of for the first time.
        """
        told = list[tuple[str, Hold]]()
        for one in self.erasures.book.asked():
            left = self._left(one)
            hold = _hold(one, left)
            if hold is None:
                await self.erasures.end(one, left.head)
            elif await self._tell(one, hold):
                told.append((one.agency, hold))
        await self.erasures.finish()
        return tuple(told)

    def waiting(self, officer: Officer) -> Sequence[tuple[Asked, Hold]]:
        """Return what waits, the oldest first, and for what. Raises OfficerRefusedError."""
        officer.require_apart(_DECIDES)
        found = ((one, _hold(one, self._left(one))) for one in self.erasures.book.asked())
        return [(one, hold) for one, hold in found if hold is not None]

    def ordered(self, officer: Officer, request: str) -> Asked:
        """Return what waits for a court order to end. Raises OfficerRefusedError."""
        found = next(
            (one for one, hold in self.waiting(officer) if one.id == request and hold is Hold.LEGAL_HOLD), None
        )
        if found is None:
            raise OfficerRefusedError("unknown")
        return found

    async def release(self, approval: Approval, request: str) -> None:
        """Let no court order keep her: an officer says that it has ended. She is erased with the next round."""
        approval.require(Action.RELEASE_ERASURE, request)
        found, desk = self.ordered(approval.officer, request), self.erasures.desk
        by = {"sender": found.agency, "officer": approval.officer.id}
        leaf = sealed_leaf(desk.entropy, "erasure.released", desk.clock.now(), {**by})
        await desk.recorder.record(ReleaseAside(approval, request, leaf))

    def _left(self, one: Asked) -> KnownPerson:
        """Read what of a broken glass is still to be judged: afresh, an officer may have judged it elsewhere."""
        return person_afresh(self.erasures.desk.people, one.review)

    async def _tell(self, one: Asked, hold: Hold) -> bool:
        desk = self.erasures.desk
        leaf = sealed_leaf(desk.entropy, WAITS, desk.clock.now(), {"sender": one.agency, "reasons": [hold.value]})
        return await desk.recorder.record(RaiseOnce(f"{WAITS}:{one.id}", leaf))


def _hold(one: Asked, left: KnownPerson) -> Hold | None:
    return Hold.LEGAL_HOLD if one.ordered else hold_on(left)
