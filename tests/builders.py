"""One noun each: the thing itself with sane defaults, and keywords that change one thing.

The people are invented. The moment of every default is NOON; the default route leads from a police station to a shelter
for accommodation, and everything on it is in order, so that a test says only what is different.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rings import bytes_from

from consent.case import Case, CaseEvent, case_of
from consent.disclosure import Disclosure, Party
from consent.policy import ConsentDecision
from consent.records import Agreement, Consent, Records
from gateway.core.access.scopes import Scope
from gateway.core.agencies import Agency, RecipientKey
from gateway.core.callers import Caller, UsedProof
from gateway.core.heads import Head, agency_head
from schemas.case_codes import CaseEventType
from schemas.catalogue import profile_name
from schemas.documents import CompiledProfile, Document, Json, ProfileLeaf, ValidDocument
from schemas.profiles import compiled
from schemas.validation import validate
from schemas.vocabulary import (
    AgeStatus,
    ConsentState,
    DataCategory,
    DeliveryMode,
    FunctionClass,
    GivenBy,
    Purpose,
)

NOON = datetime(2031, 3, 14, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICE, SHELTER = "harbour-police", "river-shelter"
PERSON_REF = "P-0114"
SHELTER_KEY = bytes_from("the shelter's own key")


def a_profile(
    function: FunctionClass = FunctionClass.SHELTER, purpose: Purpose = Purpose.ACCOMMODATION
) -> CompiledProfile:
    """Return the published profile of that recipient and purpose."""
    name = profile_name(function, purpose)
    assert name is not None
    return compiled(name)


def a_leaf(target: str, source: str | None = None, **changes: object) -> ProfileLeaf:
    """Return one exact, optional leaf of category `need`; paths are written with slashes, items as `*`."""
    path = tuple(target.split("/"))
    origin = path if source is None else tuple(source.split("/"))
    leaf = ProfileLeaf(path, origin, DataCategory.NEED, "exact", allowed=None, required=False, where=None)
    return replace(leaf, **changes)


def a_party(agency: str = POLICE, function: FunctionClass = FunctionClass.POLICE, country: str = "XX") -> Party:
    """Return an agency as the rules see it."""
    return Party(agency, function, country)


def a_disclosure(**changes: object) -> Disclosure:
    """Return the police asking to tell the shelter about an adult; the document carries all a shelter may get."""
    profile = a_profile()
    disclosure = Disclosure(
        sender=a_party(),
        recipient=a_party(SHELTER, FunctionClass.SHELTER),
        purpose=Purpose.ACCOMMODATION,
        profile=profile,
        carries=profile.categories,
        sufficient=True,
        age=AgeStatus.ADULT,
    )
    return replace(disclosure, **changes)


def a_consent(**changes: object) -> Consent:
    """Return her yes to the police telling the shelter all that a shelter may know, an hour ago and for 90 days."""
    consent = Consent(
        id="consent-1",
        version=1,
        discloser=POLICE,
        recipient=SHELTER,
        decision=ConsentDecision.SUPPORT,
        purposes=frozenset({Purpose.ACCOMMODATION}),
        categories=a_profile().categories,
        restrictions=(),
        state=ConsentState.GIVEN,
        decided_at=NOON - HOUR,
        begins=NOON - HOUR,
        ends=NOON + 90 * DAY,
        given_by=GivenBy.SELF,
        confirmed=True,
    )
    return replace(consent, **changes)


def an_agreement(**changes: object) -> Agreement:
    """Return the agreement of police and shelter about accommodation, covering the whole profile, for a year."""
    agreement = Agreement(
        id="agreement-1",
        version=1,
        sender=POLICE,
        recipient=SHELTER,
        purpose=Purpose.ACCOMMODATION,
        categories=a_profile().categories,
        begins=NOON - 30 * DAY,
        ends=NOON + 365 * DAY,
        retention_days=30,
    )
    return replace(agreement, **changes)


def some_records(*consents: Consent, **changes: object) -> Records:
    """Return the agreement in force and these consents; without any, her yes."""
    return replace(Records(an_agreement(), consents or (a_consent(),)), **changes)


def an_event(kind: CaseEventType, /, at: datetime = NOON, by: str = "city-children", **terms: Json) -> CaseEvent:
    """Return one case event with those terms, committed at noon by the child-protection authority."""
    return CaseEvent(f"event-{kind.value}", kind, at, by, terms)


def a_case(*events: tuple[CaseEventType, Document]) -> Case:
    """Return the case that these events, all of noon, add up to."""
    return case_of(an_event(kind, **terms) for kind, terms in events)


def a_referral(**changes: Json) -> dict[str, Json]:
    """Return a canonical referral of an adult who needs a bed tonight; keywords replace top-level members."""
    referral: dict[str, Json] = {
        "schema": "referral/1.0",
        "sender_reference": "CASE-2031/114",
        "subject": a_subject(),
        "needs": [{"code": "accommodation.emergency"}],
    }
    return {**referral, **changes}


def a_subject(**changes: Json) -> dict[str, Json]:
    """Return the subject of that referral; a keyword that is None takes the member away."""
    subject: dict[str, Json] = {
        "person_ref": PERSON_REF,
        "alias": "Linnet",
        "age_band": "21--23",
        "minor_status": "adult",
        "sex": "female",
        "languages": [{"code": "ro", "preferred": True}],
    }
    return {key: value for key, value in {**subject, **changes}.items() if value is not None}


def a_valid_referral(**changes: Json) -> ValidDocument:
    """Return that referral, validated."""
    return validate(a_referral(**changes), "referral/1.0")


def a_consent_document(**changes: Json) -> dict[str, Json]:
    """Return her yes as the police write it down (consent/1.0), taken by a psychosocial service; None takes away."""
    document: dict[str, Json] = {
        "schema": "consent/1.0",
        "person_ref": PERSON_REF,
        "discloser": POLICE,
        "recipient": SHELTER,
        "decision": "support",
        "state": "given",
        "purposes": ["assistance.accommodation"],
        "categories": sorted(a_profile().categories),
        "text": {"version": "2031-01", "sha256": "5f" * 32, "language": "ro"},
        "person_languages": ["ro", "ru"],
        "interpreter": {"none_needed": True},
        "information_confirmed": True,
        "mechanism": "oral",
        "taken_by": {"agency": "open-door", "name": "Anca Pop"},
        "given_by": "self",
        "taken_at": "2031-03-14T11:00:00Z",
        "valid_from": "2031-03-14T11:00:00Z",
        "withdrawal_method": "any_agency",
    }
    return {key: value for key, value in {**document, **changes}.items() if value is not None}


def an_agency(agency: str = POLICE, function: FunctionClass = FunctionClass.POLICE, **changes: object) -> Agency:
    """Return a registered agency that speaks canonical JSON and fetches its messages unsealed."""
    made = Agency(
        id=agency,
        title=agency.replace("-", " ").title(),
        function=function,
        country="XX",
        adapter="canonical",
        delivery=DeliveryMode.PLAIN_PULL,
        sealing_key=None,
        head=Head(agency_head(agency), 1),
    )
    return replace(made, **changes)


def a_recipient_key(public_key: bytes) -> RecipientKey:
    """Return a recipient's registered key."""
    return RecipientKey("key-1", public_key)


def a_caller(agency: str = POLICE, proof: str = "proof 1", **changes: object) -> Caller:
    """Return the one client of that agency, with a proof of that name."""
    expires = int((NOON + HOUR).timestamp())
    caller = Caller(
        client_id=f"{agency}-client",
        agency=agency,
        scopes=frozenset(Scope),
        token_jti=f"token of {agency}",
        proof=UsedProof(bytes_from(proof), expires),
    )
    return replace(caller, **changes)
