"""Kantara Initiative Consent Receipt 1.1 as JSON: a receipt of a yes. It has no word for a no, nor for a restriction.

So a consent with something withheld is not written at all: without it the receipt would say more than she agreed to
(C-15). Where the standard asks for an agency's contact and address, its country stands and nothing else.
"""

from datetime import UTC, datetime
from typing import Final

from adapters.consents.dpv import SENSITIVE
from adapters.consents.members import Members, code_of, named, written
from adapters.consents.papers import OWN, ConsentPaper, ReadPaper, WrittenPaper, name_of, refuse_state
from adapters.sdk import CannotRenderError, MalformedError, UnsupportedError, decode_json, write_json
from schemas.documents import Json, Loss
from schemas.vocabulary import SAID_YES, ConsentState, DataCategory, Mechanism, Purpose

_VERSION: Final = "KI-CR-v1.1.0"
_WITHHELD: Final = "not given, for her safety"
_CARRIED: Final = frozenset(
    {
        *("person_ref", "discloser", "recipient", "decision", "state", "purposes", "categories", "taken_at"),
        *("valid_until", "text", "mechanism"),
    }
)
_MEMBERS: Final = frozenset(
    {
        *("version", "jurisdiction", "consentTimestamp", "collectionMethod", "consentReceiptID", "publicKey"),
        *("language", "piiPrincipalId", "piiControllers", "policyUrl", "services", "sensitive", "spiCat"),
        *("piiController", "onBehalf", "contact", "address", "email", "phone", "piiControllerUrl"),
        *("service", "purposes", "purpose", "purposeCategory", "consentType", "piiCategory", "primaryPurpose"),
        *("termination", "thirdPartyDisclosure", "thirdPartyName"),
    }
)
_LATEST: Final = 253_402_300_799  # The last second of the year 9999.


class KantaraReceipt:
    """Kantara Consent Receipt 1.1."""

    key = "kantara"
    media_type = "application/vnd.kantara.consent-receipt+json"

    def write(self, paper: ConsentPaper) -> WrittenPaper:
        """Write the receipt of a yes without exceptions."""
        refuse_state(paper, SAID_YES)
        if paper.restrictions():
            raise CannotRenderError("/restrictions", "not_carried")
        text, sensitive = paper.inner("text"), sorted(SENSITIVE & {*paper.texts("categories")})
        purposes = [_purpose(paper, code, first=at == 0) for at, code in enumerate(paper.texts("purposes"))]
        receipt: dict[str, Json] = {
            "version": _VERSION,
            "jurisdiction": paper.discloser.country,
            "consentTimestamp": int(datetime.fromisoformat(paper.text("taken_at")).timestamp()),
            "collectionMethod": name_of("mechanism", paper.text("mechanism")),
            "consentReceiptID": paper.id,
            "language": text["language"],
            "piiPrincipalId": paper.text("person_ref"),
            "piiControllers": [
                {
                    "piiController": name_of("agency", paper.discloser.id),
                    "contact": _WITHHELD,
                    "address": {"addressCountry": paper.discloser.country},
                    "email": _WITHHELD,
                    "phone": _WITHHELD,
                }
            ],
            "policyUrl": f"{OWN}consent-text:{text['version']}:{text['sha256']}",
            "services": [{"service": name_of("decision", paper.text("decision")), "purposes": [*purposes]}],
            "sensitive": bool(sensitive),
            "spiCat": [*sensitive],
        }
        coarse = (Loss("/state", "coarsened"),) if paper.state is ConsentState.RENEWED else ()
        return WrittenPaper(write_json(receipt), (*coarse, *paper.lost(_CARRIED)))

    def read(self, body: bytes) -> ReadPaper:
        """Read the receipt of one consent to one recipient."""
        receipt = Members(decode_json(body), "")
        receipt.must("version", _VERSION)
        receipt.passed_over("jurisdiction", "consentReceiptID", "publicKey", "sensitive", "spiCat")
        version, colon, digest = named(f"{OWN}consent-text", receipt.text("policyUrl"), "/policyUrl").partition(":")
        if not colon:
            raise UnsupportedError("/policyUrl", "unknown_text")
        mechanism = named(f"{OWN}mechanism", receipt.text("collectionMethod"), "/collectionMethod")
        controller = receipt.one("piiControllers")
        controller.passed_over("contact", "address", "email", "phone", "piiControllerUrl")
        found: dict[str, Json] = {
            "state": ConsentState.GIVEN.value,
            "person_ref": receipt.text("piiPrincipalId"),
            "taken_at": _moment(receipt.number("consentTimestamp")),
            "mechanism": code_of(Mechanism, mechanism, "/collectionMethod").value,
            "text": {"version": version, "sha256": digest, "language": receipt.text("language")},
            "discloser": named(f"{OWN}agency", controller.text("piiController"), controller.pointer("piiController")),
            **_service(receipt.one("services")),
        }
        controller.done(_MEMBERS)
        receipt.done(_MEMBERS)
        return ReadPaper(found, _prose(receipt))


def _purpose(paper: ConsentPaper, code: str, *, first: bool) -> Json:
    return {
        "purpose": Purpose(code).sentence,
        "purposeCategory": [name_of("purpose", code)],
        "consentType": "EXPLICIT",
        "piiCategory": [*paper.texts("categories")],
        "primaryPurpose": first,
        "termination": paper.text("valid_until"),
        "thirdPartyDisclosure": True,
        "thirdPartyName": name_of("agency", paper.recipient.id),
    }


def _service(service: Members) -> dict[str, Json]:
    decision = named(f"{OWN}decision", service.text("service"), service.pointer("service"))
    purposes = [_read_purpose(purpose) for purpose in service.many("purposes")]
    service.done(_MEMBERS)
    codes, terms = [code for code, _ in purposes], purposes[0][1]
    if any(other != terms for _, other in purposes):  # One consent has the same terms for each of its purposes.
        raise UnsupportedError(service.pointer("purposes"), "terms_differ")
    return {"decision": decision, "purposes": [*codes], **terms}


def _prose(receipt: Members) -> tuple[Loss, ...]:
    """What a purpose says in words of its own is lost: its code counts, however narrow they are."""
    said = {purpose.text("purpose") for purpose in receipt.one("services").many("purposes") if purpose.has("purpose")}
    ours = {purpose.sentence for purpose in Purpose}
    return () if said <= ours else (Loss("/services/0/purposes/*/purpose", "dropped"),)


def _read_purpose(purpose: Members) -> tuple[str, dict[str, Json]]:
    purpose.passed_over("purpose", "primaryPurpose")
    purpose.must("consentType", "EXPLICIT")
    if not purpose.truth("thirdPartyDisclosure"):
        raise UnsupportedError(purpose.pointer("thirdPartyDisclosure"), "no_disclosure")
    listed, at = purpose.texts("purposeCategory"), purpose.pointer("purposeCategory")
    if len(listed) != 1:
        raise UnsupportedError(at, "more_than_one")
    code = code_of(Purpose, named(f"{OWN}purpose", listed[0], at), at)
    kinds = purpose.pointer("piiCategory")
    terms: dict[str, Json] = {
        "categories": [code_of(DataCategory, kind, kinds).value for kind in purpose.texts("piiCategory")],
        "valid_until": purpose.moment("termination"),
        "recipient": named(f"{OWN}agency", purpose.text("thirdPartyName"), purpose.pointer("thirdPartyName")),
    }
    purpose.done(_MEMBERS)
    return code.value, terms


def _moment(seconds: int) -> str:
    if not 0 <= seconds <= _LATEST:
        raise MalformedError("/consentTimestamp", "range")
    return written(datetime.fromtimestamp(seconds, UTC))
