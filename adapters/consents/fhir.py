"""HL7 FHIR R4 (4.0.1) Consent: whom it is about, who may be told, for what, which data, until when, and exceptions.

FHIR has no place for how she was informed (text, language, interpreter, who took it): that is lost on the way out, and
on the way in it comes beside, in a supplement, or at the FHIR endpoint in an extension (`fhir_extension`).
"""

from typing import Final

from adapters.consents.fhir_names import (
    ACT_CODE,
    ACTION,
    AGENCY,
    CATEGORY,
    CONSENT,
    DECISION,
    GIVEN_BY,
    GIVER,
    PERSON_REF,
    PURPOSE,
    ROLE,
    SCOPE,
    STATUS,
)
from adapters.consents.fhir_reading import read_consent
from adapters.consents.papers import ConsentPaper, ReadPaper, WrittenPaper, refuse_state
from adapters.sdk import decode_json, write_json
from schemas.documents import Json, Loss
from schemas.vocabulary import ConsentState, GivenBy

_EXACT: Final = frozenset({ConsentState.GIVEN, ConsentState.REFUSED, ConsentState.REQUESTED})
_CARRIED: Final = frozenset(
    {
        *("person_ref", "discloser", "recipient", "decision", "state", "purposes", "categories", "restrictions"),
        *("given_by", "taken_at", "valid_from", "valid_until"),
    }
)


class FhirConsent:
    """FHIR R4 Consent as JSON."""

    key = "fhir"
    media_type = "application/fhir+json"

    def write(self, paper: ConsentPaper) -> WrittenPaper:
        """Write a Consent that permits what she agreed to and denies what she withholds."""
        refuse_state(paper, STATUS)
        written: dict[str, Json] = {
            "resourceType": "Consent",
            "id": paper.id.lower(),
            "identifier": [{"system": CONSENT, "value": paper.id}],
            "status": STATUS[paper.state],
            "scope": _concept(SCOPE, "patient-privacy"),
            "category": [_concept(ACT_CODE, "INFA"), _concept(DECISION, paper.text("decision"))],
            "patient": {"type": "Patient", "identifier": {"system": PERSON_REF, "value": paper.text("person_ref")}},
            "dateTime": paper.text("taken_at"),
            "performer": [_giver(GivenBy(paper.text("given_by")))],
            "organization": [_agency(paper.discloser.id)],
            "policyRule": _concept(ACT_CODE, "OPTIN"),
            "provision": _provision(paper),
        }
        inexact = () if paper.state in _EXACT else (Loss("/state", "coarsened"),)
        return WrittenPaper(write_json(written), (*inexact, *paper.lost(_CARRIED)))

    def read(self, body: bytes) -> ReadPaper:
        """Read a Consent about one recipient."""
        return read_consent(decode_json(body))


def _provision(paper: ConsentPaper) -> Json:
    exceptions: list[Json] = [
        {"type": "deny", "class": [_coding(CATEGORY, category)], **({"actor": [_actor(to)]} if to else {})}
        for category, to in paper.restrictions()
    ]
    return {
        "type": "deny" if paper.state is ConsentState.REFUSED else "permit",
        "period": {"start": paper.text("valid_from"), "end": paper.text("valid_until")},
        "actor": [_actor(paper.recipient.id)],
        "action": [_concept(ACTION, "disclose")],
        "purpose": [_coding(PURPOSE, code) for code in paper.texts("purposes")],
        "class": [_coding(CATEGORY, code) for code in paper.texts("categories")],
        **({"provision": exceptions} if exceptions else {}),
    }


def _coding(system: str, code: str) -> Json:
    return {"system": system, "code": code}


def _concept(system: str, code: str) -> Json:
    return {"coding": [_coding(system, code)]}


def _agency(agency: str) -> Json:
    return {"type": "Organization", "identifier": {"system": AGENCY, "value": agency}}


def _actor(agency: str) -> Json:
    return {"role": _concept(ROLE, "IRCP"), "reference": _agency(agency)}


def _giver(given_by: GivenBy) -> Json:
    return {"type": GIVER[given_by], "identifier": {"system": GIVEN_BY, "value": given_by.value}}
