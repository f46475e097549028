"""A consent in another's format is read closed: what might limit it, or is not certain, refuses it with a pointer."""

import json
from collections.abc import Callable

import pytest
from consent_papers import a_paper
from samples import sample

from adapters.consents import FORMATS
from adapters.sdk.errors import AdapterError
from schemas.documents import Json

KEPT = [{"category": "alias", "recipient": "hill-shelter"}]
Change = Callable[[dict], object]


def refused(key: str, change: Change) -> str:
    """Change a document of that format; where and why it is refused."""
    document = json.loads(FORMATS[key].write(a_paper(restrictions=None if key == "kantara" else KEPT)).body)
    change(document)
    with pytest.raises(AdapterError) as caught:
        FORMATS[key].read(json.dumps(document).encode())
    return f"{caught.value.pointer} {caught.value.rule}"


def provision(change: Change) -> Change:
    return lambda consent: change(consent["provision"])


FHIR: list[tuple[Change, str]] = [
    (lambda one: one.update(resourceType="Task"), "/resourceType unknown_code"),
    (lambda one: one.update(status="draft"), "/status not_asked_yet"),
    (lambda one: one.update(status="zzz"), "/status unknown_code"),
    (lambda one: one.update(scope={"coding": [{"system": "x", "code": "research"}]}), "/scope/coding/0 unknown_code"),
    (lambda one: one["scope"].update(text="only this once"), "/scope/text not_carried"),
    (lambda one: one["policyRule"]["coding"][0].update(code="OPTINR"), "/policyRule/coding/0 unknown_code"),
    (
        lambda one: one["category"].append({"coding": [{"system": "s", "code": "c"}]}),
        "/category/2/coding/0 unknown_code",
    ),
    (lambda one: one.update(dateTime="2031-03-14"), "/dateTime not_to_the_second"),
    (lambda one: one.update(dateTime="2031-03-14T11:00:00.5Z"), "/dateTime not_to_the_second"),
    (lambda one: one.update(dateTime="2031-02-30T11:00:00Z"), "/dateTime date-time"),
    (lambda one: one.update(dateTime="0001-01-01T00:00:00+14:00"), "/dateTime date-time"),
    (lambda one: one.update(dateTime="9999-12-31T23:59:59-12:00"), "/dateTime date-time"),
    (lambda one: one["performer"][0].update(type="RelatedPerson"), "/performer/0/type unknown_code"),
    (lambda one: one.update(_dateTime={"extension": []}), "/* not_carried"),
    (lambda one: one.update(modifierExtension=[{"url": "urn:except"}]), "/modifierExtension not_carried"),
    (lambda one: one.update(extension=[{"url": "urn:except"}]), "/extension not_carried"),
    (lambda one: one.update(contained=[{}]), "/contained not_carried"),
    (lambda one: one.update(sourceAttachment={"title": "terms"}), "/sourceAttachment not_carried"),
    (lambda one: one.update(verification=[{"verified": False}]), "/verification not_carried"),
    (lambda one: one.update(text={"status": "additional", "div": "<div/>"}), "/text narrative"),
    (lambda one: one.update(meta={"security": [{"code": "R"}]}), "/meta/security not_carried"),
    (lambda one: one["performer"].append(one["performer"][0]), "/performer more_than_one"),
    (lambda one: one.update(performer=[{"reference": "RelatedPerson/1"}]), "/performer/0 unmapped_giver"),
    (lambda one: one.update(organization=[{"reference": "Organization/1"}]), "/organization/0 unmapped_agency"),
    (
        lambda one: one.update(patient={"reference": "Patient/1", "extension": [{"url": "urn:except"}]}),
        "/patient/extension not_carried",
    ),
    (lambda one: one["patient"]["identifier"].update(system="urn:mrn"), "/patient/identifier/system unknown_code"),
    (provision(lambda one: one.update(type="deny")), "/provision/type unknown_code"),
    (provision(lambda one: one.pop("type")), "/provision/type required"),
    (provision(lambda one: one["actor"].append(one["actor"][0])), "/provision/actor more_than_one"),
    (
        provision(lambda one: one["actor"][0].update(reference={"reference": "Organization/1"})),
        "/provision/actor/0/reference unmapped_agency",
    ),
    (
        provision(lambda one: one["actor"][0]["role"]["coding"][0].update(code="CST")),
        "/provision/actor/0/role/coding/0 unknown_code",
    ),
    (provision(lambda one: one.pop("actor")), "/provision/actor required"),
    (provision(lambda one: one.pop("class")), "/provision/class required"),
    (provision(lambda one: one.update({"class": []})), "/provision/class empty"),
    (provision(lambda one: one["class"][0].update(code="everything")), "/provision/class/0/code unknown_code"),
    (provision(lambda one: one["purpose"][0].update(system="urn:x")), "/provision/purpose/0/system unknown_code"),
    (
        provision(lambda one: one["purpose"][0].update(code="immigration_control")),
        "/provision/purpose/0/code unknown_code",
    ),
    (provision(lambda one: one["period"].pop("start")), "/provision/period/start required"),
    (provision(lambda one: one.update(dataPeriod={"end": "2020"})), "/provision/dataPeriod not_carried"),
    (provision(lambda one: one.update(securityLabel=[{}])), "/provision/securityLabel not_carried"),
    (
        provision(lambda one: one["action"][0]["coding"][0].update(code="collect")),
        "/provision/action not_to_be_disclosed",
    ),
    (provision(lambda one: one["provision"][0].update(type="permit")), "/provision/provision/0/type unknown_code"),
    (
        provision(lambda one: one["provision"][0].update(period={"end": "2031"})),
        "/provision/provision/0/period not_carried",
    ),
]

_END = "/dpv:hasProcess/dpv:hasStorageCondition/1/dpv:hasDuration/rdf:value"


def _stored(record: dict) -> dict:
    """How long it may be kept, as a record says it beside how long it is valid."""
    return record["dpv:hasProcess"]["dpv:hasStorageCondition"][1]


ISO: list[tuple[Change, str]] = [
    (lambda one: one.update({"dct:conformsTo": "urn:other"}), "/dct:conformsTo unknown_code"),
    (lambda one: one["@context"].update(dpv="urn:other"), "/@context/dpv unknown_code"),
    (lambda one: one["@context"].update(ex="urn:other"), "/@context/* not_carried"),
    (
        lambda one: one["dpv:hasConsentStatus"].append(one["dpv:hasConsentStatus"][0]),
        "/dpv:hasConsentStatus more_than_one",
    ),
    (
        lambda one: one["dpv:hasConsentStatus"][0].update({"dct:valid": "P12M"}),
        "/dpv:hasConsentStatus/0/dct:valid not_an_interval",
    ),
    (
        lambda one: one["dpv:hasProcess"].update({"dpv:hasRecipient": "ex:Acme"}),
        "/dpv:hasProcess/dpv:hasRecipient unknown_system",
    ),
    (
        lambda one: one["dpv:hasProcess"].update({"dpv:hasThirdParty": "ex:A"}),
        "/dpv:hasProcess/dpv:hasThirdParty not_carried",
    ),
    (
        lambda one: one["dpv:hasProcess"]["dpv:hasPurpose"].append({"@id": "dpv:Marketing"}),
        "/dpv:hasProcess/dpv:hasPurpose/1/@id unknown_system",
    ),
    (
        lambda one: one["dpv:hasProcess"]["dpv:hasRule"][0].update({"@type": "dpv:Permission"}),
        "/dpv:hasProcess/dpv:hasRule/0/@type unknown_code",
    ),
    (
        lambda one: one["dpv:hasProcess"].update({"dpv:hasLegalBasis": "dpv:Consent"}),
        "/dpv:hasProcess/dpv:hasLegalBasis unknown_code",
    ),
    (
        lambda one: one["dpv:hasProcess"]["dpv:hasPurpose"][0].update({"@type": "dpv:Prohibition"}),
        "/dpv:hasProcess/dpv:hasPurpose/0/@type unknown_code",
    ),
    (
        lambda one: one["dpv:hasProcess"]["dpv:hasPersonalData"][0].update({"@type": "dpv:Prohibition"}),
        "/dpv:hasProcess/dpv:hasPersonalData/0/@type unknown_code",
    ),
    (
        lambda one: one["dpv:hasDataSubject"].update({"@type": "dpv:ParentOfDataSubject"}),
        "/dpv:hasDataSubject/@type unknown_code",
    ),
    (lambda one: _stored(one)["dpv:hasDuration"].update({"rdf:value": "2026-01-01T00:00:00Z"}), f"{_END} ends_earlier"),
    (lambda one: _stored(one)["dpv:hasDuration"].update({"rdf:value": "P6M"}), f"{_END} not_to_the_second"),
    (
        lambda one: _stored(one).update({"@type": "dpv:StorageDeletion"}),
        "/dpv:hasProcess/dpv:hasStorageCondition/1/@type unknown_code",
    ),
    (lambda one: one["dpv:hasProcess"].pop("dpv:hasConsentControl"), "/dpv:hasProcess/dpv:hasConsentControl required"),
]

KANTARA: list[tuple[Change, str]] = [
    (lambda one: one.update(version="KI-CR-v1.0.0"), "/version unknown_code"),
    (lambda one: one["piiControllers"].append({}), "/piiControllers more_than_one"),
    (lambda one: one["services"].append({}), "/services more_than_one"),
    (lambda one: one.update(consentTimestamp="1"), "/consentTimestamp type"),
    (lambda one: one.update(consentTimestamp=-1), "/consentTimestamp range"),
    (lambda one: one.update(policyUrl="https://example.org/privacy"), "/policyUrl unknown_system"),
    (lambda one: one["piiControllers"][0].update(onBehalf=True), "/piiControllers/0/onBehalf not_carried"),
    (
        lambda one: one["services"][0]["purposes"].append(
            one["services"][0]["purposes"][0] | {"piiCategory": ["narrative"]}
        ),
        "/services/0/purposes terms_differ",
    ),
    (
        lambda one: one["services"][0]["purposes"][0].update(consentType="IMPLICIT"),
        "/services/0/purposes/0/consentType unknown_code",
    ),
    (
        lambda one: one["services"][0]["purposes"][0].update(piiCategory=["1 - Biographical"]),
        "/services/0/purposes/0/piiCategory unknown_code",
    ),
    (
        lambda one: one["services"][0]["purposes"][0].update(thirdPartyDisclosure=False),
        "/services/0/purposes/0/thirdPartyDisclosure no_disclosure",
    ),
    (
        lambda one: one["services"][0]["purposes"][0].update(termination="Subscription end date + 1 year"),
        "/services/0/purposes/0/termination not_to_the_second",
    ),
]


@pytest.mark.parametrize(("change", "said"), FHIR, ids=[f"{at} {said}" for at, (_, said) in enumerate(FHIR)])
def test_a_fhir_consent_that_is_not_certain_is_refused(change: Change, said: str) -> None:
    assert refused("fhir", change) == said


@pytest.mark.parametrize(("change", "said"), ISO, ids=[f"{at} {said}" for at, (_, said) in enumerate(ISO)])
def test_a_27560_record_that_is_not_certain_is_refused(change: Change, said: str) -> None:
    assert refused("iso27560", change) == said


@pytest.mark.parametrize(("change", "said"), KANTARA, ids=[f"{at} {said}" for at, (_, said) in enumerate(KANTARA)])
def test_a_kantara_receipt_that_is_not_certain_is_refused(change: Change, said: str) -> None:
    assert refused("kantara", change) == said


def test_a_purpose_in_somebodys_own_words_is_named_as_lost() -> None:
    """They may be narrower than the code beside them, and nobody reads them here."""
    receipt = json.loads(FORMATS["kantara"].write(a_paper(restrictions=None)).body)
    assert FORMATS["kantara"].read(json.dumps(receipt).encode()).losses == ()
    receipt["services"][0]["purposes"][0]["purpose"] = "The dentist, on Monday"
    read = FORMATS["kantara"].read(json.dumps(receipt).encode())
    assert [loss.path for loss in read.losses] == ["/services/0/purposes/*/purpose"]


@pytest.mark.parametrize("key", FORMATS)
def test_unchanged_they_are_read(key: str) -> None:
    """The canary of the tests above."""
    with pytest.raises(pytest.fail.Exception):
        refused(key, lambda _: None)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"a":1,"a":2}', b"\xff"])
@pytest.mark.parametrize("key", FORMATS)
def test_what_is_no_json_object_is_refused(key: str, body: bytes) -> None:
    with pytest.raises(AdapterError):
        FORMATS[key].read(body)


def walked(node: Json) -> list[dict]:
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [*([node] if isinstance(node, dict) else []), *(one for each in inner for one in walked(each))]


@pytest.mark.parametrize(("key", "unread"), [("fhir", 1), ("iso27560", 6), ("kantara", 1)])
def test_no_unknown_member_is_passed_over_where_something_is_said_about_her(key: str, unread: int) -> None:
    """Each object of a document in turn gets a member nobody knows; only where nothing is read it may stand."""
    count = len(walked(json.loads(FORMATS[key].write(a_paper()).body)))
    places = [place_of_the_unknown(key, at) for at in range(count)]
    assert places.count(None) == unread
    assert not any("except_mondays" in place for place in places if place)


def place_of_the_unknown(key: str, at: int) -> str | None:
    """Add a member nobody knows to one object; the pointer of the refusal, or None where it is passed over."""
    document = json.loads(FORMATS[key].write(a_paper()).body)
    walked(document)[at]["except_mondays"] = True
    try:
        FORMATS[key].read(json.dumps(document).encode())
    except AdapterError as refusal:
        return refusal.pointer
    return None


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (("fhir", "r4-core", "consent-example.json"), "/dateTime not_to_the_second"),
        (
            ("fhir", "bser-json", "consent-BSeR-PatientConsent-eve-everywoman.json"),
            "/dateTime not_to_the_second",
        ),
    ],
    ids=["HL7 core", "BSeR"],
)
def test_official_consents_are_refused_for_what_they_do_not_say(file: tuple[str, ...], said: str) -> None:
    with pytest.raises(AdapterError) as caught:
        FORMATS["fhir"].read(sample(*file).read_bytes())
    assert f"{caught.value.pointer} {caught.value.rule}" == said


def test_an_official_consent_is_refused_also_once_it_says_when() -> None:
    """BSeR's consent names a custodian in its own system and no recipient: whom she meant nobody can say (C-03)."""
    document = json.loads(sample("fhir", "bser-json", "consent-BSeR-PatientConsent-eve-everywoman.json").read_text())
    document["dateTime"] = "2019-05-23T10:00:00Z"
    with pytest.raises(AdapterError) as caught:
        FORMATS["fhir"].read(json.dumps(document).encode())
    assert caught.value.pointer.startswith(("/performer", "/provision"))
