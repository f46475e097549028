"""Every official FHIR document is read, or refused by the rule the table says; none is a defect."""

from collections.abc import Callable
from pathlib import Path

import pytest
from samples import sample

from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, Parsed, ParsedReferral, ParsedStatus
from adapters.sdk.errors import AdapterDefectError, AdapterError
from adapters.systems.fhir.adapter import Fhir
from schemas.validation import validate

KIND = "kind at /resourceType"
"""A resource that asks for nothing when it comes alone."""
NO_KIND_OF_ASKING = {
    "bser-json/consent-BSeR-PatientConsent-eve-everywoman",
    "bser-json/messageheader-BSeR-ReferralMessageHeader",
    "gravity-sdohcc-2.3.0/Condition-SDOHCC-ConditionAsserterDeviceExample",
    "gravity-sdohcc-2.3.0/Condition-SDOHCC-ConditionHomelessExample",
    "gravity-sdohcc-2.3.0/Condition-SDOHCC-ConditionUnemployedExample",
    "gravity-sdohcc-2.3.0/HealthcareService-SDOHCC-HealthcareServiceTelecomAppointmentExample",
    "gravity-sdohcc-2.3.0/Location-SDOHCC-LocationExample",
    "gravity-sdohcc-2.3.0/Organization-SDOHCC-OrganizationClinicExample",
    "gravity-sdohcc-2.3.0/Organization-SDOHCC-OrganizationCoordinationPlatformExample",
    "gravity-sdohcc-2.3.0/Practitioner-SDOHCC-PractitionerDrJanWaterExample",
    "gravity-sdohcc-2.3.0/PractitionerRole-SDOHCC-PractitionerRoleDrJanWaterExample",
    "gravity-sdohcc-2.3.0/Procedure-SDOHCC-ProcedureFoodPantryApplicationAssistanceExample",
    "gravity-sdohcc-2.3.0/Procedure-SDOHCC-ProcedureSummerFoodProgramApplicationAssistanceExample",
    "nhs-bars-1.4.0/HealthcareService__post_HealthcareService_Atomic",
    "nhs-bars-1.4.0/HealthcareService__success_HealthcareService_Atomic",
    "nhs-bars-1.4.0/OperationOutcome__REC__422-REC_UNPROCESSABLE_ENTITY-not-supported",
    "r4-core/consent-example",
    "r4-core/provenance-example",
}
REFUSED = {
    # A feedback document; the Task it belongs to is what answers.
    "bser-json/bundle-bser-referral-feedback-document-bundle-eve-everywoman": "bundle_type at /type",
    # `requested`, and the request it means lies elsewhere (and by its business status it is completed already).
    "bser-json/task-BSeR-ReferralTask": "focus at /focus",
    # Tasks for the patient herself, and a laboratory's panel: they fulfil no request.
    "gravity-sdohcc-2.3.0/Task-SDOHCC-TaskPatientReviewInformationCompletedExample": "unknown_code:task-code at /code",
    "gravity-sdohcc-2.3.0/Task-SDOHCC-TaskPatientRiskQuestionnaireCompletedExample": "unknown_code:task-code at /code",
    "r4-core/task-example1": "unknown_code:task-code at /code",
    "r4-core/servicerequest-example": "not_active at /status",
    # Answers to a search.
    "nhs-bars-1.4.0/Endpoint__success_bundle_template": "bundle_type at /type",
    # Not FHIR R4: no entry.resource; `inactive`; an object where an array is due.
    "nhs-bars-1.4.0/service_request__GET-success": "unknown_element at /entry/0/*",
    "nhs-bars-1.4.0/service_request__PATCH-body": "unknown_code:request-status at /status",
    "nhs-bars-1.4.0/service_request__PUT-body": "type at /basedOn",
    # Each begins with a byte order mark, which JSON forbids its writers (RFC 8259 section 8.1).
    "r4-core/Bundle-Transaction": "utf-8 at ",
    "r4-core/Patient": "utf-8 at ",
    "r4-core/Patient-f001": "utf-8 at ",
    "r4-core/ProvenanceHeader": "utf-8 at ",
}
REFERRALS = {
    "bser-json/servicerequest-BSeR-ReferralServiceRequest",
    "gravity-sdohcc-2.3.0/ServiceRequest-SDOHCC-ServiceRequestActiveFoodPantryApplicationAssistExample",
}
STATUSES = {"gravity-sdohcc-2.3.0/Task-SDOHCC-TaskReferralManagementOrderFulfillmentAcceptedExample"}
UNMARKED = {
    "r4-core/Bundle-Transaction": "method at /entry/5/request/method",
    "r4-core/Patient": KIND,
    "r4-core/Patient-f001": KIND,
    "r4-core/ProvenanceHeader": KIND,
}
"""The same documents without the mark: a transaction that deletes and searches, and resources that ask for nothing."""
BOM = b"\xef\xbb\xbf"


def outcome(body: bytes, media_type: str = "application/fhir+json") -> Parsed | AdapterError:
    return parse_outcome(Fhir(), Inbound(body, media_type))


def documents() -> dict[str, Path]:
    base = sample("fhir")
    return {str(path.relative_to(base).with_suffix("")): path for path in sorted(base.glob("*/*.json"))}


def test_every_official_document_is_accounted_for() -> None:
    found = {name: outcome(path.read_bytes()) for name, path in documents().items()}
    assert {name for name, parsed in found.items() if isinstance(parsed, ParsedReferral)} == REFERRALS
    assert {name for name, parsed in found.items() if isinstance(parsed, ParsedStatus)} == STATUSES
    refused = {name: str(parsed) for name, parsed in found.items() if isinstance(parsed, AdapterError)}
    assert refused == REFUSED | dict.fromkeys(NO_KIND_OF_ASKING, KIND)
    assert not any(isinstance(parsed, AdapterDefectError) for parsed in found.values())


def test_without_their_mark_documents_are_refused_for_what_they_are() -> None:
    paths = documents()
    assert {name: str(outcome(paths[name].read_bytes().removeprefix(BOM))) for name in UNMARKED} == UNMARKED


@pytest.mark.parametrize("name", sorted(REFERRALS))
def test_an_official_request_is_a_valid_referral(name: str) -> None:
    parsed = outcome(documents()[name].read_bytes())
    assert isinstance(parsed, ParsedReferral)
    assert validate(parsed.document, "referral/1.0")


def test_xml_that_is_called_json_is_none() -> None:
    paths = sorted(sample("fhir", "bser-xml").glob("*.xml"))
    assert paths
    assert {str(outcome(path.read_bytes())) for path in paths} == {"syntax at "}


def test_the_official_documents_as_a_table(record_property: Callable[[str, object], None]) -> None:
    rows: list[str] = []
    for name, path in documents().items():
        parsed = outcome(path.read_bytes())
        if isinstance(parsed, AdapterError):
            rows.append(f"{name:110} refused  {parsed}")
        else:
            lost = len(parsed.losses)
            kept = _leaves(parsed.document) if isinstance(parsed, ParsedReferral) else 1
            rows.append(f"{name:110} parsed   {kept} carried, {lost} lost")
    print("\n".join(["", "format: HL7 FHIR R4", *rows]))  # noqa: T201 - the table is what this test is for
    record_property("documents", len(rows))
    assert len(rows) == len(REFERRALS) + len(STATUSES) + len(REFUSED) + len(NO_KIND_OF_ASKING)


def _leaves(value: object) -> int:
    if isinstance(value, dict):
        return sum(_leaves(member) for member in value.values())
    return sum(_leaves(member) for member in value) if isinstance(value, list) else 1
