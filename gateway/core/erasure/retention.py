"""What is kept of an exchange is kept as long as its agreement and the country allow, and not longer (A-04).

How long that is was decided with the permit (`Permit.use_until`: the shorter of agreement and country profile) and
stands beside the parcel. Then nothing more is handed out of it, the sender's own number goes, and the keys of its
entries in the log: those can be proven still, and are about nobody any more. What stays is codes: that it was, and how
it ended. An exchange that is still open is kept until it ends. While something holds her case
(`gateway.core.erasure.holds`), everything is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from consent.reasons import Reason
from gateway.core.afresh import person_afresh
from gateway.core.erasure.holds import hold_on
from gateway.core.heads import Head
from gateway.core.lately import lately
from gateway.core.log.leaves import sealed_leaf
from gateway.core.ports import Clock, Entropy, Needs, People, Recorder, Transaction
from gateway.core.stages import SealedLeaf
from schemas.vocabulary import Purpose

EVERY: Final = timedelta(hours=1)
"""Between two looks: each reads every parcel."""

AT_ONCE: Final = 200
"""Exchanges in one transaction."""


@dataclass(frozen=True, slots=True)
class EndedExchange:
    """One parcel whose time is over, and whose referral still has what only an exchange under way needs."""

    parcel: str
    referral: str
    person: bytes
    sender: str
    recipient: str
    purpose: Purpose
    in_flight: bool


class Exchanges(Protocol):
    """Finds them."""

    async def over(self, now: datetime, after: str, limit: int) -> Sequence[EndedExchange]:
        """Return up to `limit` whose time was over by then and that are not open, by the parcel's id, behind `after`.

        Only those of which something is left to forget. Beside the event loop: it takes a while.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ending:
    """One exchange to end, her records as they were when nothing held it, and the leaf if it has to be stopped."""

    exchange: EndedExchange
    heads: tuple[Head, ...]
    leaf: SealedLeaf | None


@dataclass(frozen=True, slots=True)
class EndExchanges:
    """Forget what exchanges under way needed; what was still waiting is stopped, which is a leaf each.

    Where something happened in her case meanwhile, it may have been a court order: that exchange is left alone.
    """

    endings: tuple[Ending, ...]

    @property
    def needs(self) -> Needs:
        """Her records' heads, for each of them."""
        return Needs(tuple({head.id: None for ending in self.endings for head in ending.heads}))

    def apply(self, transaction: Transaction) -> int:
        """Stop and forget; how many were ended."""
        still = [ending for ending in self.endings if not transaction.moved(ending.heads)]
        for ending in still:
            if ending.leaf is not None and transaction.stop(ending.exchange.parcel):
                transaction.append(ending.leaf)
        transaction.end_exchanges([(ending.exchange.person, ending.exchange.referral) for ending in still])
        return len(still)


@dataclass(slots=True)
class Retention:
    """Looks once an hour; `looked` is when it did last."""

    exchanges: Exchanges
    people: People
    clock: Clock
    entropy: Entropy
    recorder: Recorder
    looked: datetime | None = None

    async def watch(self) -> int:
        """End what is over, unless that was looked for within the hour; how many exchanges were ended."""
        now = self.clock.now()
        if self.looked is not None and lately(self.looked, now, EVERY):
            return 0
        self.looked = now
        return await self.end(now)

    async def duty(self) -> bool:
        """Do it as one of the housekeeping's duties: nothing is left for a moment later."""
        await self.watch()
        return False

    async def end(self, now: datetime) -> int:
        """End everything that is over by now."""
        ended, after = 0, ""
        while found := await self.exchanges.over(now, after, AT_ONCE):
            endings = tuple(filter(None, (self._ending(one, now) for one in found)))
            if endings:
                ended += await self.recorder.record(EndExchanges(endings))
            after = found[-1].parcel
        return ended

    def _ending(self, exchange: EndedExchange, now: datetime) -> Ending | None:
        """Return what would end it; None while something holds her case."""
        person = person_afresh(self.people, exchange.person)
        return None if hold_on(person) else Ending(exchange, person.heads, self._leaf(exchange, now))

    def _leaf(self, exchange: EndedExchange, now: datetime) -> SealedLeaf | None:
        if not exchange.in_flight:
            return None
        leaf = sealed_leaf(
            self.entropy,
            "disclosure.stopped",
            now,
            {
                "sender": exchange.sender,
                "recipient": exchange.recipient,
                "purpose": exchange.purpose.value,
                "reasons": [Reason.TOO_LATE.value],
            },
        )
        return replace(leaf, person=exchange.person, referral=exchange.referral)
