"""From a notice on record to the signed message its recipient fetches.

It is written when it is handed out, from ids, codes and days, by the adapter of the recipient, and signed: sealed like
a parcel where the recipient has a key, with a detached signature where it has none. Nothing is decided here: notices
always work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from adapters.sdk.contract import Outbound, OutgoingNotice
from adapters.sdk.errors import AdapterDefectError, AdapterError
from adapters.sdk.notices import canonical_notice
from consent.policy import Policy
from gateway.core.adapter_ports import Adapters
from gateway.core.agencies import Agency
from gateway.core.crypto.keys import KeyRing
from gateway.core.crypto.sealed_message import SealContext, key_id, notice_bytes
from gateway.core.crypto.sealing import seal_to
from gateway.core.drawn import SEED_BYTES
from gateway.core.errors import GatewayError
from gateway.core.notice.notices import NoticePlan, notice_leaf
from gateway.core.ports import Entropy
from gateway.core.records.notice_records import Notice, Notices
from gateway.core.stages import SealedLeaf
from schemas.notice_codes import NoticeKind, NoticeState
from schemas.vocabulary import DeliveryMode

SCHEMA = "notice/1.0"


@dataclass(frozen=True, slots=True)
class Signature:
    """A detached Ed25519 signature over `notice_bytes`, and the id of the gateway's message key that made it."""

    by: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class ReadyNotice:
    """One notice, written and signed, and the leaf of its handing out."""

    notice: Notice
    media_type: str
    body: bytes
    signature: Signature | None
    leaf: SealedLeaf


@dataclass(frozen=True, slots=True)
class Notifying:
    """Writes and signs notices."""

    adapters: Adapters
    keys: KeyRing
    notices: Notices
    entropy: Entropy

    async def ready(self, recipient: Agency, now: datetime, limit: int) -> tuple[ReadyNotice, ...]:
        """Return what waits for this recipient, ready to be handed out."""
        waiting = self.notices.waiting(recipient.id, now, limit)
        if not waiting:
            return ()
        told = [_outgoing(notice) for notice in waiting]
        try:
            work = partial(self._written, recipient, told)
            written = await self.adapters.aside(lambda: [recipient.adapter], work)
        except GatewayError:
            written = [canonical_notice(outgoing) for outgoing in told]
        return tuple(self._ready(recipient, *pair, now) for pair in zip(waiting, written, strict=True))

    def _ready(self, recipient: Agency, notice: Notice, written: Outbound, now: datetime) -> ReadyNotice:
        leaf = notice_leaf(self.entropy, NoticeState.SENDING, now, notice)
        key = recipient.sealing_key
        if recipient.delivery is DeliveryMode.SEALED_PULL and key is not None:
            context = SealContext(recipient.id, key.id, notice.id, SCHEMA)
            sealed = seal_to(key.public_key, context, written.body, self.keys, key.how).to_bytes()
            return ReadyNotice(notice, written.media_type, sealed, None, leaf)
        by = key_id("Ed25519", self.keys.message_public_key())
        signature = self.keys.sign_message(notice_bytes(recipient.id, notice.id, written.body))
        return ReadyNotice(notice, written.media_type, written.body, Signature(by, signature), leaf)

    def _written(self, recipient: Agency, told: Sequence[OutgoingNotice]) -> list[Outbound]:
        """Write each in the recipient's format, or as notice/1.0 where that has no such thing: none must ever stay.

        An adapter with a defect is not asked about the others: each might take as long.
        """
        adapter = self.adapters.of(recipient.adapter)
        written: list[Outbound] = []
        for outgoing in told:
            try:
                written.append(adapter.render_notice(outgoing))
            except AdapterDefectError:
                return written + [canonical_notice(other) for other in told[len(written) :]]
            except AdapterError:
                written.append(canonical_notice(outgoing))
        return written


def _outgoing(notice: Notice) -> OutgoingNotice:
    return OutgoingNotice(
        notice=notice.id,
        about=notice.about,
        kind=notice.kind,
        asks=notice.asks,
        on=notice.created.date().isoformat(),
        answer_by=notice.deadline.date().isoformat(),
        replaced_by=notice.replaced_by,
        categories=tuple(sorted(notice.categories)),
        use_until=None if notice.use_until is None else notice.use_until.date().isoformat(),
    )


def plan(entropy: Entropy, policy: Policy, kind: NoticeKind) -> NoticePlan:
    """Prepare for notices of that kind, with the country's jitter and time to answer."""
    jitter, within = (
        timedelta(minutes=policy.delivery_jitter_minutes),
        timedelta(hours=policy.notice_answer_hours),
    )
    return NoticePlan(kind, entropy.bytes(SEED_BYTES), jitter, within)
