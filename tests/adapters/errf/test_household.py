"""One form, several people: each is read alone, and nothing of one is told of another (M-12)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.sdk import Inbound, MalformedError, ParsedReferral, SubjectUnclearError
from adapters.sdk.guard import Guard

HERS, HIS = "00000001-0000-4000-8000-0000000000aa", "00000099-0000-4000-8000-0000000000aa"
HIS_NUMBER = "812-00C04799"
_ALONE = Path(__file__).resolve().parent / "fixtures" / "alone.in.xml"
_AFTER = "</dataIndividual>"


def household() -> str:
    """Mira's form with a second person in her case, who shares nothing with her but the address of an office."""
    text = _ALONE.read_text("utf-8")
    begin, end = text.index("    <dataIndividual>"), text.index(_AFTER) + len(_AFTER)
    second = (
        f"<dataIndividual><IndividualGUID>{HIS}</IndividualGUID><IndividualID>{HIS_NUMBER}</IndividualID>"
        "<FamilyName>Holunder</FamilyName><GivenName>Jakob</GivenName><SexCode>M</SexCode>"
        "<NationalityCode>SUD</NationalityCode></dataIndividual>"
    )
    link = f"<IndividualGUID>{HIS}</IndividualGUID>"
    his = f"<dataVulnerability>{link}<VulnerabilityCode>SC</VulnerabilityCode></dataVulnerability>"
    return text[:begin] + text[begin:end] + second + text[end:].replace("</CASE>", f"{his}</CASE>")


@pytest.fixture
def of(adapter: Guard) -> Callable[..., ParsedReferral]:
    def of(named: str | None, text: str | None = None) -> ParsedReferral:
        parsed = adapter.parse(Inbound((text or household()).encode(), "application/xml", named))
        assert isinstance(parsed, ParsedReferral)
        return parsed

    return of


@pytest.mark.parametrize("named", [HIS, HIS.upper(), f"{{{HIS}}}", HIS_NUMBER])
def test_m_12_each_is_read_under_either_number_and_nothing_of_the_other_is(
    of: Callable[..., ParsedReferral], named: str
) -> None:
    found = of(named).document
    assert found["subject"] == {
        "person_ref": HIS_NUMBER,
        "names": [{"use": "official", "given": "Jakob", "family": "Holunder"}],
        "identifiers": [{"type": "unhcr", "value": HIS_NUMBER}],
        "minor_status": "child",
        "sex": "male",
        "citizenships": ["SD"],
        "group_ref": "812-26C00042-RST-01",
    }
    assert found["needs"] == [{"code": "child_protection_guardianship"}]
    assert "health" not in found
    assert "sender_reference" not in found


def test_m_12_hers_holds_nothing_of_his(of: Callable[..., ParsedReferral]) -> None:
    alone = of(None, _ALONE.read_text("utf-8")).document
    hers = of(HERS).document
    assert hers["subject"] == {**_subject(alone), "group_ref": "812-26C00042-RST-01"}
    assert {name: hers[name] for name in hers if name != "subject"} == {
        name: alone[name] for name in alone if name != "subject"
    }
    assert "Jakob" not in json.dumps(hers)


def _subject(document: object) -> dict[str, object]:
    assert isinstance(document, dict)
    return {**document["subject"]}


@pytest.mark.parametrize("named", [None, "812-00C00000", "", "PA"])
def test_m_12_where_several_are_nobody_is_guessed(of: Callable[..., ParsedReferral], named: str | None) -> None:
    with pytest.raises(SubjectUnclearError):
        of(named)


def test_people_of_two_cases_are_as_many_as_people_of_one(of: Callable[..., ParsedReferral]) -> None:
    text = _ALONE.read_text("utf-8")
    case = text[text.index("<CASE>") : text.index("</CASE>") + len("</CASE>")]
    other = case.replace("00000001-", "00000098-").replace("812-00C04711", "812-00C04798").replace("Mira", "Nell")
    both = text.replace(case, case + other)
    with pytest.raises(SubjectUnclearError):
        of(None, both)
    assert "Nell" not in json.dumps(of(HERS, both).document)
    assert _subject(of("812-00C04798", both).document)["person_ref"] == "812-00C04798"


def test_two_of_one_number_are_nobody(of: Callable[..., ParsedReferral]) -> None:
    for old, new in ((HIS, HERS), (HIS_NUMBER, "812-00C04711")):
        with pytest.raises((MalformedError, SubjectUnclearError)):
            of(HERS, household().replace(old, new))


def test_a_part_that_is_linked_to_nobody_or_to_two_is_nobodys(of: Callable[..., ParsedReferral]) -> None:
    text = household()
    link = f"<IndividualGUID>{HIS}</IndividualGUID><VulnerabilityCode>"
    for wrong in (
        "<VulnerabilityCode>",
        link.replace(HIS, "-"),
        link.replace("><V", "><IndividualID>1</IndividualID><V"),
    ):
        assert "needs" not in of(HIS, text.replace(link, wrong)).document
    with pytest.raises(MalformedError):
        of(None, text[: text.index("<dataIndividual>")] + "</CASE></UNHCR_RRF>")
