"""A consent record with the mandatory fields of ISO/IEC TS 27560:2023, as JSON-LD in the DPV community group's profile.

An agency's postal address is mandatory there and is never written here: a shelter's would endanger whoever is in it.
Its country stands in its place (ADR 0030).
"""

from typing import Final

from adapters.consents.dpv import BROADER, CONTEXT, PROFILE, STATUS, kind_of
from adapters.consents.iso27560_reading import read_record
from adapters.consents.papers import ConsentPaper, Party, ReadPaper, WrittenPaper, name_of
from adapters.sdk import write_json
from schemas.documents import Json
from schemas.vocabulary import DataCategory, Purpose, WithdrawalMethod

_CARRIED: Final = frozenset(
    {
        *("person_ref", "discloser", "recipient", "decision", "state", "purposes", "categories", "restrictions"),
        *("given_by", "taken_at", "valid_from", "valid_until", "text", "mechanism", "withdrawal_method"),
    }
)


class Iso27560Record:
    """ISO/IEC TS 27560 consent record."""

    key = "iso27560"
    media_type = "application/ld+json"

    def write(self, paper: ConsentPaper) -> WrittenPaper:
        """Write the record: header, processing, parties, event."""
        written: dict[str, Json] = {
            "@context": dict(CONTEXT),
            "@id": name_of("consent", paper.id),
            "@type": "dpv:ConsentRecord",
            "dct:conformsTo": PROFILE,
            "dct:identifier": paper.id,
            "dpv:hasDataSubject": {"@type": "dpv:DataSubject", "dct:identifier": paper.text("person_ref")},
            "dpv:hasProcess": _process(paper),
            "dpv:hasEntity": [
                _entity(paper.discloser, "dpv:DataController"),
                _entity(paper.recipient, "dpv:Recipient"),
            ],
            "dpv:hasConsentStatus": [_event(paper)],
        }
        return WrittenPaper(write_json(written), paper.lost(_CARRIED))

    def read(self, body: bytes) -> ReadPaper:
        """Read a record about one recipient."""
        return read_record(body)


def _process(paper: ConsentPaper) -> Json:
    text, country = paper.inner("text"), f"loc:{paper.discloser.country}"
    rules = [_prohibition(category, to) for category, to in paper.restrictions()]
    until: Json = {"@type": "dpv:UntilTimeDuration", "rdf:value": paper.text("valid_until")}
    return {
        "@type": "dpv:Process",
        "dct:subject": name_of("decision", paper.text("decision")),
        "dpv:hasNotice": {
            "@type": "dpv:ConsentNotice",
            "dct:hasVersion": text["version"],
            "dct:identifier": f"urn:sha256:{text['sha256']}",
            "dct:language": text["language"],
        },
        "dpv:hasPurpose": [_purpose(Purpose(code)) for code in paper.texts("purposes")],
        "dpv:hasLegalBasis": "dpv:ExplicitlyExpressedConsent",
        "dpv:hasPersonalData": [_data(DataCategory(code)) for code in paper.texts("categories")],
        "dpv:hasDataController": name_of("agency", paper.discloser.id),
        "dpv:hasRecipient": name_of("agency", paper.recipient.id),
        "dpv:hasStorageCondition": [
            {"@type": "dpv:StorageLocation", "dpv:hasLocation": country},
            {"@type": "dpv:StorageDuration", "dpv:hasDuration": until},
        ],
        "dpv:hasJurisdiction": country,
        "dpv:hasConsentControl": _withdrawal(WithdrawalMethod(paper.text("withdrawal_method"))),
        **({"dpv:hasRule": [*rules]} if rules else {}),
    }


def _event(paper: ConsentPaper) -> Json:
    return {
        "@type": STATUS[paper.state],
        "dct:date": paper.text("taken_at"),
        "dct:valid": f"{paper.text('valid_from')}/{paper.text('valid_until')}",
        "dpv:isIndicatedBy": name_of("given-by", paper.text("given_by")),
        "dpv:hasIndicationMethod": name_of("mechanism", paper.text("mechanism")),
        "dpv:hasLegalBasis": "dpv:ExplicitlyExpressedConsent",
    }


def _entity(party: Party, role: str) -> Json:
    own = name_of("agency", party.id)
    return {
        "@id": own,
        "@type": role,
        "dpv:hasIdentifier": own,
        "dpv:hasName": party.title,
        "schema:contactPoint": [
            {"@type": "schema:PostalAddress", "schema:addressCountry": party.country},
            {"@type": "schema:ContactPoint", "schema:contactType": "through the gateway, or her advocate"},
        ],
    }


def _purpose(purpose: Purpose) -> Json:
    broader = BROADER[purpose]
    return {"@id": name_of("purpose", purpose.value), "@type": "dpv:Purpose", "skos:broader": broader}


def _data(category: DataCategory) -> Json:
    return {"@id": name_of("data-category", category.value), "@type": kind_of(category)}


def _withdrawal(method: WithdrawalMethod) -> Json:
    return {
        "@type": "dpv:WithdrawConsent",
        "dct:identifier": name_of("withdrawal-method", method.value),
        "dct:description": method.sentence,
    }


def _prohibition(category: str, recipient: str | None) -> Json:
    data = name_of("data-category", category)
    of: dict[str, Json] = {} if recipient is None else {"dpv:hasRecipient": name_of("agency", recipient)}
    return {"@type": "dpv:Prohibition", "dpv:hasPersonalData": data, **of}
