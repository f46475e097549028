"""The leaves of the line: a yes, a no, a lock, and what happens to a parcel afterwards.

Every decision is one (A-01).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from consent.decision import Permit, Refusal
from consent.minimise import MinimalDocument
from consent.route import STRUCTURE
from gateway.core.crypto.commitments import Committed
from gateway.core.crypto.keys import PERSON_ID_BYTES
from gateway.core.dossiers import Way
from gateway.core.known import KnownPerson
from gateway.core.log.leaves import PersonSecret, sealed_leaf
from gateway.core.packing import Packed
from gateway.core.ports import Entropy
from gateway.core.stages import Authenticated, Parcel, SealedLeaf
from schemas.answer_codes import AnswerCode
from schemas.catalogue import schema_hash
from schemas.documents import Json
from schemas.vocabulary import DataCategory, ReferralState


def permit_leaf(
    entropy: Entropy,
    permit: Permit,
    packed: Packed,
    asked: Authenticated,
    secret: PersonSecret,
    policy: str,
    version: int,
) -> SealedLeaf:
    """Record a permit: who, to whom, why, which categories, on which ground and versions.

    It commits to the bytes that came in and to those that leave.
    """
    fields: dict[str, Json] = {
        "outcome": "permitted",
        "sender": packed.parcel.sender,
        "recipient": packed.parcel.recipient,
        "purpose": permit.agreement.purpose,
        "urgency": packed.parcel.urgency,
        "ground": permit.ground,
        "categories": _sorted(packed.parcel.sends),
        "agreement": permit.agreement.id,
        "schema": schema_hash("referral/1.0"),
        "profile": permit.profile.hash,
        "policy": policy,
    }
    if packed.opaque:
        fields["opaque"] = [*packed.opaque]
    if version > 1:
        fields["version"] = version
    committed = {
        "inbound": (Committed.INBOUND, asked.inbound.body),
        "outbound": (Committed.OUTBOUND, packed.rendered),
        "consent": (Committed.RECORD, _ground(permit).encode()),
    }
    leaf = sealed_leaf(entropy, "decision.permitted", permit.decided_at, fields, committed, secret)
    return replace(leaf, referral=packed.parcel.referral)


def refusal_leaf(
    entropy: Entropy,
    refusal: Refusal,
    route: Way,
    asked: Authenticated,
    person: KnownPerson | None,
    policy: str,
    referral: str,
) -> SealedLeaf:
    """Record a refusal with its true reasons (A-01), and which referral it was: by that it is found to be erased.

    A recipient nobody registered is not named: it is the sender's word, not ours.
    """
    fields: dict[str, Json] = {
        "outcome": "refused",
        "sender": route.sender.id,
        "purpose": asked.routing.purpose,
        "urgency": asked.routing.urgency,
        "ground": asked.routing.ground,
        "reasons": [reason.value for reason in refusal.reasons],
        "policy": policy,
    }
    if route.recipient is not None:
        fields["recipient"] = route.recipient.id
    leaf = _of_person(entropy, "decision.refused", refusal.decided_at, fields, person.id if person else None)
    return replace(leaf, referral=referral)


def preview_leaf(
    entropy: Entropy,
    outcome: MinimalDocument | Refusal,
    sends: frozenset[DataCategory],
    route: Way,
    asked: Authenticated,
    person: bytes | None,
    policy: str,
) -> SealedLeaf:
    """Record that somebody looked what would be sent, and what came of it (M-13). Commits to nothing.

    `sends` are the categories that would have arrived.
    """
    fields: dict[str, Json] = {
        "sender": route.sender.id,
        "purpose": asked.routing.purpose,
        "urgency": asked.routing.urgency,
        "ground": asked.routing.ground,
        "policy": policy,
    }
    if route.recipient is not None:
        fields["recipient"] = route.recipient.id
    if isinstance(outcome, Refusal):
        fields |= {"outcome": "refused", "reasons": [reason.value for reason in outcome.reasons]}
        return _of_person(entropy, "decision.previewed", outcome.decided_at, fields, person)
    permit = outcome.permit
    told = sends | (STRUCTURE & permit.profile.categories)
    fields |= {"outcome": "permitted", "categories": _sorted(told), "profile": permit.profile.hash}
    fields |= {"schema": schema_hash("referral/1.0")}
    return _of_person(entropy, "decision.previewed", permit.decided_at, fields, person)


def lock_leaf(entropy: Entropy, route: Way, at: datetime, person: bytes | None) -> SealedLeaf:
    """Record that a sender tried too many recipients for one person."""
    return _of_person(entropy, "probe.locked", at, {"sender": route.sender.id}, person)


def released_leaf(
    entropy: Entropy, agency: str, officer: str, reason: str, at: datetime, person: bytes | None
) -> SealedLeaf:
    """Record that an officer lifted such a lock, of which agency, and why."""
    return _of_person(
        entropy, "probe.released", at, {"sender": agency, "officer": officer, "reasons": [reason]}, person
    )


def parcel_leaf(entropy: Entropy, kind: str, at: datetime, parcel: Parcel, reasons: Sequence[str]) -> SealedLeaf:
    """Record a step of a parcel: `disclosure.sending` or `disclosure.stopped`."""
    fields: dict[str, Json] = {
        "sender": parcel.sender,
        "recipient": parcel.recipient,
        "purpose": parcel.purpose,
        "categories": _sorted(parcel.sends),
    }
    if reasons:
        fields["reasons"] = [*reasons]
    return replace(_of_person(entropy, kind, at, fields, parcel.person), referral=parcel.referral)


def answered_leaf(
    entropy: Entropy, at: datetime, recipient: str, state: ReferralState, reason: AnswerCode | None
) -> SealedLeaf:
    """Record what a recipient makes of a referral; the transaction knows whose it is."""
    fields: dict[str, Json] = {"recipient": recipient, "outcome": state}
    if reason is not None:
        fields["reasons"] = [reason.value]
    return sealed_leaf(entropy, "disclosure.answered", at, fields)


def _ground(permit: Permit) -> str:
    """Name the record the permit rests on: a consent in the version it had, or the event that is its ground."""
    return permit.rests_on if permit.consent is None else f"{permit.consent.id}:{permit.consent.version}"


def _of_person(entropy: Entropy, kind: str, at: datetime, fields: dict[str, Json], person: bytes | None) -> SealedLeaf:
    """Where nobody is known, the leaf is about a number that is nobody's, so that a no writes equally much."""
    leaf = sealed_leaf(entropy, kind, at, fields)
    others = () if person else (entropy.bytes(PERSON_ID_BYTES),)
    return SealedLeaf(leaf.event, leaf.content, person, others=others)


def _sorted(categories: Iterable[DataCategory]) -> list[Json]:
    return [*sorted(categories)]
