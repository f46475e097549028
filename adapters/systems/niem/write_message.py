"""A disclosure, an answer or a revocation as one message, its parts in the order of the schema.

NIEM has no word for what she agreed to, so none is written: the obligations she was promised stand in an element of
ours (M-11), and the gateway keeps her consent.
"""

from adapters.sdk import Envelope, Outgoing, StatusUpdate
from adapters.sdk.codes import Loss, RejectionReason
from adapters.sdk.leaves import Leaves
from adapters.sdk.xml.schema import Schema
from adapters.sdk.xml.writing import Tag, group, leaf
from adapters.systems.niem.names import MESSAGE, REFERRAL
from adapters.systems.niem.tables import Tables
from adapters.systems.niem.write_person import dated
from adapters.systems.niem.write_victim import VictimWriter


def referral_message(outgoing: Outgoing, tables: Tables) -> tuple[Tag, tuple[Loss, ...]]:
    """Return the message and what it could not carry."""
    leaves = Leaves(outgoing.document)
    leaves.drop("/schema")  # names our profile; the envelope says the purpose
    message = Tag(MESSAGE).add(_referral(outgoing.envelope), *VictimWriter(leaves, tables).write())
    return _ordered(message, tables.schema), leaves.report()


def status_message(update: StatusUpdate, tables: Tables) -> Tag:
    """Return the message that says what became of the referral of that reference; `revoked` takes it back."""
    reason = update.reason.value if isinstance(update.reason, RejectionReason) else None
    status = Tag("nc:ActivityStatus").add(
        leaf("gx:ReferralStateCode", update.state.value),
        group("gx:StatusAugmentation", leaf("gx:RejectionReasonCode", reason)),
    )
    referral = Tag(REFERRAL).add(_number("nc:ActivityIdentification", update.reference), status)
    return _ordered(Tag(MESSAGE).add(referral.add(dated("nc:ActivityDate", update.on))), tables.schema)


def _referral(envelope: Envelope) -> Tag:
    issuer = Tag("nc:EntityOrganization").add(
        _number("nc:OrganizationIdentification", envelope.sender), leaf("nc:OrganizationName", envelope.sender_title)
    )
    receiver = Tag("nc:EntityOrganization").add(_number("nc:OrganizationIdentification", envelope.recipient))
    travel = Tag("gx:ReferralAugmentation").add(
        leaf("gx:PurposeCode", envelope.purpose.value),
        leaf("gx:UrgencyCode", envelope.urgency.value),
        leaf("gx:UseUntilDate", envelope.use_until),
        *(leaf("gx:ObligationCode", obligation) for obligation in envelope.obligations),
    )
    return Tag(REFERRAL).add(
        _number("nc:ActivityIdentification", envelope.message_id),
        dated("nc:ActivityDate", envelope.sent_on),
        Tag("nc:ReferralIssuer").add(issuer),
        Tag("nc:ReferralEntity").add(receiver),
        travel,
    )


def _number(name: str, value: str) -> Tag:
    return Tag(name).add(leaf("nc:IdentificationID", value))


def _ordered(tag: Tag, schema: Schema) -> Tag:
    """Put the children of every element into the order of the schema; equals keep theirs."""
    members = schema.members[tag.name]
    tag.children.sort(key=lambda child: members[child.name].position)
    for child in tag.children:
        _ordered(child, schema)
    return tag
