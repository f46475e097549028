"""A message is read as the golden referral beside it; what is not carried is named; nothing is guessed in silence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from adapters.sdk import (
    MalformedError,
    Parsed,
    ParsedReferral,
    ParsedRevocation,
    ParsedStatus,
    SubjectUnclearError,
    UnsupportedError,
)
from adapters.sdk.codes import Document, Loss, ReferralState, RejectionReason
from adapters.sdk.errors import AdapterError
from schemas.validation import validate

Parse = Callable[..., Parsed]
FIXTURES = Path(__file__).resolve().parent / "fixtures"
VICTIM = "/gx:ReferralMessage/hs:HumanTraffickingVictim"


def _read(parse: Parse, body: bytes, subject: str | None = None) -> ParsedReferral:
    parsed = parse(body, subject)
    assert isinstance(parsed, ParsedReferral)
    return parsed


def _part(document: Document, *path: str | int) -> object:
    here: object = document
    for key in path:
        here = here[key]  # type: ignore[index]  # a path of the document
    return here


def _refusal(parse: Parse, body: bytes, subject: str | None = None) -> AdapterError:
    with pytest.raises((MalformedError, UnsupportedError, SubjectUnclearError)) as refused:
        parse(body, subject)
    return refused.value


def test_the_message_is_read_as_the_golden_referral(parse: Parse, referral: bytes) -> None:
    document = _read(parse, referral).document
    assert document == json.loads((FIXTURES / "referral.canonical.json").read_text("utf-8"))
    assert validate(document, "referral/1.0").document == document


def test_everything_that_is_not_carried_is_named(parse: Parse, referral: bytes) -> None:
    service = "/gx:ReferralMessage/hs:RequestedDirectServiceVictimAssociation/hs:Service/hs:ServiceCategoryCode"
    assert set(_read(parse, referral).losses) == {
        Loss(f"{VICTIM}/hs:ProspectiveVictimStatus/hs:ProspectiveVictimCategoryCode", "dropped"),
        Loss(f"{VICTIM}/hs:TraffickingEvent/hs:CurrentTraffickedVenueCode", "dropped"),
        Loss(f"{VICTIM}/hs:VictimTraffickerRelationshipDescriptionText", "dropped"),
        Loss(service, "guessed"),
        Loss("/gx:ReferralMessage/nc:Referral/j:ReferralAugmentation", "dropped"),
        Loss("/gx:ReferralMessage/nc:Referral/nc:ReferralIssuer", "dropped"),
    }


def test_more_events_than_there_is_room_for_are_lost_and_said_to_be(parse: Parse, referral: bytes) -> None:
    start, end = referral.index(b"<hs:TraffickingEvent>"), referral.index(b"</hs:TraffickingEvent>") + 23
    event = referral[start:end]
    parsed = _read(parse, referral[:start] + event * 51 + referral[end:])
    assert len(cast("list[object]", _part(parsed.document, "situation", "events"))) == 50
    assert Loss(f"{VICTIM}/hs:TraffickingEvent", "dropped") in parsed.losses


def test_of_several_who_identified_her_the_first_is_read(parse: Parse, referral: bytes) -> None:
    code = b"<hs:IdentifiedAsVictimCategoryCode>%s</hs:IdentifiedAsVictimCategoryCode>"
    police, child = b"Law Enforcement Federal", b"Child Welfare Child Protective Service agency (CPS)"
    was = code % b"Law Enforcement Police/sheriff (local)"
    assert was in referral
    parsed = _read(parse, referral.replace(was, code % police + code % child))
    assert _part(parsed.document, "situation", "decided_by") == "police"
    path = f"{VICTIM}/hs:IdentifiedAsVictimStatus/hs:IdentifiedAsVictimCategoryCode"
    assert Loss(path, "dropped") in parsed.losses


def test_a_channel_is_safe_only_where_the_message_says_so(parse: Parse, referral: bytes) -> None:
    """M-07."""
    contacts = cast("list[dict[str, str]]", _part(_read(parse, referral).document, "subject", "contacts"))
    assert {contact["channel"]: contact["safe"] for contact in contacts} == {"phone": "unknown", "email": "yes"}


@pytest.mark.parametrize(
    ("was", "becomes", "pointer", "rule"),
    [
        (b">sq<", b">Albanian<", "/gx:InterpreterLanguageTag[1]", "schema:cvc_pattern_valid"),
        (b">2031-05-06<", b">2031-02-30<", "/nc:Date[1]", "schema:cvc_datatype_valid_1_2_1"),
        (b">F<", b">W<", "/j:PersonSexCode[1]", "schema:cvc_enumeration_valid"),
        (b">AL<", b">QQ<", "/genc:CountryAlpha2Code[1]", "unknown_code:iso_3166_1"),
        (b"<gx:MeansCode>", b"<gx:MeansCode>x", "/gx:MeansCode[1]", "schema:cvc_enumeration_valid"),
        (b">26<", b">260<", "/nc:RangeMaximumIntegerValue[1]", "schema:cvc_maxinclusive_valid"),
        (b">24<", b">27<", "/nc:PersonAgeMeasure[1]", "age"),
        (b'ref="V1"', b'ref="V2"', "", "dangling_reference"),
    ],
    ids=["language", "day", "sex", "country", "means", "too_old", "range", "reference"],
)
def test_what_the_message_may_not_say_is_refused_where_it_stands(
    parse: Parse, referral: bytes, was: bytes, becomes: bytes, pointer: str, rule: str
) -> None:
    assert was in referral
    refused = _refusal(parse, referral.replace(was, becomes, 1))
    assert refused.pointer.endswith(pointer)
    assert refused.rule == rule


def test_an_age_beside_a_band_that_it_contradicts_is_weighed_too(parse: Parse, referral: bytes) -> None:
    """The band alone was read, and nothing said that a message called a child of fifteen an adult."""
    banded = referral.replace(
        b"<gx:PersonAugmentation>", b"<gx:PersonAugmentation><gx:AgeBandCode>24--26</gx:AgeBandCode>"
    )
    repeated = _read(parse, banded).document
    assert "age" not in cast("Document", repeated["subject"])
    other = _read(parse, banded.replace(b">26<", b">15<").replace(b">24<", b">15<")).document
    assert _part(other, "subject", "age") == {"min": 15, "max": 15}
    assert _part(other, "subject", "age_band") == "24--26"


@pytest.mark.parametrize(
    ("was", "becomes", "lost"),
    [
        (b">Albania<", b">Elbonia<", "/nc:PersonPassportIdentification/nc:IdentificationIssuerCountry"),
        (b">Italian<", b">Volapuk or so<", "/nc:PersonSecondaryLanguage"),
        (b">sqi<", b">und<", "/nc:PersonPrimaryLanguage"),
        (b">F<", b">X<", "/j:PersonSexCode"),
        (b">ANN<", b">DAY<", "/nc:PersonAgeMeasure"),
        (b">Hotels and Hospitality<", b">Strip Clubs<", ""),
    ],
    ids=["country_name", "language_name", "no_language", "sex_x", "age_in_days", "form"],
)
def test_what_is_not_in_a_table_is_lost_and_never_guessed(
    parse: Parse, referral: bytes, was: bytes, becomes: bytes, lost: str
) -> None:
    before, after = _read(parse, referral), _read(parse, referral.replace(was, becomes, 1))
    new = {loss.path for loss in after.losses} - {loss.path for loss in before.losses}
    assert not lost or any(path.endswith(lost) for path in new)
    assert f'"{becomes[1:-1].decode()}"' not in json.dumps(after.document)


def test_an_industry_that_names_the_exploitation_is_its_form(parse: Parse, referral: bytes) -> None:
    document = _read(parse, referral.replace(b">Hotels and Hospitality<", b">Strip Clubs<")).document
    assert {"type": "sexual", "country": "GB"} in cast("list[object]", _part(document, "situation", "exploitation"))


def test_our_own_code_stands_before_a_coarser_one_of_niem(parse: Parse, referral: bytes) -> None:
    exact = b"Housing Services</hs:ServiceCategoryCode><gx:ServiceAugmentation><gx:NeedCode>accommodation.longterm"
    parsed = _read(
        parse,
        referral.replace(
            b"Housing Services</hs:ServiceCategoryCode>", exact + b"</gx:NeedCode></gx:ServiceAugmentation>"
        ),
    )
    assert _part(parsed.document, "needs", 0) == {"code": "accommodation.longterm"}
    assert not any(loss.kind == "guessed" for loss in parsed.losses)


def test_a_service_for_somebody_else_is_not_hers(parse: Parse, referral: bytes) -> None:
    other = b'<hs:HumanTraffickingVictim structures:id="V2"/>\n  <hs:RequestedDirect'
    body = referral.replace(b"<hs:RequestedDirect", other, 1).replace(b'ref="V1"', b'ref="V2"')
    parsed = _read(parse, body, "V1")
    assert "needs" not in parsed.document
    assert _part(_read(parse, body, "V2").document, "needs") == [{"code": "interpretation", "note": "a woman, please"}]


def test_of_several_victims_one_must_be_named(parse: Parse, referral: bytes) -> None:
    body = referral.replace(
        b"<hs:RequestedDirect", b'<hs:HumanTraffickingVictim structures:id="V2"/><hs:RequestedDirect', 1
    )
    assert _refusal(parse, body).rule == "several_victims"
    assert _refusal(parse, body, "V3").rule == "no_such_subject"
    for name in ("V1", "BX0412377"):
        assert "names" in cast("dict[str, object]", _read(parse, body, name).document["subject"])


def test_an_id_that_is_another_victims_number_says_neither(parse: Parse, referral: bytes) -> None:
    body = referral.replace(
        b"<hs:RequestedDirect", b'<hs:HumanTraffickingVictim structures:id="BX0412377"/><hs:RequestedDirect', 1
    )
    assert _refusal(parse, body, "BX0412377").rule == "several_subjects"
    assert "names" in cast("dict[str, object]", _read(parse, body, "V1").document["subject"])


def test_a_message_about_nobody_is_refused(parse: Parse, referral: bytes) -> None:
    start, end = referral.index(b"<hs:HumanTraffickingVictim "), referral.index(b"</gx:ReferralMessage>")
    assert _refusal(parse, referral[:start] + referral[end:]).rule == "no_victim"


def test_a_pseudonym_is_no_identifier(parse: Parse, referral: bytes) -> None:
    """A recipient's own number, sent on, would link two agencies."""
    coded = b"BX0412377</nc:IdentificationID><gx:IdentificationCategoryCode>pseudonym</gx:IdentificationCategoryCode>"
    document = _read(parse, referral.replace(b"BX0412377</nc:IdentificationID>", coded)).document
    assert "BX0412377" not in json.dumps(document)


def test_an_answer_and_a_revocation_are_told_apart(parse: Parse) -> None:
    body = (FIXTURES / "status.in.json").read_bytes()
    assert parse(body) == ParsedStatus("NH-2031-0417", ReferralState.REJECTED, RejectionReason.NO_CAPACITY)
    assert parse(body.replace(b'"rejected"', b'"revoked"')) == ParsedRevocation(
        "NH-2031-0417",
        (Loss("/gx:ReferralMessage/nc:Referral/nc:ActivityStatus/gx:StatusAugmentation", "dropped"),),
    )
    assert _refusal(parse, body.replace(b"NH-2031-0417", b"NH 2031")).rule == "reference"


def test_an_interpreter_is_wanted_or_not(parse: Parse, referral: bytes) -> None:
    body = referral.replace(b"<gx:InterpreterRequiredIndicator>true</gx:InterpreterRequiredIndicator>", b"")
    assert _refusal(parse, body).rule == "required"


def test_json_may_choose_its_prefixes_and_is_answered_in_them(parse: Parse) -> None:
    ours = (Path(__file__).parent / "fixtures" / "message.in.json").read_bytes()
    theirs = ours.replace(b'"nc:', b'"core:').replace(b'"nc"', b'"core"').replace(b'"hs', b'"people')
    listed = json.dumps({**json.loads(theirs), "@context": [json.loads(theirs)["@context"], {}]}).encode()
    known, other = _read(parse, ours), _read(parse, theirs)
    assert other.document == known.document == _read(parse, listed).document
    assert {loss.path.replace("core:", "nc:").replace("people:", "hs:") for loss in other.losses} == {
        loss.path for loss in known.losses
    }
    assert any("people:" in loss.path for loss in other.losses)
    wrong = _refusal(parse, theirs.replace(b'"Housing Services"', b'"Nothing of the list"'))
    assert wrong.pointer.endswith(
        "people:RequestedDirectServiceVictimAssociation/0/people:Service/people:ServiceCategoryCode"
    )
    stray = _refusal(parse, theirs.replace(b'"core:Referral"', b'"nc:Referral"'))
    assert stray.rule in {"context", "schema:element_content"}


def test_json_may_say_where_its_schema_lies_and_end_a_namespace_as_the_examples_do(parse: Parse) -> None:
    ours = json.loads((FIXTURES / "message.in.json").read_bytes())
    hashed = {prefix: f"{namespace}#" for prefix, namespace in ours["@context"].items()}
    known = _read(parse, json.dumps(ours).encode())
    other = _read(parse, json.dumps({"$schema": "referral.jschema", **ours, "@context": hashed}).encode())
    assert other.document == known.document
    assert set(other.losses) - set(known.losses) == {Loss("/*", "dropped")}
