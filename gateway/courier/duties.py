"""What a gateway does without being asked, a duty each.

The writer forgets a little of what has run out, so that no table grows for ever; an erasure that was asked for is
carried out as soon as nothing keeps her, and no process remembers the key of somebody erased in another (A-04); and
whoever runs the gateway is told, by a line in the log, of messages that wait too long, of notices nobody answered in
time (C-10), of broken glass nobody reviewed in time (E-01), of children of whom nobody was told in time (K-07), of
those who turn 18 soon (K-06), of breaches that were not told in time (A-05), and of agencies that tried one recipient
after another for somebody (A-01).
"""

import asyncio
from collections import Counter
from datetime import date
from functools import partial
from typing import Protocol

import structlog

from gateway.core.cases.child_clock import ChildClock
from gateway.core.cases.coming_of_age import ComingOfAge
from gateway.core.cases.overrides import Overrides
from gateway.core.delivery.ageing import NoteAged
from gateway.core.delivery.hooks import Hooks
from gateway.core.erasure.erasing import Erasures
from gateway.core.erasure.erasures_asked import AskedErasures
from gateway.core.housekeeping import ForgetExpired
from gateway.core.notice.items import EscalateNotices
from gateway.core.oversight.breaches import Breaches
from gateway.core.oversight.probing_releases import LockBook
from gateway.core.ports import Clock, Entropy, Recorder
from gateway.courier.housekeeping import Duty

ROWS_AT_ONCE = 1_000
"""Rows of each table in one delete: a few milliseconds of the writer's time."""

NOTICES_AT_ONCE = 100
"""Notices in one transaction."""


class KeyMemory(Protocol):
    """Remembers opened data keys."""

    def forget_destroyed(self) -> int:
        """Forget every key the store holds no more; how many there were."""
        ...


def duties(
    recorder: Recorder,
    entropy: Entropy,
    overrides: Overrides,
    children: ChildClock,
    erasures: Erasures,
    locks: LockBook,
    breaches: Breaches,
) -> dict[str, Duty]:
    """Return what every gateway does, in the order it is done."""
    return {
        "erasures": partial(_carry_out, AskedErasures(erasures)),
        "notices": partial(escalate, recorder, entropy),
        "ageing": partial(age, recorder, entropy),
        "overrides": partial(_review, overrides),
        "children": partial(_notify, children),
        "breaches": partial(tell_of_breaches, breaches),
        "birthdays": Birthdays(ComingOfAge(children.desk, children.book)).round,
        "probing": Probing(locks, children.desk.clock).round,
        "expiry": partial(forget, recorder),
    }


def in_every_process(keys: KeyMemory) -> dict[str, Duty]:
    """Return what every process does that meets people, the siblings and the couriers too."""
    return {"keys": partial(_forget_keys, keys)}


async def forget(recorder: Recorder) -> bool:
    """Forget a bounded number of what has run out."""
    return await recorder.record(ForgetExpired(ROWS_AT_ONCE))


async def escalate(recorder: Recorder, entropy: Entropy) -> bool:
    """Raise the alarm about late notices: a leaf each, and a line in the log for each recipient (C-10)."""
    late = await recorder.record(EscalateNotices(NOTICES_AT_ONCE, entropy))
    for recipient, count in sorted(Counter(late).items()):
        structlog.get_logger().warning("notice_late", code="notice_late", agency=recipient, count=count)
    return len(late) == NOTICES_AT_ONCE


async def age(recorder: Recorder, entropy: Entropy) -> bool:
    """Raise the alarm about messages that wait too long: a leaf each, and a line for each recipient and urgency."""
    late = await recorder.record(NoteAged(NOTICES_AT_ONCE, entropy))
    for (recipient, urgency), count in sorted(Counter((one.recipient, one.urgency.value) for one in late).items()):
        structlog.get_logger().warning("message_overdue", code=urgency, agency=recipient, count=count)
    return len(late) == NOTICES_AT_ONCE


async def take_up(hooks: Hooks) -> bool:
    """Take up hints whose case was not to be had, and say which clients' are given up."""
    for client in await hooks.again():
        structlog.get_logger().warning("hook_given_up", client=client)
    return False


async def _carry_out(erasures: AskedErasures) -> bool:
    if waits := await erasures.carry_out():  # Whose, and for what, is for officers only (ADR 0150).
        structlog.get_logger().warning("erasure_waits", code="A-04", count=len(waits))
    return False


async def _review(overrides: Overrides) -> bool:
    for _ in await overrides.watch():
        structlog.get_logger().warning("override_review_overdue", code="E-01")
    return False


async def tell_of_breaches(breaches: Breaches) -> bool:
    """Raise the alarm about breaches that were not told in time: a leaf and a line each (A-05)."""
    for breach in await breaches.watch():
        structlog.get_logger().warning("breach_overdue", code="A-05", breach=breach)
    return False


async def _notify(children: ChildClock) -> bool:
    for agency in await children.watch():
        structlog.get_logger().warning("child_notification_overdue", code="K-07", agency=agency)
    return False


class Birthdays:
    """Looks at every child once a day, a few at a time: her birthday lies sealed, so no question finds it (K-06)."""

    def __init__(self, coming: ComingOfAge) -> None:
        """Begin with the first child."""
        self._coming = coming
        self._after = b""
        self._looked: date | None = None

    async def round(self) -> bool:
        """Look at a few children; True while more of them wait today."""
        today = self._coming.desk.clock.now().date()
        if self._looked == today:
            return False
        told, after = await self._coming.watch(self._after)
        for agency in told:
            structlog.get_logger().warning("child_coming_of_age", code="K-06", agency=agency)
        self._after, self._looked = after or b"", today if after is None else None
        return after is not None


class Probing:
    """Tells of locks since it last looked. Which agency it was is in the log: `probe.locked`."""

    def __init__(self, locks: LockBook, clock: Clock) -> None:
        """Begin with what is locked from now on."""
        self._locks, self._clock = locks, clock
        self._since = clock.now()

    async def round(self) -> bool:
        """Say how many there are, if any."""
        now = self._clock.now()
        count, self._since = await asyncio.to_thread(self._locks.locked_between, min(self._since, now), now)
        if count:
            structlog.get_logger().warning("probing_locked", code="A-01", count=count)
        return False


async def _forget_keys(keys: KeyMemory) -> bool:
    await asyncio.to_thread(keys.forget_destroyed)
    return False
