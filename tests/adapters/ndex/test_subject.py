"""Who is meant: the person named, else the only victim, else nobody; never a guess."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from adapters.sdk import MalformedError, Parsed, ParsedReferral, SubjectUnclearError

Parse = Callable[..., Parsed]
VICTIM = b'<j:Victim s:id="Victim1">'
SUSPECT = (
    b'<j:Suspect s:id="Suspect1">\n              <nc:RoleOfPersonReference s:ref="SuspectPerson1"/>'
    b"\n            </j:Suspect>"
)


def _family(parsed: Parsed) -> str:
    assert isinstance(parsed, ParsedReferral)
    subject = parsed.document["subject"]
    assert isinstance(subject, dict)
    names = subject["names"]
    assert isinstance(names, list)
    first = names[0]
    assert isinstance(first, dict)
    return str(first["family"])


@pytest.mark.parametrize(
    "named",
    [None, "VictimPerson1", "EVictim1", "Victim1", "BX0412377", "NCP-P-99120"],
    ids=["nobody", "person", "entity", "role", "passport", "file"],
)
def test_a_person_is_named_by_any_of_her_ids_or_numbers(parse: Parse, demo: bytes, named: str | None) -> None:
    assert _family(parse(demo, named)) == "Kosturi"


def test_somebody_who_is_no_victim_is_read_when_named(parse: Parse, demo: bytes) -> None:
    parsed = parse(demo, "WitnessPerson1")
    assert _family(parsed) == "Brinkmoor"
    assert isinstance(parsed, ParsedReferral)
    assert {"role": "victim", "name": "Mirela Kosturi"} in parsed.document["third_parties"]


@pytest.mark.parametrize(
    "named",
    ["nobody", "Room1", "Incident1", "P-99120", "Kosturi", "", "Victim1 "],
    ids=["nothing", "place", "activity", "metadata", "family_name", "empty", "almost"],
)
def test_who_is_not_there_is_not_replaced_by_the_victim(parse: Parse, demo: bytes, named: str) -> None:
    with pytest.raises(SubjectUnclearError) as refusal:
        parse(demo, named)
    assert refusal.value.rule == "no_such_subject"
    assert refusal.value.pointer == ""


def test_two_victims_need_a_name(parse: Parse, demo: bytes) -> None:
    body = demo.replace(SUSPECT, SUSPECT.replace(b"Suspect>", b"Victim>").replace(b"<j:Suspect ", b"<j:Victim "))
    assert body != demo
    with pytest.raises(SubjectUnclearError) as refusal:
        parse(body)
    assert refusal.value.rule == "several_victims"
    assert _family(parse(body, "Victim1")) == "Kosturi"


def test_two_victims_in_two_items_need_a_name(parse: Parse, two_items: bytes) -> None:
    with pytest.raises(SubjectUnclearError) as refusal:
        parse(two_items)
    assert refusal.value.rule == "several_victims"


def test_a_report_without_victim_needs_a_name(parse: Parse, demo: bytes) -> None:
    with pytest.raises(SubjectUnclearError) as refusal:
        parse(demo.replace(b"j:Victim", b"j:MissingPerson"))
    assert refusal.value.rule == "no_victim"


def test_a_number_two_people_have_names_nobody(parse: Parse, demo: bytes) -> None:
    number = (
        b"<nc:PersonOtherIdentification><nc:IdentificationID>BX0412377</nc:IdentificationID>"
        b"</nc:PersonOtherIdentification><nc:PersonSexCode>M<"
    )
    body = demo.replace(b"<nc:PersonSexCode>M<", number)
    with pytest.raises(SubjectUnclearError) as refusal:
        parse(body, "BX0412377")
    assert refusal.value.rule == "several_subjects"


def test_an_id_beats_a_number(parse: Parse, demo: bytes) -> None:
    body = demo.replace(b">BX0412377<", b">WitnessPerson1<")
    assert _family(parse(body, "WitnessPerson1")) == "Brinkmoor"


def test_one_person_in_the_role_of_victim_twice_is_one_victim(parse: Parse, demo: bytes) -> None:
    assert _family(parse(demo.replace(VICTIM, b'<j:Victim s:id="Victim0"/>' + VICTIM))) == "Kosturi"


def test_a_role_belongs_to_whom_it_refers_to_and_not_to_who_stands_beside_it(parse: Parse, demo: bytes) -> None:
    body = demo.replace(
        VICTIM + b'\n              <nc:RoleOfPersonReference s:ref="VictimPerson1"/>',
        VICTIM + b'<nc:RoleOfPersonReference s:ref="WitnessPerson1"/>',
    )
    assert body != demo
    assert _family(parse(body)) == "Brinkmoor"


def test_a_role_that_refers_to_itself_belongs_to_who_stands_beside_it(parse: Parse, demo: bytes) -> None:
    body = demo.replace(
        VICTIM + b'\n              <nc:RoleOfPersonReference s:ref="VictimPerson1"/>',
        VICTIM + b'<nc:RoleOfPersonReference s:ref="Victim1"/>',
    )
    assert body != demo
    assert _family(parse(body)) == "Kosturi"


def test_a_role_that_refers_to_a_thing_is_refused(parse: Parse, demo: bytes) -> None:
    with pytest.raises(MalformedError) as refusal:
        parse(
            demo.replace(
                b'<nc:RoleOfPersonReference s:ref="VictimPerson1"/>', b'<nc:RoleOfPersonReference s:ref="Room1"/>'
            )
        )
    assert refusal.value.rule == "reference_target"


def test_a_victim_of_another_namespace_is_no_victim(parse: Parse, demo: bytes) -> None:
    with pytest.raises(SubjectUnclearError):
        parse(demo.replace(b"j:Victim", b"nc:Victim"))


def test_an_organisation_that_is_a_victim_is_nobody(parse: Parse, demo: bytes) -> None:
    unit = b'<nc:Organization s:id="Unit1">'
    victim = b'<j:Victim><nc:RoleOfOrganizationReference s:ref="Unit1"/></j:Victim>'
    end = b"</nc:Organization>"
    assert unit in demo
    assert _family(parse(demo.replace(end, end + victim))) == "Kosturi"
