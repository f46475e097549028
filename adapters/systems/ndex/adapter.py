"""N-DEx over LEXS, in and out: the door of this folder. The formats' rules are in the modules beside it.

Reading: bytes -> tree (`adapters.sdk.xml`) -> which person (`subject`) -> what is said of her (`person`, `places`,
`situation`, `people`, `attributes`), put together in `publish`. Writing: a profile's document -> `writing` -> bytes
(`adapters.sdk.xml`).
"""

from adapters.sdk import (
    Inbound,
    Manifest,
    Outbound,
    Outgoing,
    OutgoingNotice,
    Parsed,
    StatusUpdate,
    UnsupportedError,
    read_manifest,
)
from adapters.sdk.codes import NoticeAsk, ReferralState
from adapters.sdk.countries import read_countries
from adapters.sdk.languages import read_languages
from adapters.sdk.xml.reading import read_xml
from adapters.systems.ndex.names import read_vocabulary
from adapters.systems.ndex.publish import ROOT, PublishReader
from adapters.systems.ndex.writing import write_deletion, write_referral


class NDEx:
    """Reads LEXS publish messages with N-DEx reports; writes a LEXS publish message whose digest holds the referral."""

    def __init__(self) -> None:
        """Read the manifest and the tables of names, countries and languages."""
        self._manifest = read_manifest("adapters.systems.ndex")
        self._vocabulary = read_vocabulary()
        self._countries = read_countries()
        self._languages = read_languages()
        self._publish = PublishReader(self._countries, self._languages)

    @property
    def manifest(self) -> Manifest:
        """What this adapter says about itself."""
        return self._manifest

    def parse(self, inbound: Inbound) -> Parsed:
        """Read a publish message: Insert and Update are referrals, Delete takes an earlier item back.

        A bare N-DEx report is the second half of a data item and names nobody, so it is refused by a rule of its own.
        """
        root = read_xml(inbound.body, self._vocabulary)
        if root.name == ROOT:
            return self._publish.read(root, inbound.subject)
        if root.name.startswith("ndexia:"):
            raise UnsupportedError(f"/{root.name}", "payload_without_digest")
        raise UnsupportedError("", "root")

    def render(self, outgoing: Outgoing) -> Outbound:
        """Write an Insert of one data item, whose DataItemID is the message id."""
        body, losses = write_referral(outgoing, self._countries, self._languages)
        return Outbound(body, self._manifest.outgoing_media_type, losses)

    def render_status(self, update: StatusUpdate) -> Outbound:
        """Write the one status LEXS has: that an item is taken back.

        Raises UnsupportedError, rule status, for every other.
        """
        if update.state is not ReferralState.REVOKED:
            raise UnsupportedError("", "status")
        return Outbound(write_deletion(update), self._manifest.outgoing_media_type)

    def render_notice(self, notice: OutgoingNotice) -> Outbound:
        """Write a Delete of the item that the message was.

        Raises UnsupportedError, rule notice, where nothing is to be erased: LEXS has no restriction, and a correction
        is an item of its own.
        """
        if notice.asks is not NoticeAsk.ERASE:
            raise UnsupportedError("", "notice")
        update = StatusUpdate(notice.about, ReferralState.REVOKED, None, notice.on)
        return Outbound(write_deletion(update), self._manifest.outgoing_media_type)
