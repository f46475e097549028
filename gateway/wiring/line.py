"""The line and the desks beside it, connected to the store: what the doors stand before."""

from datetime import timedelta

from gateway.clock import SystemBeat
from gateway.core.acknowledgements import Answering
from gateway.core.cases.child_clock import ChildClock
from gateway.core.cases.desk import CaseDesk
from gateway.core.cases.overrides import Overrides
from gateway.core.consents.introductions import Introductions
from gateway.core.consents.papers import ConsentPapers
from gateway.core.delivery.attachments import Attachments
from gateway.core.dispatch import Dispatch
from gateway.core.erasure.erasing import Erasures
from gateway.core.exchange import Exchange
from gateway.core.explaining import Explaining
from gateway.core.limits import Limits
from gateway.core.notice.notifying import Notifying
from gateway.core.packing import Packing
from gateway.core.previewing import Previews
from gateway.core.records.notice_records import Notices
from gateway.core.room.capacity import Capacity
from gateway.core.signed_receipts import Receipts
from gateway.core.statistics.releases import Releases
from gateway.core.tracking import Tracking
from gateway.oauth.verifier import Verifier
from gateway.store.ledger import LedgerReader
from gateway.store.reading.capacity import RoomReader
from gateway.store.reading.children import ChildReader
from gateway.store.reading.codes import CodeReader
from gateway.store.reading.consent_papers import ConsentEventReader
from gateway.store.reading.overrides import OverrideReader
from gateway.store.reading.receipts import ReceiptReader
from gateway.store.reading.referrals import ReferralReader
from gateway.store.reading.releases import ReleaseReader
from gateway.store.rows.anchors import AnchorReader
from gateway.store.writing.attachments import AttachmentReader
from gateway.store.writing.erasures import ErasureReader
from gateway.store.writing.notices import NoticeReader
from gateway.store.writing.parcels import OutboxReader
from gateway.store.writing.replacements import ReplacementReader
from gateway.web.door import Door
from gateway.wiring.foundation import Foundation

_BEAT_SECONDS = 0.05
"""Longer than nearly every answer takes on a busy machine; hardly to be noticed by who waits for a no (ADR 0050)."""


def line(base: Foundation, verifier: Verifier, limits: Limits) -> Door:
    """Return the door to all of it; `verifier` says who knocks, `limits` how often."""
    reading, desk, exchange = base.reading, base.desk(), _exchange(base)
    notices, referrals, log = NoticeReader(reading), ReferralReader(reading), LedgerReader(reading)
    return Door(
        verifier=verifier,
        exchange=exchange,
        previews=Previews(exchange),
        explaining=Explaining(
            referrals, log, base.people, base.clock, base.entropy, base.writer, base.directory, base.policy
        ),
        dispatch=_dispatch(base, notices),
        answering=Answering(base.ring, base.clock, base.entropy, base.writer, notices, _receipts(base)),
        desk=desk,
        introductions=Introductions(desk, CodeReader(reading)),
        capacity=Capacity(desk, RoomReader(reading)),
        releases=Releases(desk, ReleaseReader(reading)),
        children=ChildClock(desk, ChildReader(reading)),
        papers=ConsentPapers(desk, ConsentEventReader(reading)),
        cases=CaseDesk(
            base.directory, base.people, base.person_keys, base.ring, base.clock, base.entropy, base.writer, base.policy
        ),
        overrides=Overrides(base.people, OverrideReader(reading), base.policy, base.clock, base.entropy, base.writer),
        tracking=Tracking(referrals, log, base.ring, base.person_keys, base.settings.origin, AnchorReader(reading)),
        attachments=_attachments(base),
        recorder=base.writer,
        notices=notices,
        erasures=Erasures(desk, ErasureReader(base.database), base.person_keys),
        limits=limits,
        largest_body=base.settings.largest_body,
    )


def _exchange(base: Foundation) -> Exchange:
    packing = Packing(base.adapters, base.ring, base.entropy, timedelta(minutes=base.policy.delivery_jitter_minutes))
    return Exchange(
        base.adapters, base.directory, base.people, base.person_keys, base.ring, packing, base.policy, base.clock,
        base.entropy, base.writer, RoomReader(base.reading), ReplacementReader(base.reading),
        beat=SystemBeat(_BEAT_SECONDS), outside=base.outside,
    )  # fmt: skip


def _receipts(base: Foundation) -> Receipts:
    return Receipts(ReceiptReader(base.reading), base.person_keys, base.clock, base.entropy)


def _dispatch(base: Foundation, notices: Notices) -> Dispatch:
    return Dispatch(
        base.directory, base.people, base.person_keys, OutboxReader(base.reading), base.ring, base.policy, base.clock,
        base.entropy, base.writer, Notifying(base.adapters, base.ring, notices, base.entropy), base.outside,
    )  # fmt: skip


def _attachments(base: Foundation) -> Attachments:
    return Attachments(
        AttachmentReader(base.reading), base.directory, base.people, base.person_keys, base.policy, base.clock,
        base.entropy, base.writer, base.outside, base.settings.largest_attachment,
    )  # fmt: skip
