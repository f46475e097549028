"""What she agreed to comes in as FHIR, and is recorded under the rules of every consent."""

from collections.abc import Mapping

import pytest
from builders import PERSON_REF, POLICE, SHELTER, a_consent_document
from fhir.resources.R4B.consent import Consent
from fhir_door import JSON, PERSON, PURPOSE, FhirWeb, a_lone_task, agency, issues
from line import HILL, a_line

from adapters.consents.fhir_extension import DETAILS
from gateway.core.access.scopes import Scope
from gateway.web.fhir.consents import said
from schemas.documents import Json
from schemas.validation import validate

CATEGORY = "urn:referral-gateway:fhir:category"
NUMBER: dict[str, Json] = {"identifier": [{"value": "CONSENT-1"}]}
TERMS = "http://terminology.hl7.org/CodeSystem/"


def concept(system: str, code: str) -> dict[str, Json]:
    return {"coding": [{"system": system, "code": code}]}


def actor(name: str) -> dict[str, Json]:
    """Return whoever is told (IRCP) as a provision names it."""
    return {"role": concept(f"{TERMS}v3-ParticipationType", "IRCP"), "reference": agency(name)}


def details(**changes: Json) -> list[Json]:
    """Return what FHIR has no place for; None takes a member away."""
    said: dict[str, Json] = {
        "decision": "support",
        "text_version": "2031-01",
        "text_sha256": "5f" * 32,
        "text_language": "ro",
        "person_languages": "ro",
        "interpreter_none_needed": True,
        "information_confirmed": True,
        "mechanism": "oral",
        "taken_by": "open-door",
        "taken_by_name": "Anca Pop",
        "given_by": "self",
        "withdrawal_method": "any_agency",
    }
    inner: list[Json] = [
        {"url": name, "valueBoolean" if isinstance(value, bool) else "valueString": value}
        for name, value in {**said, **changes}.items()
        if value is not None
    ]
    return [{"url": DETAILS, "extension": inner}]


def repeated(name: str) -> list[Json]:
    """Return the extension with one detail said twice, alike."""
    [ours] = details()
    assert isinstance(ours, dict)
    inner = ours["extension"]
    assert isinstance(inner, list)
    return [{**ours, "extension": [*inner, next(one for one in inner if one["url"] == name)]}]


def a_provision(**changes: Json) -> dict[str, Json]:
    """Return her permission: to the shelter, for a bed, all that a shelter may know."""
    categories = a_consent_document()["categories"]
    provision: dict[str, Json] = {
        "type": "permit",
        "period": {"start": "2031-03-14T11:00:00Z"},
        "actor": [actor(SHELTER)],
        "purpose": [{"system": PURPOSE, "code": "assistance.accommodation"}],
        "class": [{"system": CATEGORY, "code": code} for code in categories],
    }
    return {name: value for name, value in {**provision, **changes}.items() if value is not None}


def a_consent(**changes: Json) -> dict[str, Json]:
    consent: dict[str, Json] = {
        "resourceType": "Consent",
        **NUMBER,
        "status": "active",
        "scope": concept(f"{TERMS}consentscope", "patient-privacy"),
        "category": [concept(f"{TERMS}v3-ActCode", "IDSCL")],
        "patient": {"identifier": {"system": PERSON, "value": PERSON_REF}},
        "dateTime": "2031-03-14T11:00:00Z",
        "organization": [agency(POLICE)],
        "policyRule": concept(f"{TERMS}v3-ActCode", "OPTIN"),
        "provision": a_provision(),
        "extension": details(),
    }
    return {name: value for name, value in {**consent, **changes}.items() if value is not None}


@pytest.fixture
def web() -> FhirWeb:
    return FhirWeb(line=a_line())


def test_it_is_fhir_and_says_what_a_consent_says() -> None:
    Consent.model_validate(a_consent())
    read = said(a_consent())
    assert validate(read, "consent/1.0").document == {
        **a_consent_document(person_languages=["ro"]),
        "categories": read["categories"],
    }


def test_a_recorded_consent_carries_a_referral(web: FhirWeb) -> None:
    assert web.send("/fhir/Task", a_lone_task()).status == 403
    answer = web.send("/fhir/Consent", a_consent())
    assert (answer.status, answer.json["status"]) == (201, "active")
    Consent.model_validate(answer.json)
    assert answer.header("location") == f"https://gateway.example/fhir/Consent/{answer.json['id']}"
    again = a_lone_task(identifier=[{"value": "CASE-2"}])
    assert web.send("/fhir/Task", again).status == 201


def test_the_same_consent_again_is_the_same(web: FhirWeb) -> None:
    first, again = (web.send("/fhir/Consent", a_consent()) for _ in range(2))
    assert first.json == again.json
    other = web.send("/fhir/Consent", a_consent(status="rejected", provision=a_provision(type="deny")))
    assert (other.status, issues(other)[0][0]) == (422, "duplicate")


def test_c_19_what_an_enforcer_took_waits_for_a_second_person(web: FhirWeb) -> None:
    answer = web.send("/fhir/Consent", a_consent(extension=details(taken_by=POLICE)))
    assert (answer.status, answer.json["status"]) == (201, "proposed")
    assert web.send("/fhir/Task", a_lone_task()).status == 403


def test_c_12_a_refusal_is_recorded_like_a_yes(web: FhirWeb) -> None:
    answer = web.send("/fhir/Consent", a_consent(status="rejected", provision=a_provision(type="deny")))
    assert (answer.status, answer.json["status"]) == (201, "rejected")


def test_c_15_a_denial_inside_withholds(web: FhirWeb) -> None:
    denied: dict[str, Json] = {
        "type": "deny",
        "class": [{"system": CATEGORY, "code": "alias"}],
        "actor": [actor(SHELTER)],
    }
    resource = a_consent(provision=a_provision(provision=[denied]))
    assert said(resource)["restrictions"] == [{"category": "alias", "recipient": SHELTER}]
    assert web.send("/fhir/Consent", resource).status == 201


WRONG: dict[str, tuple[Mapping[str, Json], str, str]] = {
    "without our extension (C-05)": ({"extension": None}, "Consent.extension", "required"),
    "without a text": ({"extension": details(text_sha256=None)}, "Consent.extension", "required"),
    "without an interpreter": ({"extension": details(interpreter_none_needed=None)}, "Consent.extension", "required"),
    "with somebody she came with": (
        {"extension": details(interpreter_none_needed=None, interpreter="i-1", interpreter_relation="companion")},
        "Consent.extension",
        "C-07",
    ),
    "to nobody by name (C-03)": ({"provision": a_provision(actor=None)}, "Consent.provision.actor", "required"),
    "to two at once (C-03)": (
        {"provision": a_provision(actor=[actor(one) for one in (SHELTER, HILL)])},
        "Consent.provision.actor",
        "more_than_one",
    ),
    "to an agency nobody registered (C-03)": (
        {"provision": a_provision(actor=[actor("all-agencies")])},
        "Consent.provision.actor[0].reference.identifier.value",
        "C-03",
    ),
    "for another's purpose": (
        {"provision": a_provision(purpose=[{"system": "http://hl7.org/other", "code": "TREAT"}])},
        "Consent.provision.purpose[0].system",
        "unknown_code",
    ),
    "for two decisions at once (C-13)": (
        {"provision": a_provision(purpose=[{"system": PURPOSE, "code": "investigation"}])},
        "Consent.provision.purpose",
        "C-13",
    ),
    "that ends before it begins (C-08)": (
        {"provision": a_provision(period={"start": "2031-03-14T11:00:00Z", "end": "2031-03-01T00:00:00Z"})},
        "Consent.provision.period.end",
        "C-08",
    ),
    "that denies": ({"provision": a_provision(type="deny")}, "Consent.provision.type", "unknown_code"),
    "that was ended": ({"status": "inactive"}, "Consent.status", "over"),
    "that was never asked": ({"status": "draft"}, "Consent.status", "not_asked_yet"),
    "about nobody": ({"patient": {"display": "her"}}, "Consent.patient.identifier.value", "required"),
    "with a number that is none": ({"identifier": ["CONSENT-1"]}, "Consent.identifier[0]", "type"),
    "without a number": ({"identifier": None}, "Consent.identifier", "required"),
    "with a condition nobody reads": ({"verification": [{"verified": True}]}, "Consent.verification", "not_carried"),
    "with a modifier": ({"modifierExtension": [{"url": "x"}]}, "Consent.modifierExtension", "not_carried"),
    "with a narrower provision nobody reads": (
        {"provision": a_provision(dataPeriod={"start": "2031"})},
        "Consent.provision.dataPeriod",
        "not_carried",
    ),
    "with a denial that is no list": (
        {"provision": a_provision(provision={"type": "deny"})},
        "Consent.provision.provision",
        "type",
    ),
    "with a permission inside": (
        {"provision": a_provision(provision=[{"type": "permit"}])},
        "Consent.provision.provision[0].type",
        "unknown_code",
    ),
    "with an extension of another": ({"extension": [{"url": "x"}]}, "Consent.extension[0].url", "unknown_code"),
    "with a detail nobody knows": (
        {"extension": details(favourite_colour="blue")},
        "Consent.extension[0].extension[12]",
        "unknown_element",
    ),
    "with two extensions": ({"extension": [*details(), *details()]}, "Consent.extension", "more_than_one"),
    "with a detail said twice": ({"extension": repeated("taken_by")}, "Consent.extension[0].extension[12]", "repeated"),
    "with a detail of another kind": (
        {"extension": [{"url": DETAILS, "extension": [{"url": "mechanism", "valueInteger": 1}]}]},
        "Consent.extension[0].extension[0]",
        "type",
    ),
    "that says two decisions (C-13)": (
        {"category": [concept("urn:referral-gateway:fhir:decision", "referral")]},
        "Consent.extension",
        "conflict",
    ),
    "on terms in words": ({"policyRule": {"text": "only this once"}}, "Consent.policyRule.coding", "required"),
    "on a day without a time": ({"dateTime": "2031-03-14"}, "Consent.dateTime", "not_to_the_second"),
    "given by somebody not named here": (
        {"performer": [{"reference": "RelatedPerson/1"}]},
        "Consent.performer[0]",
        "unmapped_giver",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_recorded_says_where(web: FhirWeb, what: str) -> None:
    changes, place, rule = WRONG[what]
    answer = web.send("/fhir/Consent", a_consent(**changes))
    assert answer.status in {400, 422}
    [(_, said, where)] = issues(answer)
    assert (where, said) == (place, rule)
    assert not any(word in answer.body for word in (b"Anca", b"P-0114", b"blue", b"TREAT"))
    assert web.line.book.leaves == []


def test_it_needs_its_scope(web: FhirWeb) -> None:
    web.verifier.scopes = frozenset(Scope) - {Scope.RECORD_CONSENTS}
    assert web.send("/fhir/Consent", a_consent()).status == 403


def test_it_is_not_given_back(web: FhirWeb) -> None:
    made = web.send("/fhir/Consent", a_consent()).json
    assert web.ask("GET", f"/fhir/Consent/{made['id']}", b"", JSON).status == 404
