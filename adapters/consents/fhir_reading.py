"""Reading a FHIR Consent: closed, because an element nobody knows may be the exception she made.

Narrative is passed over only where it says nothing of its own; another system's names for patients and organisations
are not guessed.
"""

from typing import Final

from adapters.consents.fhir_names import (
    ACT_CODE,
    ACTION,
    AGENCY,
    CATEGORY,
    DECISION,
    GIVEN_BY,
    GIVER,
    LOINC,
    PERSON_REF,
    PURPOSE,
    ROLE,
    SCOPE,
    STATUS,
)
from adapters.consents.members import Members, code_of
from adapters.consents.papers import ReadPaper
from adapters.sdk import MalformedError, UnsupportedError
from schemas.documents import Document, Json, Loss
from schemas.vocabulary import ConsentState, DataCategory, GivenBy, Purpose

_STATE: Final = {
    "active": ConsentState.GIVEN,
    "rejected": ConsentState.REFUSED,
    "proposed": ConsentState.REQUESTED,
}
_ELEMENTS: Final = frozenset(
    {
        *("id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension"),
        *("identifier", "status", "scope", "category", "patient", "dateTime", "performer", "organization"),
        *("sourceAttachment", "sourceReference", "policy", "policyRule", "verification", "provision"),
        *("type", "period", "actor", "action", "securityLabel", "purpose", "class", "code", "dataPeriod", "data"),
        *("role", "reference", "display", "coding", "system", "version", "userSelected", "value", "use", "assigner"),
        *("security", "start", "end"),
    }
)


def read_consent(resource: Document) -> ReadPaper:
    """Return what a Consent about one recipient says for certain (C-03). Raises MalformedError, UnsupportedError."""
    consent = Members(resource, "")
    consent.must("resourceType", "Consent")
    consent.passed_over("id", "identifier", "language")
    _harmless(consent)
    status = consent.must("status", *sorted({*STATUS.values(), "draft"}))
    if status not in _STATE:
        raise UnsupportedError("/status", "over" if status != "draft" else "not_asked_yet")
    _one_of(consent.inner("scope"), (SCOPE, "patient-privacy"))
    _one_of(consent.inner("policyRule"), (ACT_CODE, "OPTIN"))
    found: dict[str, Json] = {
        "state": _STATE[status].value,
        **_categories_of(consent),
        **_person(consent.inner("patient")),
        "taken_at": consent.moment("dateTime"),
    }
    if consent.has("performer"):
        found["given_by"] = _read_giver(consent.one("performer"))
    if consent.has("organization"):
        found["discloser"] = _read_agency(consent.one("organization"))
    found |= _read_provision(consent.inner("provision"), "deny" if status == "rejected" else "permit")
    consent.done(_ELEMENTS)
    coarse = (Loss("/status", "guessed"),) if status == "proposed" else ()
    return ReadPaper(found, coarse)


def _read_provision(provision: Members, kind: str) -> dict[str, Json]:
    provision.must("type", kind)
    period = provision.inner("period")
    found: dict[str, Json] = {
        "recipient": _read_actor(provision.one("actor")),
        "purposes": _codes(provision, "purpose", PURPOSE, Purpose),
        "categories": _codes(provision, "class", CATEGORY, DataCategory),
        "valid_from": period.moment("start"),
    }
    if period.has("end"):
        found["valid_until"] = period.moment("end")
    period.done(_ELEMENTS)
    if provision.has("action") and "disclose" not in {_code(one, ACTION) for one in provision.many("action")}:
        raise UnsupportedError(provision.pointer("action"), "not_to_be_disclosed")
    if provision.has("provision"):
        withheld = [entry for inner in provision.many("provision") for entry in _withheld(inner)]
        found["restrictions"] = [*withheld]
    provision.done(_ELEMENTS)
    return found


def _withheld(inner: Members) -> list[dict[str, Json]]:
    """An exception: so many kinds of data, from one agency or from everybody (C-15)."""
    inner.must("type", "deny")
    of: dict[str, Json] = {"recipient": _read_actor(inner.one("actor"))} if inner.has("actor") else {}
    categories = _codes(inner, "class", CATEGORY, DataCategory)
    inner.done(_ELEMENTS)
    return [{"category": category, **of} for category in categories]


def _harmless(consent: Members) -> None:
    """Pass over what the elements say already; what might say more is refused."""
    if consent.has("meta"):
        meta = consent.inner("meta")
        meta.passed_over("profile", "versionId", "lastUpdated", "tag", "source")
        meta.done(_ELEMENTS)  # A security label may limit what is allowed.
    if consent.has("text"):
        text = consent.inner("text")
        if text.text("status") != "generated":  # R4: then it says nothing that the elements do not.
            raise UnsupportedError("/text", "narrative")
        text.passed_over("div")
        text.done(_ELEMENTS)


def _categories_of(consent: Members) -> dict[str, Json]:
    """Which of the four decisions it is (C-13), where it says so; a class of consent of others' says nothing more."""
    concepts = [concept for one in consent.many("category") for concept in _codings(one)]
    decisions = [code for system, code, _ in concepts if system == DECISION]
    strange = [at for system, code, at in concepts if system != DECISION and (system, code) not in _CLASSES]
    if strange:
        raise UnsupportedError(strange[0], "unknown_code")
    if len(decisions) > 1:
        raise UnsupportedError("/category", "more_than_one")
    return {"decision": decisions[0]} if decisions else {}


_CLASSES: Final = frozenset({(ACT_CODE, "INFA"), (ACT_CODE, "IDSCL"), (LOINC, "59284-0")})
"""Classes that say only that it is a consent about information."""


def _person(patient: Members) -> dict[str, Json]:
    """Our own reference for her, where there is one: another's number for a patient is no name of ours (P-02)."""
    patient.passed_over("type", "display", "reference")
    if not patient.has("identifier"):
        patient.done(_ELEMENTS)
        return {}
    identifier = patient.inner("identifier")
    identifier.must("system", PERSON_REF)
    reference = identifier.text("value")
    identifier.done(_ELEMENTS)
    patient.done(_ELEMENTS)
    return {"person_ref": reference}


def _read_giver(performer: Members) -> str:
    performer.passed_over("display")
    if not performer.has("identifier"):
        raise UnsupportedError(performer.at, "unmapped_giver")
    identifier = performer.inner("identifier")
    identifier.must("system", GIVEN_BY)
    given_by = code_of(GivenBy, identifier.text("value"), identifier.pointer("value"))
    identifier.done(_ELEMENTS)
    if performer.has("type"):
        performer.must("type", GIVER[given_by])  # A relative who says that she said it herself is no certain yes.
    performer.done(_ELEMENTS)
    return given_by.value


def _read_actor(actor: Members) -> str:
    _one_of(actor.inner("role"), (ROLE, "IRCP"))
    agency = _read_agency(actor.inner("reference"))
    actor.done(_ELEMENTS)
    return agency


def _read_agency(reference: Members) -> str:
    """Return an agency by the name it has here; what another system calls an organisation is not ours to guess."""
    reference.passed_over("type", "display")
    if not reference.has("identifier"):
        raise UnsupportedError(reference.at, "unmapped_agency")
    identifier = reference.inner("identifier")
    identifier.must("system", AGENCY)
    agency = identifier.text("value")
    identifier.done(_ELEMENTS)
    reference.done(_ELEMENTS)
    return agency


def _codes(node: Members, name: str, system: str, codes: type[Purpose] | type[DataCategory]) -> list[Json]:
    found: list[Json] = []
    for coding in node.many(name):
        coding.must("system", system)
        found.append(code_of(codes, coding.text("code"), coding.pointer("code")).value)
        coding.passed_over("display")
        coding.done(_ELEMENTS)
    return found


def _one_of(concept: Members, *allowed: tuple[str, str]) -> None:
    """Raise UnsupportedError unless the concept is one of these and nothing else."""
    for system, code, at in _codings(concept):
        if (system, code) not in allowed:
            raise UnsupportedError(at, "unknown_code")


def _code(concept: Members, system: str) -> str:
    return next((code for found, code, _ in _codings(concept) if found == system), "")


def _codings(concept: Members) -> list[tuple[str, str, str]]:
    """Return system, code and pointer of each coding; a text beside them might mean something narrower."""
    if not concept.has("coding"):
        raise MalformedError(concept.pointer("coding"), "required")
    found: list[tuple[str, str, str]] = []
    for coding in concept.many("coding"):
        found.append((coding.text("system"), coding.text("code"), coding.at))
        coding.passed_over("display")
        coding.done(_ELEMENTS)
    concept.done(_ELEMENTS)
    return found
