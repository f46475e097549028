"""A disclosure as a LEXS publish message: the envelope around the item, and the item's digest.

No free text is made up: what LEXS has no element for travels as a coded attribute of our own domain or is reported as
lost. The dissemination criterion is always the closest one N-DEx knows, because opening it is not the gateway's to
decide.
"""

import re

from adapters.sdk import Envelope, Outgoing, StatusUpdate
from adapters.sdk.codes import Loss
from adapters.sdk.countries import Countries
from adapters.sdk.languages import Languages
from adapters.sdk.leaves import Leaves
from adapters.sdk.xml.writing import Tag, leaf, write_xml
from adapters.systems.ndex.attributes import DOMAIN, ENVELOPE, carried
from adapters.systems.ndex.codes import Instruction
from adapters.systems.ndex.names import NAMESPACES
from adapters.systems.ndex.writing_digest import Digest

SYSTEM = "referral-gateway"
"""lexs:SystemID of every message this gateway writes."""

_DECLARED = {prefix: NAMESPACES[prefix] for prefix in ("im", "j", "lexs", "lexsdigest", "lexspd", "nc", "s", "xsi")}
_VERSION = "3.1.4"
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9._-]")


def write_referral(outgoing: Outgoing, countries: Countries, languages: Languages) -> tuple[bytes, tuple[Loss, ...]]:
    """Return the message and what it could not carry. Raises CannotRenderError for text that is not XML."""
    envelope = outgoing.envelope
    leaves = Leaves(outgoing.document)
    leaves.drop("/schema")  # names our profile; the envelope says the purpose
    digest = Digest(leaves, countries, languages, _NOT_A_NAME.sub("-", envelope.message_id)).write()
    metadata = _metadata(
        envelope.message_id, envelope.sent_on, Instruction.INSERT, envelope.sender, envelope.sender_title
    )
    metadata.add(*_envelope_attributes(envelope), *_attributes(leaves))
    package = Tag("lexs:DataItemPackage").add(metadata, digest)
    return _written(_message(envelope.sent_on, envelope.sender, envelope.sender_title, package)), leaves.report()


def write_deletion(update: StatusUpdate) -> bytes:
    """Return the message that takes the item of that reference back."""
    metadata = _metadata(update.reference, update.on, Instruction.DELETE, SYSTEM, SYSTEM)
    if update.reason is not None:
        metadata.add(_attribute("Reason for Deletion", update.reason.value, "N-DEx"))
    return _written(_message(update.on, SYSTEM, SYSTEM, Tag("lexs:DataItemPackage").add(metadata)))


def _written(message: Tag) -> bytes:
    return write_xml(message, _DECLARED, "s")


def _message(day: str, agency: str, title: str, package: Tag) -> Tag:
    submitter = Tag("lexs:DataSubmitterMetadata").add(
        _identifier("lexs:SystemIdentifier", agency, title),
        _contact("lexs:SystemContact", title),
    )
    about = Tag("lexs:PDMessageMetadata").add(
        leaf("lexs:LEXSVersion", _VERSION),
        leaf("lexs:MessageDateTime", f"{day}T00:00:00Z"),  # the day only: an exact time would tell who came when
        leaf("lexs:MessageSequenceNumber", "1"),
        leaf("lexs:DataSensitivity", "SBU"),
    )
    message = Tag("lexs:PublishMessage").add(about, submitter, package)
    return Tag("lexspd:doPublish").add(Tag("lexs:PublishMessageContainer").add(message))


def _metadata(item: str, day: str, instruction: Instruction, agency: str, title: str) -> Tag:
    owner = Tag("lexs:DataOwnerMetadata").add(
        _identifier("lexs:DataOwnerIdentifier", agency, title),
        _contact("lexs:DataOwnerContact", title),
    )
    criterion = Tag("lexs:DisseminationCriteriaValue").add(
        leaf("lexs:DisseminationCriteriaDomainText", "N-DEx"),
        leaf("lexs:DisseminationCriteriaText", "Red"),
    )
    return Tag("lexs:PackageMetadata").add(
        leaf("lexs:DataItemID", item),
        leaf("lexs:DataItemDate", day),
        leaf("lexs:DataItemReferenceID", item),
        leaf("lexs:DataItemPublishInstruction", instruction.value),
        leaf("lexs:DataItemStatus", "Open" if instruction is Instruction.INSERT else "Completed"),
        owner,
        criterion,
    )


def _identifier(name: str, agency: str, title: str) -> Tag:
    return Tag(name).add(
        leaf("lexs:OriginatingAgencyID", agency),
        leaf("nc:OrganizationName", title),
        leaf("lexs:SystemID", SYSTEM),
    )


def _contact(name: str, title: str) -> Tag:
    """The organisation as contact. LEXS demands a surname; nobody at the sender's is named here, so it is nil."""
    return Tag(name).add(Tag("nc:PersonSurName", nil=True), leaf("nc:OrganizationName", title))


def _envelope_attributes(envelope: Envelope) -> list[Tag]:
    said = [
        ("recipient", envelope.recipient),
        ("purpose", envelope.purpose.value),
        ("urgency", envelope.urgency.value),
        ("use_until", envelope.use_until),
        *((f"obligations/{index}", code) for index, code in enumerate(envelope.obligations)),
    ]
    return [_attribute(f"{ENVELOPE}/{key}", value, DOMAIN) for key, value in said]


def _attributes(leaves: Leaves) -> list[Tag]:
    """Whatever the digest had no element for and our domain has a name for."""
    written: list[Tag] = []
    for pointer, value in leaves.scalars():
        name = f"{pointer}/code" if pointer.startswith("/subject/languages/") else pointer
        if carried(name):
            leaves.drop(pointer)
            written.append(_attribute(name, value, DOMAIN))
    return written


def _attribute(name: str, value: str, domain: str) -> Tag:
    return Tag("lexs:DomainAttribute").add(
        leaf("lexs:AttributeName", name),
        leaf("lexs:AttributeValue", value),
        leaf("lexs:Domain", domain),
    )
