"""To whom what a report says was done: an offence, the day and the place of an incident, its account."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest
from lxml import etree

from adapters.sdk import Parsed, ParsedReferral
from adapters.sdk.codes import Json

Parse = Callable[..., Parsed]
_VICTIMS = b"<lexsdigest:SubjectVictimAssociation>"


def _associated(body: bytes, *associations: tuple[str, str]) -> bytes:
    said = b"".join(
        f'<lexsdigest:Offense{name}Association><nc:ActivityReference s:ref="Offense1"/>'
        f'<nc:{name.removeprefix("Victim").removeprefix("Subject")}Reference s:ref="{who}"/>'
        f"</lexsdigest:Offense{name}Association>".encode()
        for name, who in associations
    )
    assert body.count(_VICTIMS) == 1
    return body.replace(_VICTIMS, said + _VICTIMS)


HERS = ("VictimPerson", "VictimPerson1")


@pytest.mark.parametrize(
    "associations",
    [
        [HERS],
        [("VictimPerson", "Victim1")],
        [("VictimPerson", "EVictim1")],
        [("VictimPerson", "WitnessPerson1"), HERS],
        [("SubjectPerson", "SuspectPerson1")],
        [("SubjectPerson", "SuspectPerson1"), HERS],
        [("SubjectPerson", "VictimPerson1"), HERS],
    ],
)
def test_an_offence_against_her_is_hers(
    parse: Parse, demo: bytes, publish_schema: etree.XMLSchema, associations: list[tuple[str, str]]
) -> None:
    body = _associated(demo, *sorted(associations))
    assert publish_schema.validate(etree.fromstring(body).getroottree()), publish_schema.error_log
    assert _offences(parse(body)) == ["64A"]


@pytest.mark.parametrize(
    "associations",
    [
        [("VictimPerson", "WitnessPerson1")],
        [("VictimOrganization", "Unit1")],
        [("SubjectPerson", "SuspectPerson1"), ("VictimPerson", "WitnessPerson1")],
    ],
)
def test_an_offence_against_others_or_of_hers_was_not_done_to_her(
    parse: Parse, demo: bytes, associations: list[tuple[str, str]]
) -> None:
    parsed = parse(_associated(demo, *sorted(associations)))
    assert _offences(parsed) == []
    assert any(loss.path.endswith("/lexsdigest:EntityActivity") for loss in parsed.losses)


def test_an_offence_against_the_victim_was_not_done_to_a_witness(parse: Parse, demo: bytes) -> None:
    for body in (demo, _associated(demo, HERS)):
        parsed = parse(body, "WitnessPerson1")
        assert isinstance(parsed, ParsedReferral)
        assert "situation" not in parsed.document


@pytest.mark.parametrize("suspected", ["VictimPerson1", "Victim1", "EVictim1"])
def test_an_offence_of_which_she_is_suspected_was_not_done_to_her(parse: Parse, demo: bytes, suspected: str) -> None:
    assert _offences(parse(_associated(demo, ("SubjectPerson", suspected)))) == []


def _offences(parsed: Parsed) -> list[Json]:
    """The codes, and that a form of exploitation is said exactly where one is an offence of trafficking."""
    assert isinstance(parsed, ParsedReferral)
    situation = parsed.document["situation"]
    assert isinstance(situation, dict)
    found = situation.get("offences", [])
    assert isinstance(found, list)
    assert ("exploitation" in situation) is bool(found)
    return [offence["code"] for offence in found if isinstance(offence, dict)]


# ------------------------------------------------------------------------------------------- two victims, two incidents

_ROLE = (
    b'<j:Suspect s:id="Suspect1">\n              <nc:RoleOfPersonReference s:ref="SuspectPerson1"/>'
    b"\n            </j:Suspect>"
)
_OFFENCE = b'<lexsdigest:EntityActivity>\n            <nc:Activity s:id="Offense1">'
_ITS_VICTIM = b'<nc:PersonReference s:ref="Victim1"/>\n            </lexsdigest:IncidentVictimPersonAssociation>'
_SECOND = (
    b'<lexsdigest:EntityActivity><nc:Activity s:id="Incident2">'
    b"<nc:ActivityCategoryText>Incident</nc:ActivityCategoryText>"
    b"<nc:ActivityDate><nc:Date>2026-02-17</nc:Date></nc:ActivityDate>"
    b"<nc:ActivityDescriptionText>CANARY of the second</nc:ActivityDescriptionText></nc:Activity>"
    b"</lexsdigest:EntityActivity>"
    b'<lexsdigest:EntityActivity><nc:Activity s:id="Offense2">'
    b"<nc:ActivityCategoryText>Offense</nc:ActivityCategoryText>"
    b"<nc:ActivityDescriptionText>Kidnapping</nc:ActivityDescriptionText></nc:Activity></lexsdigest:EntityActivity>"
)
_LAST, _WHOLE_ITEM = b"</lexs:StructuredPayload>", b"<lexs:Narrative>CANARY of the item</lexs:Narrative>"
_TIED, _REPORTING = "IncidentOffense", b"<lexsdigest:IncidentReportingOfficialAssociation>"
FIRST, SECOND = "VictimPerson1", "SuspectPerson1"


def _associating(name: str, activity: str, other: str) -> bytes:
    reference = "Activity" if name == _TIED else "Person"
    return (
        f'<lexsdigest:{name}Association><nc:ActivityReference s:ref="{activity}"/>'
        f'<nc:{reference}Reference s:ref="{other}"/></lexsdigest:{name}Association>'
    ).encode()


def _two(body: bytes, *associations: tuple[str, str, str]) -> bytes:
    """Make the suspect a second victim, and add an incident and an offence, and associations of two of them by name."""
    tied, named = (
        b"".join(_associating(*one) for one in associations if (one[0] == _TIED) is of_both)
        for of_both in (True, False)
    )
    for found, instead in (
        (_ROLE, _ROLE.replace(b"Suspect>", b"Victim>").replace(b"<j:Suspect ", b"<j:Victim ")),
        (_OFFENCE, _SECOND + _OFFENCE),
        (_REPORTING, tied + _REPORTING),
        (_VICTIMS, named + _VICTIMS),
        (_LAST, _LAST + _WHOLE_ITEM),
    ):
        assert body.count(found) == 1, "the change must be at one place"
        body = body.replace(found, instead)
    return body


def _said(parsed: Parsed) -> tuple[list[Json], list[Json], list[Json], bool]:
    """The days of events, the beginnings of accounts, the codes of offences; and whether nothing of it was lost."""
    assert isinstance(parsed, ParsedReferral)
    situation = parsed.document.get("situation", {})
    assert isinstance(situation, dict)

    def each(name: str, member: str) -> list[Json]:
        found = situation.get(name, [])
        assert isinstance(found, list)
        return [one[member] for one in found if isinstance(one, dict) and member in one]

    accounts: list[Json] = [str(text)[:8] for text in each("narrative", "text")]
    whole = not any(loss.path.endswith("/lexsdigest:EntityActivity") for loss in parsed.losses)
    return each("events", "from"), accounts, each("offences", "code"), whole


def test_one_victim_has_everything_of_her_report(parse: Parse, demo: bytes) -> None:
    body = demo.replace(_OFFENCE, _SECOND + _OFFENCE).replace(_LAST, _LAST + _WHOLE_ITEM)
    days, accounts, codes, whole = _said(parse(body))
    assert (len(days), accounts, codes) == (2, ["Patrol 7", "CANARY o", "CANARY o"], ["100", "64A"])
    assert whole


@pytest.mark.parametrize(
    "tied",
    [
        [("IncidentVictimPerson", "Incident2", SECOND), ("OffenseVictimPerson", "Offense2", SECOND)],
        [("IncidentOffense", "Incident2", "Offense2"), ("IncidentVictimPerson", "Incident2", SECOND)],
        [("IncidentOffense", "Incident2", "Offense2"), ("OffenseVictimPerson", "Offense2", SECOND)],
        [("IncidentVictimPerson", "Incident2", "Suspect1"), ("OffenseVictimPerson", "Offense2", "Suspect1")],
    ],
    ids=["both", "by_incident", "by_offence", "by_role"],
)
def test_each_of_two_victims_has_what_was_done_to_her_and_no_more(
    parse: Parse, demo: bytes, publish_schema: etree.XMLSchema, tied: list[tuple[str, str, str]]
) -> None:
    body = _two(demo, *tied)
    assert publish_schema.validate(etree.fromstring(body).getroottree()), publish_schema.error_log
    assert _said(parse(body, FIRST)) == (["2026-08-03"], ["Patrol 7"], ["64A"], False)
    assert _said(parse(body, SECOND)) == (["2026-02-17"], ["CANARY o"], ["100"], False)
    assert "CANARY" not in repr(parse(body, FIRST))


def test_what_nobody_is_named_for_is_no_victims(parse: Parse, demo: bytes) -> None:
    body = _two(demo)
    assert _said(parse(body, FIRST)) == (["2026-08-03"], ["Patrol 7"], ["64A"], False)
    assert _said(parse(body, SECOND)) == ([], [], [], False)
    assert "CANARY" not in repr(parse(body, FIRST)) + repr(parse(body, SECOND))


def test_what_was_done_to_both_is_each_ones(parse: Parse, demo: bytes) -> None:
    body = _two(demo, ("IncidentVictimPerson", "Incident1", SECOND), ("OffenseVictimPerson", "Offense1", SECOND))
    assert _said(parse(body, FIRST))[:3] == (["2026-08-03"], ["Patrol 7"], [])
    assert _said(parse(body, SECOND))[:3] == (["2026-08-03"], ["Patrol 7"], ["64A"])
    either = _two(demo, ("IncidentVictimPerson", "Incident1", SECOND))
    assert _said(parse(either, FIRST))[2] == _said(parse(either, SECOND))[2] == [], "one of two, and nobody says which"


def test_a_second_victim_may_be_known_by_her_incident_alone(parse: Parse, demo: bytes) -> None:
    """Whoever is a witness by her role and a victim by an association is another victim all the same."""
    tied = b'<nc:PersonReference s:ref="WitnessPerson1"/>\n            </lexsdigest:IncidentVictimPersonAssociation>'
    assert demo.count(_ITS_VICTIM) == 1
    body = demo.replace(_ITS_VICTIM, tied).replace(_LAST, _LAST + _WHOLE_ITEM)
    assert _said(parse(body, FIRST))[:3] == ([], [], [])


# --------------------------------------------------------------------------------------------- a report without victims


def _without_victims(body: bytes) -> bytes:
    """The same report, as a system sends it that knows her as a missing person and has no victims."""
    associations = (b"<lexsdigest:IncidentVictimPersonAssociation>", b"<lexsdigest:SubjectVictimAssociation>")
    for opening in associations:
        start = body.index(opening)
        closing = opening.replace(b"<", b"</")
        body = body[:start] + body[body.index(closing) + len(closing) :]
    return body.replace(b"j:Victim>", b"j:MissingPerson>").replace(b"<j:Victim ", b"<j:MissingPerson ")


@pytest.mark.parametrize("who", [FIRST, "WitnessPerson1", "SuspectPerson1", "OfficerPerson1"])
def test_what_happened_is_nobodys_where_no_victim_is_named_and_several_could_be(
    parse: Parse, demo: bytes, who: str
) -> None:
    """The account of what was done to somebody was sent as that of a suspect or a witness, whoever was named."""
    parsed = parse(_without_victims(demo), who)
    assert isinstance(parsed, ParsedReferral)
    assert "situation" not in parsed.document


def _only(body: bytes, *left_out: str) -> bytes:
    for who in left_out:
        at = body.index(f'<lexsdigest:Person s:id="{who}">'.encode())
        start = body.rindex(b"<lexsdigest:EntityPerson>", 0, at)
        end = body.index(b"</lexsdigest:EntityPerson>", at) + len(b"</lexsdigest:EntityPerson>")
        body = body[:start] + body[end:]
    return body


def test_what_happened_is_hers_where_nobody_else_is_in_the_report_but_who_works_on_it(
    parse: Parse, demo: bytes
) -> None:
    alone = _only(_without_victims(demo), "SuspectPerson1", "WitnessPerson1")
    assert _said(parse(alone, FIRST))[:3] == (["2026-08-03"], ["Patrol 7"], ["64A"])
    suspected = alone.replace(b"j:MissingPerson>", b"j:Suspect>").replace(b"<j:MissingPerson ", b"<j:Suspect ")
    parsed = parse(suspected, FIRST)
    assert isinstance(parsed, ParsedReferral)
    assert "situation" not in parsed.document


def test_thousands_of_activities_that_one_association_ties_are_read_in_a_moment(parse: Parse, demo: bytes) -> None:
    """Each was compared with each: 700 kilobytes kept a process from everybody for thirteen seconds."""
    several = range(4000)
    entity = '<lexsdigest:EntityActivity><nc:Activity s:id="A{}"/></lexsdigest:EntityActivity>'
    activities = "".join(map(entity.format, several)).encode()
    tied = "".join(map('<nc:ActivityReference s:ref="A{}"/>'.format, several)).encode()
    first, last = b"<lexsdigest:EntityActivity", b"</lexsdigest:IncidentOffenseAssociation>"
    body = demo.replace(first, activities + first, 1).replace(last, tied + last)
    began = process_time()
    assert _said(parse(body, FIRST))[2] == ["64A"]
    assert process_time() - began < 2
