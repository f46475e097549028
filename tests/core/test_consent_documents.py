"""Unclear consents are refused where they enter, each with a pointer and the rule it breaks."""

from datetime import datetime

import pytest
from builders import DAY, HOUR, NOON, POLICE, SHELTER, a_consent_document
from fakes import run
from line import ADVOCATE, ENFORCERS, HILL, Line, a_line

from consent.facts import Restriction
from consent.policy import Policy
from consent.records import Consent
from gateway.core.consents.desk import Actor
from gateway.core.consents.documents import SCHEMA, ConsentRefusedError, consent_of
from schemas.documents import Json
from schemas.errors import Fault, SchemaViolationError
from schemas.validation import validate
from schemas.vocabulary import ConsentState, DataCategory, GivenBy


@pytest.fixture
def line() -> Line:
    return a_line()


def read(line: Line, policy: Policy | None = None, now: datetime = NOON, **changes: Json) -> Consent:
    valid = validate(a_consent_document(**changes), SCHEMA)
    return consent_of(valid, "consent-1", line.directory, policy or Policy(), now)


def taken_by(agency: str) -> dict[str, Json]:
    return {"taken_by": {"agency": agency, "name": "Dan Rusu"}}


def test_a_clear_consent_is_read_as_it_was_said(line: Line) -> None:
    restrictions: list[Json] = [{"category": "alias"}, {"category": "risk", "recipient": SHELTER}]
    found = read(line, restrictions=restrictions, given_by="guardian", valid_until="2031-04-01T00:00:00Z")
    assert (found.discloser, found.recipient, found.state) == (POLICE, SHELTER, ConsentState.GIVEN)
    assert found.restrictions == (Restriction(DataCategory.ALIAS), Restriction(DataCategory.RISK, SHELTER))
    assert (found.given_by, found.confirmed) == (GivenBy.GUARDIAN, True)
    assert (found.decided_at, found.begins) == (NOON - HOUR, NOON - HOUR)
    assert found.ends == datetime.fromisoformat("2031-04-01T00:00:00Z")


def test_c_08_a_consent_without_an_end_gets_the_policys(line: Line) -> None:
    assert read(line).ends == NOON - HOUR + 90 * DAY
    assert read(line, Policy(default_consent_days=7)).ends == NOON - HOUR + 7 * DAY


@pytest.mark.parametrize(
    ("changes", "pointer", "rule"),
    [
        ({"recipient": "all"}, "/recipient", "C-03"),
        ({"recipient": "nobody-known"}, "/recipient", "C-03"),
        ({"recipient": ENFORCERS}, "/recipient", "C-03"),
        ({"discloser": "nobody-known"}, "/discloser", "C-03"),
        (taken_by("nobody-known"), "/taken_by/agency", "C-05"),
        ({"taken_at": "2031-03-14T12:00:01Z"}, "/taken_at", "C-05"),
        ({"person_languages": ["ru"]}, "/interpreter", "C-06"),
        ({"interpreter": {"id": "I-7"}}, "/interpreter", "C-07"),
        ({"interpreter": {"id": "I-7"}, "interpreter_relation": "relative"}, "/interpreter", "C-07"),
        ({"interpreter": {"id": "I-7"}, "interpreter_relation": "friend"}, "/interpreter", "C-07"),
        ({"interpreter": {"id": "I-7"}, "interpreter_relation": "companion"}, "/interpreter", "C-07"),
        ({"interpreter": {"id": "I-7"}, "interpreter_relation": "other"}, "/interpreter", "C-07"),
        (
            {
                "interpreter": {"id": "I-7"},
                "interpreter_relation": "professional",
                "accompanied_by": [{"id": "V-1"}, {"id": "I-7"}],
            },
            "/interpreter",
            "C-07",
        ),
        ({"valid_until": "2031-03-14T11:00:00Z"}, "/valid_until", "C-08"),
        ({"valid_until": "2031-03-01T11:00:00Z"}, "/valid_until", "C-08"),
        ({"decision": "referral"}, "/purposes", "C-13"),
        ({"purposes": ["assistance.accommodation", "investigation"]}, "/purposes", "C-13"),
        ({"purposes": ["assistance.accommodation", "statistics"]}, "/purposes", "C-13"),
    ],
)
def test_an_unclear_consent_is_refused_with_pointer_and_rule(
    line: Line, changes: dict[str, Json], pointer: str, rule: str
) -> None:
    with pytest.raises(ConsentRefusedError) as caught:
        read(line, **changes)
    assert (caught.value.pointer, caught.value.rule) == (pointer, rule)


@pytest.mark.parametrize(
    "changes",
    [
        {"person_languages": ["ru"], "interpreter": {"id": "I-7"}, "interpreter_relation": "professional"},
        {"interpreter": {"id": "I-7"}, "interpreter_relation": "mediator", "accompanied_by": [{"id": "V-1"}]},
        {"taken_at": "2031-03-14T12:00:00Z"},
        {"valid_until": "2031-03-14T11:00:01Z"},
        {"purposes": ["assistance.accommodation", "assistance.legal"]},
        {"decision": "cooperation", "purposes": ["investigation", "witness_protection"]},
    ],
    ids=[
        "with an interpreter",
        "with a companion who is silent",
        "taken now",
        "a second long",
        "two kinds of support",
        "co-operation alone",
    ],
)
def test_and_beside_it_stands_a_consent_that_is_clear(line: Line, changes: dict[str, Json]) -> None:
    assert read(line, **changes).id == "consent-1"


def test_f_01_an_enforcer_and_an_unknown_recipient_are_refused_alike(line: Line) -> None:
    texts = set()
    for recipient in (ENFORCERS, "nobody-known"):
        with pytest.raises(ConsentRefusedError) as caught:
            read(line, recipient=recipient)
        texts.add(str(caught.value))
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"recipient": ""}, "pattern"),
        ({"recipient": None}, "required"),
        ({"text": None}, "required"),
        ({"information_confirmed": False}, "const"),
        ({"mechanism": None}, "required"),
        ({"taken_by": None}, "required"),
        ({"withdrawal_method": None}, "required"),
        ({"interpreter": None}, "required"),
        ({"categories": []}, "minItems"),
        ({"state": "renewed"}, "enum"),
        ({"taken_at": "2031-03-14T12:00:00+02:00"}, "pattern"),
    ],
)
def test_c_05_a_consent_that_lacks_a_detail_is_refused_by_its_schema(
    line: Line, changes: dict[str, Json], rule: str
) -> None:
    with pytest.raises(SchemaViolationError) as caught:
        read(line, **changes)
    assert rule in {fault.rule for fault in caught.value.faults}


@pytest.mark.parametrize("member", ["taken_at", "valid_from", "valid_until"])
def test_a_day_that_is_in_no_calendar_is_refused_with_its_pointer(line: Line, member: str) -> None:
    with pytest.raises(SchemaViolationError) as caught:
        read(line, **{member: "2031-02-30T09:00:00Z"})
    [fault] = caught.value.faults
    assert fault.pointer == f"/{member}"
    assert isinstance(fault, Fault)


@pytest.mark.parametrize(
    ("taker", "confirmed"),
    [(ADVOCATE, True), (HILL, True), (SHELTER, False), (POLICE, False), (ENFORCERS, False)],
    ids=["an advocate", "another shelter", "the recipient itself", "police", "immigration enforcement"],
)
def test_c_19_who_took_it_decides_whether_a_second_person_is_needed(line: Line, taker: str, *, confirmed: bool) -> None:
    assert read(line, **taken_by(taker)).confirmed is confirmed


def test_c_19_what_waits_for_a_second_person_permits_nothing_until_it_is_confirmed(line: Line) -> None:
    consent = line.says(**taken_by(POLICE))
    assert line.told()["outcome"] == "refused"
    line.confirms(consent)
    assert line.told()["outcome"] == "permitted"


def test_c_03_an_agency_writes_down_only_what_it_may_disclose_itself(line: Line) -> None:
    with pytest.raises(ConsentRefusedError) as caught:
        run(line.desk.record(Actor(HILL, line.caller(HILL)), a_consent_document(), "K"))
    assert (caught.value.pointer, caught.value.rule) == ("/discloser", "C-03")
    assert not line.book.people


def test_a_refused_consent_makes_nobody_and_uses_up_nothing(line: Line) -> None:
    before = line.book.copied()
    for changes in ({"recipient": "all"}, {"decision": "referral"}, {"recipient": ENFORCERS}):
        with pytest.raises(ConsentRefusedError):
            run(line.desk.record(Actor(POLICE, line.caller()), a_consent_document(**changes), "K"))
    assert line.book == before
    assert not line.person_keys.keys


@pytest.mark.parametrize("nobody", ["mirela-of-the-harbour", "nobody-registered"])
def test_c_15_whom_a_restriction_names_is_registered_so_no_name_lies_readable(nobody: str) -> None:
    line = a_line()
    with pytest.raises(ConsentRefusedError) as refused:
        line.says(restrictions=[{"category": "alias"}, {"category": "need", "recipient": nobody}])
    assert (refused.value.pointer, refused.value.rule) == ("/restrictions/1/recipient", "C-15")
    assert line.says(restrictions=[{"category": "alias", "recipient": SHELTER}])
