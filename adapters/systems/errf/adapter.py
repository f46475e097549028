"""UNHCR's resettlement form, in only: bytes -> tree (`adapters.sdk.xml`) -> whom (`household`) -> what of her."""

from adapters.sdk import (
    CannotRenderError,
    Inbound,
    Manifest,
    Outbound,
    Outgoing,
    OutgoingNotice,
    Parsed,
    ParsedReferral,
    StatusUpdate,
    UnsupportedError,
    read_manifest,
)
from adapters.sdk.codes import Json
from adapters.sdk.countries import read_countries
from adapters.sdk.xml.reading import read_xml
from adapters.sdk.xml.tree import Tree
from adapters.systems.errf.codes import read_codes
from adapters.systems.errf.household import choose
from adapters.systems.errf.names import ROOT, VOCABULARY
from adapters.systems.errf.read_needs import read_needs
from adapters.systems.errf.read_person import read_person
from adapters.systems.errf.reading import Reader


class Errf:
    """Reads what a household's form says of one of its members."""

    def __init__(self) -> None:
        """Read the manifest and every table."""
        self._manifest = read_manifest("adapters.systems.errf")
        self._codes = read_codes()
        self._countries = read_countries()

    @property
    def manifest(self) -> Manifest:
        """What this adapter says about itself."""
        return self._manifest

    def parse(self, inbound: Inbound) -> Parsed:
        """Read a form. `inbound.subject` is the IndividualID or IndividualGUID of whom it is about.

        Nobody need be named where only one person is in it: a form is a household's, a referral one person's (M-12).
        """
        root = read_xml(inbound.body, VOCABULARY)
        if root.name != ROOT:
            raise UnsupportedError("", "root")
        tree = Tree(root)
        member = choose(tree, inbound.subject)
        reader = Reader(tree, member, self._codes, self._countries)
        document: dict[str, Json] = {"schema": "referral/1.0", "subject": read_person(reader)}
        if (reference := member.reference(tree)) is not None:
            document["sender_reference"] = reference
        return ParsedReferral(document | read_needs(reader), tree.losses())

    def render(self, outgoing: Outgoing) -> Outbound:
        """Raise CannotRenderError: the form asks for what no profile lets through (see the manifest)."""
        del outgoing
        raise CannotRenderError("", "direction")

    def render_status(self, update: StatusUpdate) -> Outbound:
        """Raise UnsupportedError: the form has no answer."""
        del update
        raise UnsupportedError("", "direction")

    def render_notice(self, notice: OutgoingNotice) -> Outbound:
        """Raise UnsupportedError: nobody was sent this form."""
        del notice
        raise UnsupportedError("", "direction")
