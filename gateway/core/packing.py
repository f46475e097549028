"""From a minimal document to a sealed parcel: pseudonymise, render, seal. No transaction is open while this runs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from adapters.sdk.contract import Envelope, Outbound, Outgoing
from consent.decision import Permit
from consent.minimise import MinimalDocument
from consent.route import STRUCTURE
from gateway.core.adapter_ports import Adapters
from gateway.core.agencies import Agency
from gateway.core.arriving import stayed_behind
from gateway.core.chance import drawn_share
from gateway.core.crypto.keys import KeyRing, Ring
from gateway.core.crypto.padding import pad, unpad
from gateway.core.crypto.pseudonyms import Domain, message_id, pseudonym, release_of
from gateway.core.crypto.sealed_message import SealContext
from gateway.core.crypto.sealed_narrative import is_opaque
from gateway.core.crypto.sealing import NONCE_BYTES, Place, open_at_rest, seal_at_rest, seal_to
from gateway.core.errors import RecipientError
from gateway.core.log.leaves import PersonSecret
from gateway.core.named_files import rows_of
from gateway.core.ports import Entropy
from gateway.core.records.attachment_rows import AttachmentRow
from gateway.core.stages import Parcel, Pseudonymous, Stated
from schemas.documents import CompiledProfile, Document
from schemas.validation import validate_plain
from schemas.vocabulary import DataCategory, DeliveryMode, Purpose, Urgency

WITHHELD: Final = "withheld"
"""What stands in the place of an agency's id where none is told (P-03)."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A parcel, and the bytes it was rendered to (for the leaf's commitment; kept nowhere).

    `opaque` are the categories in it that the sender's own client sealed (`crypto.sealed_narrative`,
    `crypto.sealed_file`); `attachments` are the files it names, which their sender has yet to bring.
    """

    parcel: Parcel
    rendered: bytes
    opaque: tuple[DataCategory, ...] = ()
    attachments: tuple[AttachmentRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Packing:
    """The tools parcels are packed with.

    `jitter` is the longest a routine delivery is held back, so that times do not link.
    """

    adapters: Adapters
    keys: KeyRing
    entropy: Entropy
    jitter: timedelta

    def pack(
        self,
        minimal: MinimalDocument,
        route: tuple[Agency, Agency],
        secret: PersonSecret,
        referral: str,
        urgency: Urgency,
        stated: Stated,
    ) -> Packed:
        """Pseudonymise, render into the recipient's format and seal. `route` is (sender, recipient).

        Raises SchemaViolationError when what was permitted does not satisfy the closed profile, CannotRenderError when
        the recipient's format cannot carry it.
        """
        (sender, recipient), permit = route, minimal.permit
        sealed_for = message_id(self.entropy.bytes(16))
        named = self.pseudonymised(minimal, recipient.id, secret.person)
        envelope = envelope_of(sealed_for, permit, sender, recipient, urgency)
        written, sends = self.written(minimal, named, envelope, recipient)
        parcel = Parcel(
            id=sealed_for,
            referral=referral,
            sender=sender.id,
            recipient=recipient.id,
            purpose=permit.agreement.purpose,
            urgency=urgency,
            mode=recipient.delivery,
            media_type=written.media_type,
            person=secret.person,
            rests_on=permit.rests_on,
            stated=stated,
            sends=sends | (STRUCTURE & permit.profile.categories),
            payload=self._sealed(written, recipient, sealed_for, permit.profile.name, secret),
            due=self._due(permit.decided_at, Urgency.ROUTINE if is_counted(permit.agreement.purpose) else urgency),
            use_until=permit.use_until,
        )
        opaque = DataCategory.NARRATIVE in sends and is_opaque(minimal.document)
        packed = Packed(parcel, written.body, (DataCategory.NARRATIVE,) if opaque else ())
        return self._with_files(packed, minimal, recipient, secret)

    def written(
        self, minimal: MinimalDocument, named: Pseudonymous, envelope: Envelope, recipient: Agency
    ) -> tuple[Outbound, frozenset[DataCategory]]:
        """Render into the recipient's format, and say which categories really stand in what was rendered.

        Raises CannotRenderError when the format cannot carry it.
        """
        adapter = self.adapters.of(recipient.adapter)

        def render(document: Document) -> Outbound:
            return adapter.render(Outgoing(envelope, document))

        outbound = render(named.document)
        return outbound, minimal.sends - stayed_behind(minimal.permit.profile, named.document, outbound, render)

    def _with_files(self, packed: Packed, minimal: MinimalDocument, recipient: Agency, secret: PersonSecret) -> Packed:
        """Add the files that left by name: those the recipient's format tells it of (M-09)."""
        if DataCategory.ATTACHMENT not in packed.parcel.sends:
            return packed
        if DataCategory.ATTACHMENT not in self.adapters.of(recipient.adapter).manifest.categories:
            return packed
        rows = rows_of(minimal.document, packed.parcel, secret, self.entropy, minimal.permit.decided_at)
        return replace(packed, opaque=(*packed.opaque, DataCategory.ATTACHMENT), attachments=tuple(rows))

    def pseudonymised(self, minimal: MinimalDocument, recipient: str, person: bytes) -> Pseudonymous:
        """Put in the number only this recipient sees (P-01).

        For statistics it is another number with each release, so that releases cannot be joined either (P-03).
        """
        permit, epoch = minimal.permit, self.keys.epoch(Ring.PERSON)
        release = release_of(permit.decided_at.date()) if is_counted(permit.agreement.purpose) else ""
        return under(minimal, pseudonym(self.keys, Domain(recipient, epoch, release), person))

    def _sealed(self, rendered: Outbound, recipient: Agency, message: str, profile: str, secret: PersonSecret) -> bytes:
        inner = self._addressed(rendered, recipient, message, profile)
        return seal_at_rest(secret.data_key, _place(message), inner, self.entropy.bytes(NONCE_BYTES), length_shows=True)

    def _addressed(self, rendered: Outbound, recipient: Agency, message: str, profile: str) -> bytes:
        match recipient.delivery:
            case DeliveryMode.SEALED_PULL:
                if recipient.sealing_key is None:
                    raise RecipientError("a sealed-pull recipient has no key")
                key = recipient.sealing_key
                context = SealContext(recipient.id, key.id, message, profile)
                return seal_to(key.public_key, context, rendered.body, self.keys, key.how).to_bytes()
            case DeliveryMode.PLAIN_PULL | DeliveryMode.NATIVE_PUSH:
                return pad(rendered.body)
            case _:
                assert_never(recipient.delivery)

    def _due(self, at: datetime, urgency: Urgency) -> datetime:
        """Hold routine deliveries back by a random time, so that two recipients cannot match arrivals."""
        if urgency is not Urgency.ROUTINE:
            return at
        return at + self.jitter * drawn_share(self.entropy)


def unpacked(parcel: Parcel, data_key: bytes) -> bytes:
    """Open the outer seal, for delivery. What a sealed-pull recipient gets stays sealed to its own key."""
    inner = open_at_rest(data_key, _place(parcel.id), parcel.payload)
    return inner if parcel.mode is DeliveryMode.SEALED_PULL else unpad(inner)


def under(minimal: MinimalDocument, number: str) -> Pseudonymous:
    """Put that number in, and check the whole against the closed profile (M-01)."""
    profile = minimal.permit.profile
    return Pseudonymous(validate_plain(with_pseudonym(minimal.document, profile, number), profile.name).document)


def with_pseudonym(document: Document, profile: CompiledProfile, number: str) -> Document:
    """Return the document with that number for its subject, where the profile has a place for one."""
    if DataCategory.PSEUDONYM not in profile.categories:
        return document
    subject = document.get("subject")
    return {**document, "subject": {**(subject if isinstance(subject, Mapping) else {}), "pseudonym": number}}


def is_counted(purpose: Purpose) -> bool:
    """Say whether she is sent to be counted: then neither who sends nor on which day is told (P-03)."""
    return purpose is Purpose.STATISTICS


def envelope_of(message: str, permit: Permit, sender: Agency, recipient: Agency, urgency: Urgency) -> Envelope:
    """Return what travels with the document under that message id (M-11)."""
    if is_counted(permit.agreement.purpose):
        return _without_sender(message, permit, recipient)
    return Envelope(
        message_id=message,
        sender=sender.id,
        sender_title=sender.title,
        recipient=recipient.id,
        purpose=permit.agreement.purpose,
        urgency=urgency,
        sent_on=permit.decided_at.date().isoformat(),
        use_until=permit.use_until.date().isoformat(),
        obligations=tuple(obligation.value for obligation in permit.obligations),
    )


def _without_sender(message: str, permit: Permit, recipient: Agency) -> Envelope:
    """What travels with somebody who is counted: no agency, no urgency, and of each day only the month (P-03)."""
    on, until = permit.decided_at.date().replace(day=1), permit.use_until.date()
    month = until.replace(day=1)
    return Envelope(
        message_id=message,
        sender=WITHHELD,
        sender_title="",
        recipient=recipient.id,
        purpose=permit.agreement.purpose,
        urgency=Urgency.ROUTINE,
        sent_on=on.isoformat(),
        use_until=(month if month > permit.decided_at.date() else until).isoformat(),
        obligations=tuple(obligation.value for obligation in permit.obligations),
    )


def _place(message: str) -> Place:
    return Place("parcel", "payload", message.encode(), 1)
