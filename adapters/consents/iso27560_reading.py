"""Reading an ISO/IEC TS 27560 record in DPV's profile: what stands there in our own names, closed; the rest refuses."""

from typing import Final

from adapters.consents.dpv import CONTEXT, PROFILE, STATUS
from adapters.consents.members import Members, code_of, moment, named
from adapters.consents.papers import OWN, RECORDABLE, ReadPaper
from adapters.sdk import UnsupportedError, decode_json
from schemas.documents import Json, Loss
from schemas.vocabulary import ConsentState, DataCategory, GivenBy, Mechanism, Purpose, WithdrawalMethod

_STATE: Final = {term: state for state, term in STATUS.items()}
_MEMBERS: Final = frozenset(
    {
        *("@context", "@id", "@type", "dct:conformsTo", "dct:identifier", "dct:subject", "dct:language", "dct:date"),
        *("dct:hasVersion", "dct:valid", "dct:description", "dpv:hasDataSubject", "dpv:hasProcess", "dpv:hasEntity"),
        *("dpv:hasConsentStatus", "dpv:hasNotice", "dpv:hasPurpose", "dpv:hasLegalBasis", "dpv:hasPersonalData"),
        *("dpv:hasDataController", "dpv:hasDataProcessor", "dpv:hasRecipient", "dpv:hasThirdParty"),
        *("dpv:hasStorageCondition", "dpv:hasJurisdiction", "dpv:hasConsentControl", "dpv:hasRule"),
        *(
            "dpv:hasDuration",
            "rdf:value",
            "dpv:isIndicatedBy",
            "dpv:hasIndicationMethod",
            "dpv:hasProcessing",
            "dpv:hasLocation",
            "dpv:hasService",
        ),
    }
)
_DATA: Final = ("dpv:PersonalData", "dpv:SensitivePersonalData", "dpv:SpecialCategoryPersonalData")
_EXPLICIT: Final = ("dpv:ExplicitlyExpressedConsent", "eu-gdpr:A6-1-a-explicit-consent", "eu-gdpr:A9-2-a")


def read_record(body: bytes) -> ReadPaper:
    """Return what a record says for certain. Raises MalformedError, UnsupportedError."""
    record = Members(decode_json(body), "")
    _prefixes(record.inner("@context"))
    record.must("@type", "dpv:ConsentRecord")
    record.must("dct:conformsTo", PROFILE)
    record.passed_over("@id", "dct:identifier", "dpv:hasEntity")  # Parties are named where they have a role.
    subject = record.inner("dpv:hasDataSubject")
    subject.passed_over("@id")
    _kind(subject, "dpv:DataSubject")
    found: dict[str, Json] = {"person_ref": subject.text("dct:identifier")}
    subject.done(_MEMBERS)
    process = record.inner("dpv:hasProcess")
    found |= _process(process)
    state, event = _event(record.one("dpv:hasConsentStatus"))
    found |= event
    _stored_as_long(process, str(event["valid_until"]))
    record.done(_MEMBERS)
    return ReadPaper(found, (Loss("/dpv:hasConsentStatus", "coarsened"),) if state is ConsentState.RENEWED else ())


def _prefixes(context: Members) -> None:
    """Every prefix means what it means here: another context would give other meanings to the same names."""
    for prefix, meaning in CONTEXT.items():
        if context.has(prefix):
            context.must(prefix, str(meaning))
    context.done()


def _process(process: Members) -> dict[str, Json]:
    process.must("@type", "dpv:Process")
    process.must("dpv:hasLegalBasis", *_EXPLICIT)
    process.passed_over("dpv:hasJurisdiction", "dpv:hasStorageCondition")  # The latter is for `_stored_as_long`.
    found: dict[str, Json] = {
        "decision": _own(process, "dct:subject", "decision"),
        "text": _notice(process.inner("dpv:hasNotice")),
        "purposes": [_code(one, "purpose", Purpose, "dpv:Purpose") for one in process.many("dpv:hasPurpose")],
        "categories": [
            _code(one, "data-category", DataCategory, *_DATA) for one in process.many("dpv:hasPersonalData")
        ],
        "discloser": _own(process, "dpv:hasDataController", "agency"),
        "recipient": _own(process, "dpv:hasRecipient", "agency"),
        "withdrawal_method": _withdrawal(process.inner("dpv:hasConsentControl")),
    }
    if process.has("dpv:hasRule"):
        found["restrictions"] = [_rule(one) for one in process.many("dpv:hasRule")]
    process.done(_MEMBERS)
    return found


def _stored_as_long(process: Members, end: str) -> None:
    """Raise UnsupportedError where what she agreed to may be kept for less long than her consent says."""
    for condition in process.many("dpv:hasStorageCondition") if process.has("dpv:hasStorageCondition") else ():
        if condition.must("@type", "dpv:StorageLocation", "dpv:StorageDuration") == "dpv:StorageLocation":
            condition.passed_over("dpv:hasLocation")
        else:
            duration = condition.inner("dpv:hasDuration")
            duration.must("@type", "dpv:UntilTimeDuration")
            if duration.moment("rdf:value") < end:
                raise UnsupportedError(duration.pointer("rdf:value"), "ends_earlier")
            duration.done(_MEMBERS)
        condition.done(_MEMBERS)


def _event(event: Members) -> tuple[ConsentState, dict[str, Json]]:
    state = _STATE[event.must("@type", *sorted(_STATE))]
    if state not in RECORDABLE | {ConsentState.RENEWED}:
        raise UnsupportedError(event.pointer("@type"), "over")
    begins, slash, ends = event.text("dct:valid").partition("/")
    if not slash:
        raise UnsupportedError(event.pointer("dct:valid"), "not_an_interval")
    event.must("dpv:hasLegalBasis", *_EXPLICIT)
    found: dict[str, Json] = {
        "state": (ConsentState.GIVEN if state is ConsentState.RENEWED else state).value,
        "taken_at": event.moment("dct:date"),
        "valid_from": moment(begins, event.pointer("dct:valid")),
        "valid_until": moment(ends, event.pointer("dct:valid")),
        "given_by": code_of(GivenBy, _own(event, "dpv:isIndicatedBy", "given-by"), event.pointer("dpv:isIndicatedBy")),
        "mechanism": _mechanism(event),
    }
    event.done(_MEMBERS)
    return state, found


def _mechanism(event: Members) -> str:
    at = event.pointer("dpv:hasIndicationMethod")
    return code_of(Mechanism, _own(event, "dpv:hasIndicationMethod", "mechanism"), at).value


def _notice(notice: Members) -> Json:
    notice.must("@type", "dpv:ConsentNotice", "dpv:PrivacyNotice")
    at = notice.pointer("dct:identifier")
    found: Json = {
        "version": notice.text("dct:hasVersion"),
        "sha256": named("urn:sha256", notice.text("dct:identifier"), at),
        "language": notice.text("dct:language"),
    }
    notice.done(_MEMBERS)
    return found


def _withdrawal(control: Members) -> str:
    control.must("@type", "dpv:WithdrawConsent")
    control.passed_over("dct:description")
    method = _own(control, "dct:identifier", "withdrawal-method")
    control.done(_MEMBERS)
    return code_of(WithdrawalMethod, method, control.pointer("dct:identifier")).value


def _rule(rule: Members) -> Json:
    rule.must("@type", "dpv:Prohibition")
    at = rule.pointer("dpv:hasPersonalData")
    category = code_of(DataCategory, _own(rule, "dpv:hasPersonalData", "data-category"), at)
    of: dict[str, Json] = {}
    if rule.has("dpv:hasRecipient"):
        of["recipient"] = _own(rule, "dpv:hasRecipient", "agency")
    rule.done(_MEMBERS)
    return {"category": category.value, **of}


def _kind(node: Members, *kinds: str) -> None:
    """Raise UnsupportedError where something says that it is another thing than stands at its place."""
    if node.has("@type"):
        node.must("@type", *kinds)


def _code(term: Members, kind: str, codes: type[Purpose] | type[DataCategory], *kinds: str) -> str:
    """Return our code of a term of ours; DPV's broader word for it is passed over."""
    term.passed_over("skos:broader")
    _kind(term, *kinds)
    code = code_of(codes, _own(term, "@id", kind), term.pointer("@id"))
    term.done(_MEMBERS)
    return code.value


def _own(node: Members, member: str, kind: str) -> str:
    return named(f"{OWN}{kind}", node.text(member), node.pointer(member))
