"""A hint that a case changed, and what the gateway does on one: fetch the case itself and send it over the line.

A hint has no authority. It names a record; where that record is, with whose credential it is fetched, to whom it goes
and in whose name is what the operator wrote down. What became of it is read where the agency reads everything else.
"""

import hmac
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from adapters.sdk.contract import Inbound
from adapters.sdk.errors import AdapterError
from gateway.core.access.client_rights import ClientRights
from gateway.core.access.scopes import Scope
from gateway.core.access.token_details import Act
from gateway.core.adapter_ports import NOT_ASKED
from gateway.core.answers import Confirmed, NotFresh, Stale
from gateway.core.callers import Caller, UsedProof
from gateway.core.crypto.blind import blind_hint, request_digest
from gateway.core.crypto.sealing import Place
from gateway.core.delivery.credentials import opened_by_ring, sealed_by_ring
from gateway.core.delivery.hint_items import Drop, Held, Settle, TakeUp
from gateway.core.encoding import base64url
from gateway.core.errors import GatewayError, OperatorError
from gateway.core.exchange import Exchange
from gateway.core.hints import Hint, HintBook
from gateway.core.lately import lately
from gateway.core.stages import Authenticated, Routing
from schemas.canonical import canonical
from schemas.errors import SchemaViolationError
from schemas.vocabulary import Ground, Purpose, Urgency

MOST: Final = 60
"""Hints of one hook that are taken up within a window; each makes the gateway fetch a document."""

WINDOW: Final = timedelta(minutes=1)

AT_ONCE: Final = 20
"""Hints that are taken up again in one round."""

TOKEN_BYTES: Final = 16
_PROOF_BYTES: Final = 32
_PROOF_LASTS: Final = timedelta(minutes=5)


class GivenUpError(OperatorError):
    """A case was not to be had for too long."""


class Fetch(Protocol):
    """Where a hook's cases are, and the gateway's own credential for them."""

    async def fetched(self, record: str) -> tuple[bytes, str]:
        """Return a case as it is now, and its media type, within bounds of size and time.

        Raises RecipientError or OperatorError where it is not to be had.
        """
        ...


class Registration(Protocol):
    """What is registered about a client."""

    @property
    def agency(self) -> str:
        """Whose system it is."""
        ...

    @property
    def scopes(self) -> frozenset[Scope]:
        """What it may ask for."""
        ...

    @property
    def rights(self) -> ClientRights:
        """To whom it may refer, and for what."""
        ...

    @property
    def enabled(self) -> bool:
        """Whether nobody switched it off."""
        ...


class Clients(Protocol):
    """The clients there are, as the database has them now."""

    def client(self, client_id: str) -> Registration | None:
        """Return the client of that id."""
        ...


@dataclass(frozen=True, slots=True)
class Hook:
    """One registered hook: in whose name, to whom, for what. `secret` is what the sender's system shows."""

    id: str
    agency: str
    client: str
    recipient: str
    purpose: Purpose
    secret: bytes = field(repr=False)
    cases: Fetch = field(repr=False)


class Locks:
    """The hooks, opened by their secrets: compared as digests under a key of this process, in constant time."""

    def __init__(self, hooks: Mapping[str, Hook], key: bytes) -> None:
        """Lock each hook with its secret; one that does not exist has a lock that no secret opens."""
        self._hooks = hooks
        self._key = key
        self._digests = {name: self._digest(b"secret", hook.secret) for name, hook in hooks.items()}
        self._nobodys = self._digest(b"no secret", key)

    def opened(self, name: str, shown: bytes) -> Hook | None:
        """Return the hook when this is its secret; with equal work, None for a wrong secret and for an unknown hook."""
        same = hmac.compare_digest(self._digests.get(name, self._nobodys), self._digest(b"secret", shown))
        return self._hooks.get(name) if same else None

    def hook(self, name: str) -> Hook | None:
        """Return a hook that was opened before, unless it is not registered any more."""
        return self._hooks.get(name)

    def _digest(self, use: bytes, said: bytes) -> bytes:
        return hmac.digest(self._key, use + b"\0" + said, "sha256")


class Pace:
    """How often each hook was taken up of late, in this process."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._taken: dict[str, deque[datetime]] = {}

    def allows(self, hook: str, now: datetime) -> bool:
        """Count one more, unless the window is full."""
        taken = self._taken.setdefault(hook, deque())
        while taken and not lately(taken[0], now, WINDOW):
            taken.popleft()
        if len(taken) >= MOST:
            return False
        taken.append(now)
        return True


@dataclass(frozen=True, slots=True)
class Hooks:
    """Takes hints up."""

    exchange: Exchange
    clients: Clients
    locks: Locks
    waiting: HintBook
    pace: Pace = field(default_factory=Pace)

    def in_time(self, hook: Hook) -> bool:
        """Count a hint of this hook; False when there were too many."""
        return self.pace.allows(hook.id, self.exchange.clock.now())

    async def taken(self, hook: Hook, record: str) -> None:
        """Write a hint down, fetch the case it is about and send it: when this returns, the decision is kept.

        Or another process has the case in hand, and takes it up once more. Raises AdapterError or SchemaViolationError
        for a case that is no referral, and those or a GatewayError where nothing was decided: then it is taken up again
        later (`again`), and may be sent again.
        """
        keys, name = self.exchange.keys, blind_hint(self.exchange.keys, hook.id, record)
        sealed = sealed_by_ring(keys, self.exchange.entropy, _place(name), record.encode())
        await self._in_hand(hook, Hint(name, hook.id, sealed), comes=True)

    async def again(self) -> tuple[str, ...]:
        """Take up some of what waits and is due, whatever comes of it; return the clients of what is given up."""
        given_up = []
        for hint in self.waiting.due(self.exchange.clock.now(), AT_ONCE):
            hook = self.locks.hook(hint.hook)
            if hook is None:  # Nobody may ask for it any more.
                await self.exchange.recorder.record(Drop(hint.name))
                continue
            try:
                await self._in_hand(hook, hint, comes=False)
            except GivenUpError:
                given_up.append(hook.client)
            except (GatewayError, AdapterError, SchemaViolationError):
                continue
        return tuple(given_up)

    async def _in_hand(self, hook: Hook, hint: Hint, *, comes: bool) -> None:
        """Take a hint in hand, decide its case, and let it go."""
        token = self.exchange.entropy.bytes(TOKEN_BYTES)
        held = await self.exchange.recorder.record(TakeUp(hint, token, comes))
        if held is Held.ELSEWHERE or (held is Held.NOWHERE and not comes):
            return
        count = held if isinstance(held, int) else 0
        try:
            await self._decided(hook, opened_by_ring(self.exchange.keys, _place(hint.name), hint.sealed).decode())
        except GatewayError:
            await self._let_go(Settle(hint.name, token, count, decided=False))
            raise
        except (AdapterError, SchemaViolationError) as error:
            asked = getattr(error, "rule", "") not in NOT_ASKED
            await self._let_go(Settle(hint.name, token, count, decided=asked))
            raise
        await self._let_go(Settle(hint.name, token, count, decided=True))

    async def _let_go(self, settled: Settle) -> None:
        if await self.exchange.recorder.record(settled):
            raise GivenUpError("a case that was hinted at was not to be had for a week")

    async def _decided(self, hook: Hook, record: str) -> None:
        """The record's id stands for her, and the adapter is told it: no other case is read in its place."""
        caller = self._caller(hook)
        body, media_type = await hook.cases.fetched(record)
        asked = Authenticated(
            caller, self._routing(hook, record, body), Inbound(body, media_type, record), _supplement(record)
        )
        _require_decided(await self.exchange.accept(asked))

    def _caller(self, hook: Hook) -> Caller:
        """Return the registered client with a proof drawn for it: the transaction looks at the kill switch again."""
        found = self.clients.client(hook.client)
        if found is None or found.agency != hook.agency or Scope.SEND_REFERRALS not in found.scopes:
            raise OperatorError("a hook names a client that may not send referrals for its agency")
        if not found.rights.limit.covers(Act.SEND, hook.recipient, hook.purpose):
            raise OperatorError("a hook sends to whom, or for what, its client may not")
        if not found.enabled:
            raise OperatorError("the client of a hook is switched off")
        once, expires = self.exchange.entropy.bytes(_PROOF_BYTES), self.exchange.clock.now() + _PROOF_LASTS
        proof = UsedProof(once, int(expires.timestamp()))
        return Caller(
            client_id=hook.client,
            agency=hook.agency,
            scopes=frozenset({Scope.SEND_REFERRALS}),
            token_jti=f"hook-{base64url(once)}",
            proof=proof,
        )

    def _routing(self, hook: Hook, record: str, body: bytes) -> Routing:
        """Where it goes. The same revision over the same hook is the same request, whenever it is hinted at.

        A changed one corrects what was sent of the case before (A-03).
        """
        route = (hook.id, hook.recipient, hook.purpose, record)
        said = request_digest(self.exchange.keys, *(part.encode() for part in route), body).hex()
        return Routing(
            hook.recipient, hook.purpose, Urgency.ROUTINE, Ground.CONSENT, f"hook|{said}", replaces_newest=True
        )


def _require_decided(outcome: Confirmed) -> None:
    match outcome:
        case NotFresh():
            raise OperatorError("the client of a hook is switched off")
        case Stale():
            raise OperatorError("nothing was decided")
        case _:
            return


def _place(name: bytes) -> Place:
    return Place("hint", "record", name, 1)


def _supplement(record: str) -> bytes:
    return canonical({"schema": "supplement/1.0", "subject": {"person_ref": record}})
