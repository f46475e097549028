"""The casework submission both ways and on both routes: which document is which, and nothing else."""

import re

from adapters.sdk import (
    CannotRenderError,
    Inbound,
    Losses,
    Manifest,
    Outbound,
    Outgoing,
    Parsed,
    ParsedReferral,
    StatusUpdate,
    SubjectUnclearError,
    UnsupportedError,
    decode_json,
    read_manifest,
)
from adapters.sdk.codes import Json
from adapters.sdk.countries import read_countries
from adapters.sdk.languages import read_languages
from adapters.systems.uknrm.codes import NRM, Codes, read_codes
from adapters.systems.uknrm.fields import Fields
from adapters.systems.uknrm.read_situation import merged, read_health, read_in_detail, read_risk, read_what_happened
from adapters.systems.uknrm.read_subject import read_about_her, read_identity
from adapters.systems.uknrm.write_notice import write_notice
from adapters.systems.uknrm.write_referral import write_referral

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}")
_IDENTIFICATION = re.compile(r"profile/competent_authority/identification/1\.[0-9]+")
_NOTICE = re.compile(r"profile/(police|competent_authority)/legal_obligation_notice/1\.[0-9]+")


class UkNrm:
    """Reads a submission; writes an NRM referral or, without a person, a Duty to Notify."""

    def __init__(self) -> None:
        """Read the manifest and every table."""
        self._manifest = read_manifest("adapters.systems.uknrm")
        self._codes = read_codes()
        self._countries = read_countries()
        self._languages = read_languages()

    @property
    def manifest(self) -> Manifest:
        """What this adapter says about itself."""
        return self._manifest

    def parse(self, inbound: Inbound) -> Parsed:
        """Read a submission. `inbound.subject`, if given, is its ExternalId: it is about one person."""
        fields = Fields(decode_json(inbound.body, fractions=True), self._codes, Losses())
        route = _route(fields, self._codes)
        reference = fields.text("ExternalId")
        if inbound.subject is not None and inbound.subject != reference:
            raise SubjectUnclearError("/ExternalId")
        document: dict[str, Json] = {"schema": "referral/1.0"}
        if reference is not None and _REFERENCE.fullmatch(reference) is not None:
            document["sender_reference"] = reference
        elif reference is not None:
            fields.dropped("ExternalId")
        subject = read_about_her(fields, self._codes, self._countries)
        situation = read_what_happened(fields, self._codes, self._countries)
        members: dict[str, Json] = {}
        if route == NRM:
            subject |= read_identity(fields, self._languages)
            detail = read_in_detail(fields, self._codes)
            situation = merged(situation, detail)
            members = {"risk": read_risk(fields), "health": read_health(fields)}
        fields.report_rest()
        members |= {"subject": subject, "situation": situation}
        document |= {name: value for name, value in members.items() if value}
        return ParsedReferral(document, fields.losses.report())

    def render(self, outgoing: Outgoing) -> Outbound:
        """Write the route that the profile asks for. Raises CannotRenderError for any other profile."""
        schema = outgoing.document.get("schema")
        if isinstance(schema, str) and _IDENTIFICATION.fullmatch(schema) is not None:
            return write_referral(outgoing, self._codes, self._countries, self._languages)
        if isinstance(schema, str) and _NOTICE.fullmatch(schema) is not None:
            return write_notice(outgoing, self._codes, self._countries)
        raise CannotRenderError("/schema", "profile")

    def render_status(self, update: StatusUpdate) -> Outbound:
        """Raise UnsupportedError: decisions go by letter and e-mail, and the queue has no answer."""
        del update
        raise UnsupportedError("", "direction")


def _route(fields: Fields, codes: Codes) -> str:
    """Return NRM or DTN. Both fields must say the same: on one of them hangs whether she may be named."""
    kind, route = fields.text("Type"), fields.text("NRMOrDuty")
    if kind is None or route is None:
        raise UnsupportedError("", "kind")
    if codes.kind.of(kind, "/Type") != route:
        raise UnsupportedError("/NRMOrDuty", "contradiction")
    return route
