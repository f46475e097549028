"""The gateway's NIEM 6.0 message, in XML and in JSON: the door of this folder.

NIEM gives components; a message is always defined by those who exchange it. Ours is `data/referral.xsd`, over the part
of NIEM 6.0 beside it. Reading: bytes -> XML that satisfies the schema -> which victim -> what is said of her. Writing:
a profile's document -> elements -> XML or JSON, as the manifest says.
"""

from dataclasses import replace

from adapters.sdk import (
    Inbound,
    Losses,
    MalformedError,
    Manifest,
    Outbound,
    Outgoing,
    OutgoingNotice,
    Parsed,
    StatusUpdate,
    UnsupportedError,
    read_manifest,
)
from adapters.sdk.codes import Loss, NoticeAsk, ReferralState, ServiceOutcome
from adapters.sdk.xml.reading import read_xml
from adapters.sdk.xml.writing import Tag, write_xml
from adapters.systems.niem.json_reading import read_json
from adapters.systems.niem.json_writing import write_message
from adapters.systems.niem.names import DECLARED, STRUCTURES
from adapters.systems.niem.read_message import read_message
from adapters.systems.niem.tables import read_tables
from adapters.systems.niem.write_message import referral_message, status_message


class Niem:
    """Reads and writes messages about one victim; answers and takes back by the status of nc:Referral."""

    def __init__(self) -> None:
        """Read the manifest and every table, and compile the schema."""
        self._manifest = read_manifest("adapters.systems.niem")
        self._tables = read_tables()

    @property
    def manifest(self) -> Manifest:
        """What this adapter says about itself."""
        return self._manifest

    def parse(self, inbound: Inbound) -> Parsed:
        """Read a message. `inbound.subject` is the structures:id of a victim (`@id` in JSON) or a number of hers."""
        if not inbound.media_type.endswith("json"):
            return self._read(inbound.body, inbound.subject)
        message = read_json(inbound.body, self._tables.schema)
        failure: MalformedError | UnsupportedError
        try:
            parsed = self._read(message.xml, inbound.subject)
            return replace(parsed, losses=message.losses(parsed.losses))
        except (MalformedError, UnsupportedError) as error:
            failure = type(error)(message.pointer(error.pointer), error.rule)
        raise failure

    def _read(self, body: bytes, subject: str | None) -> Parsed:
        schema = self._tables.schema
        return read_message(read_xml(body, schema.vocabulary, schema), subject, self._tables)

    def render(self, outgoing: Outgoing) -> Outbound:
        """Write the message, whose number is the message id."""
        message, losses = referral_message(outgoing, self._tables)
        return self._written(message, losses)

    def render_status(self, update: StatusUpdate) -> Outbound:
        """Write a message that holds the state of the referral and nothing about her; it cannot say what came of it."""
        losses = Losses()
        if isinstance(update.reason, ServiceOutcome):
            losses.dropped("/reason")
        return self._written(status_message(update, self._tables), losses.report())

    def render_notice(self, notice: OutgoingNotice) -> Outbound:
        """Take the message back.

        Raises UnsupportedError, rule notice, where nothing is to be erased: a state cannot say what else is asked.
        """
        if notice.asks is not NoticeAsk.ERASE:
            raise UnsupportedError("", "notice")
        return self.render_status(StatusUpdate(notice.about, ReferralState.REVOKED, None, notice.on))

    def _written(self, message: Tag, losses: tuple[Loss, ...] = ()) -> Outbound:
        media_type = self._manifest.outgoing_media_type
        if media_type.endswith("json"):
            return Outbound(write_message(message, self._tables.schema), media_type, losses)
        return Outbound(write_xml(message, DECLARED, STRUCTURES), media_type, losses)
