"""Signing in on a real database, without HTTP: for what is about time, races and what is kept."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from builders import an_agency
from fakes import SeededEntropy
from passkeys import Authenticator
from rings import a_key_ring
from stores import Store

from gateway.core.officer.failures import Failures
from gateway.core.officer.granting import Granting, Wanted
from gateway.core.officer.signing import Seat, Signing
from gateway.core.officers import Action, Approval, OfficerRefusedError, Role
from gateway.people.passkeys import WebAuthnPasskeys
from gateway.store.reading.officers import OfficerReader
from gateway.store.writing.writer import Writer

_Result = TypeVar("_Result")
HERE = "http://localhost:8470"
DPO = frozenset({Role.DPO})


def refused(code: str) -> AbstractContextManager[object]:
    """Expect that refusal."""
    return pytest.raises(OfficerRefusedError, match=f"^{code}$")


class OneAgency:
    """A directory that knows the police."""

    def agency(self, agency: str) -> object:
        known = an_agency()
        return known if agency == known.id else None

    def agreement(self, *_route: object) -> None:
        return None


@dataclass
class Office:
    """Everything that signs people in, over one store."""

    store: Store
    entropy: SeededEntropy = field(default_factory=SeededEntropy)

    def __post_init__(self) -> None:
        self.book = OfficerReader(self.store.database.reading)
        self.failures = Failures()

    def do(self, work: "Callable[[Signing, Granting], Coroutine[object, None, _Result]]") -> _Result:
        """Run something with a writer of its own."""
        writer = self.store.writer()

        async def worked() -> _Result:
            writer.start()
            return await work(*self._parts(writer))

        try:
            return asyncio.run(worked())
        finally:
            writer.close()

    def invited(self, wanted: Wanted, approval: Approval | None = None) -> str:
        return self.do(lambda _, granting: granting.invite(wanted, approval))

    def enrolled(self, link: str, key: Authenticator) -> str:
        async def work(signing: Signing, _: Granting) -> str:
            return await signing.enrol(link, key.make(await signing.begin_enrolment(link)))

        return self.do(work)

    def signed_in(self, key: Authenticator, before: str | None = None) -> str:
        async def work(signing: Signing, _: Granting) -> str:
            return await signing.sign_in(key.show(await signing.begin_sign_in()), before)

        return self.do(work)

    def seat(self, token: str) -> Seat:
        async def work(signing: Signing, _: Granting) -> Seat:
            return await signing.present(token)

        return self.do(work)

    def approved(self, token: str, key: Authenticator, action: Action, subject: str) -> Approval:
        async def work(signing: Signing, _: Granting) -> Approval:
            seat = signing.seat(token)
            return await signing.step_up(
                seat, action, subject, key.show(await signing.begin_step_up(seat, action, subject))
            )

        return self.do(work)

    def an_officer(self, roles: frozenset[Role] = DPO, agency: str | None = None) -> tuple[str, Authenticator]:
        """An officer the operator invited, and the passkey."""
        key = Authenticator()
        return self.enrolled(self.invited(Wanted(roles, agency, "Officer")), key), key

    def leaves(self) -> list[str]:
        """The types of the leaves in the log."""
        return [json.loads(leaf)["type"] for leaf in self.store.log.leaves(self.store.log.head().size)]

    def _parts(self, writer: Writer) -> tuple[Signing, Granting]:
        clock, passkeys = self.store.clock, WebAuthnPasskeys(HERE)
        signing = Signing(self.book, passkeys, a_key_ring(), clock, self.entropy, writer, self.failures)
        return signing, Granting(self.book, signing, OneAgency(), clock, self.entropy, writer)
