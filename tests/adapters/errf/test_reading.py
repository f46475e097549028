"""What is read of one person, code by code; what the form says that looks like something else."""

from collections.abc import Callable
from typing import TypeAlias

import pytest
from adapter_fakes import NOTICE

from adapters.sdk import CannotRenderError, MalformedError, ParsedReferral, StatusUpdate, UnsupportedError
from adapters.sdk.checks import sample_outgoing
from adapters.sdk.codes import ReferralState
from adapters.sdk.errors import AdapterError
from adapters.sdk.guard import Guard
from adapters.systems.errf.adapter import Errf
from schemas.documents import Json

Read: TypeAlias = Callable[..., ParsedReferral]
Subject: TypeAlias = Callable[..., dict[str, Json]]
BORN = "<DateofBirth>1999-05-04T00:00:00</DateofBirth>"
COA = "<AddressType>COA</AddressType>"


def lost(parsed: ParsedReferral, kind: str = "dropped") -> set[str]:
    return {loss.path.removeprefix("/UNHCR_RRF/CASE/") for loss in parsed.losses if loss.kind == kind}


def test_the_earlier_form_says_the_same_of_a_child(subject: Subject) -> None:
    found = subject(form="earlier")
    assert (found["person_ref"], found["minor_status"], found["citizenships"]) == ("812-00C04712", "child", ["AT"])
    assert found["birth"] == {"date": "2010-03-09"}


@pytest.mark.parametrize(
    ("theirs", "ours"), [("ARE", "EG"), ("AUS", "AT"), ("AUL", "AU"), ("ICO", "CI"), ("GFR", "DE"), ("NIG", "NG")]
)
def test_a_country_is_unhcrs_and_not_isos(subject: Subject, theirs: str, ours: str) -> None:
    found = subject("<NationalityCode>ERT</NationalityCode>", f"<NationalityCode>{theirs}</NationalityCode>")
    assert found["citizenships"] == [ours]


@pytest.mark.parametrize("code", ["ZZZ", "U", "KUR", "-", ""])
def test_who_is_of_no_country_has_no_citizenship(subject: Subject, code: str) -> None:
    found = subject("<NationalityCode>ERT</NationalityCode>", f"<NationalityCode>{code}</NationalityCode>")
    assert "citizenships" not in found


@pytest.mark.parametrize(
    ("theirs", "ours"), [("ALN", "als"), ("ALS", "aln"), ("ABV", "ar"), ("R01", "rhg"), ("AFR", "aa"), ("GEO", "ka")]
)
def test_a_language_is_unhcrs_and_not_isos(subject: Subject, theirs: str, ours: str) -> None:
    found = subject("<LanguageCode>TGN<", f"<LanguageCode>{theirs}<")["languages"]
    assert found == [{"code": ours}, {"code": "arz"}]


def test_a_language_we_do_not_know_and_one_she_does_not_speak_are_lost(read: Read, subject: Subject) -> None:
    assert subject("<LanguageCode>TGN<", "<LanguageCode>QQ9<")["languages"] == [{"code": "arz"}]
    assert {"dataLanguage", "dataLanguage/LanguageSpeakCode"} <= lost(read())
    assert subject("<LanguageCode>ARZ<", "<LanguageCode>TGN<")["languages"] == [{"code": "ti"}]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("1999-05-04", "none"),
        ("1999-05-04T00:00:00.000", "none"),
        ("1999-05-03T22:00:00Z", "coarsened"),
        ("1999-05-04T00:00:00+02:00", "coarsened"),
    ],
)
def test_a_day_is_the_one_written_and_a_time_or_zone_is_cut_off_aloud(read: Read, written: str, kind: str) -> None:
    parsed = read(BORN, BORN.replace("1999-05-04T00:00:00", written))
    assert ("dataIndividual/DateofBirth" in lost(parsed, "coarsened")) is (kind == "coarsened")
    subject = parsed.document["subject"]
    assert isinstance(subject, dict)
    assert subject["birth"] == {"date": written[:10], "estimated": True}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (BORN, BORN.replace("05-04", "02-30"), "date"),
        (BORN, BORN.replace("1999-05-04T00:00:00", "4 May 1999"), "date"),
        ("<DateofBirthEstimate>true<", "<DateofBirthEstimate>maybe<", "boolean"),
        ("<StillInUse>false<", "<StillInUse>no<", "boolean"),
        ("<SexCode>F</SexCode>", "<SexCode>X</SexCode>", "unknown_code:sex"),
        ("<NationalityCode>ERT<", "<NationalityCode>ER<", "unknown_code:unhcr"),
        ("<AddressCountry>ARE<", "<AddressCountry>EGY<", "unknown_code:unhcr"),
        (COA, "<AddressType>HOME</AddressType>", "unknown_code:address"),
        ("<VulnerabilityCode>SV<", "<VulnerabilityCode>XX<", "unknown_code:vulnerability"),
        ("<ResettlementCriteria2Code>SVT<", "<ResettlementCriteria2Code>XXX<", "unknown_code:criteria"),
        ("<LanguageSpeakCode>N<", "<LanguageSpeakCode>FLUENT<", "unknown_code:level"),
        ("<SexCode>F</SexCode>", "<SexCode>F</SexCode><SexCode>M</SexCode>", "repeated"),
    ],
)
def test_what_is_no_code_no_day_or_said_twice_is_refused_at_its_place(
    read: Read, old: str, new: str, rule: str
) -> None:
    with pytest.raises(AdapterError) as refused:
        read(old, new)
    assert refused.value.rule == rule
    assert refused.value.pointer.startswith("/UNHCR_RRF/CASE[1]/data")
    assert isinstance(refused.value, MalformedError | UnsupportedError)


def test_m_07_no_channel_is_ever_said_to_be_safe_and_an_old_one_is_left(read: Read, subject: Subject) -> None:
    contacts = subject()["contacts"]
    assert isinstance(contacts, list)
    assert [contact["safe"] for contact in contacts if isinstance(contact, dict)] == ["unknown"] * 3
    assert "0122" not in str(contacts)
    assert "dataContact" in lost(read())
    mail = subject(COA, "<AddressType>Mail</AddressType>")
    assert "Giza, Dokki, East side, 12 Willow Lane" in str(mail["contacts"])


def test_m_08_nothing_of_parents_or_relatives_is_taken(read: Read) -> None:
    parsed = read()
    assert not {"Alma", "Jonas", "Ruben", "iVBORw0KGgo="} & {*str(parsed.document).replace("'", " ").split()}
    assert {"dataIndividualRelatives", "dataIndividual/MotherName", "dataPhotograph"} <= lost(parsed)


@pytest.mark.parametrize("code", ["CR", "SC"])
def test_k_01_who_is_called_a_child_and_was_born_long_ago_is_of_unclear_age(subject: Subject, code: str) -> None:
    assert "minor_status" not in subject()
    found = subject("<VulnerabilityCode>SM<", f"<VulnerabilityCode>{code}<")
    assert (found["minor_status"], found["birth"]) == ("child", {"date": "1999-05-04", "estimated": True})


def test_a_need_is_said_once_and_each_is_coarser_than_ours(read: Read) -> None:
    parsed = read("<VulnerabilityCode>PG<", "<VulnerabilityCode>CR<")
    again = read("<ResettlementCriteria2Code>SVT<", "<ResettlementCriteria2Code>MED<")
    assert parsed.document["needs"] == [{"code": "child_protection_guardianship"}, {"code": "health.general"}]
    assert again.document["needs"] == [{"code": "health.general"}]
    assert {"dataVulnerability/VulnerabilityCode", "dataResettlement/ResettlementCriteriaCode"} <= lost(
        again, "coarsened"
    )


def test_what_was_done_to_her_is_no_need(read: Read) -> None:
    assert "situation" not in read().document
    assert {"dataVulnerability", "dataResettlement/ResettlementCriteria2Code"} <= lost(read())


def test_a_place_too_long_for_ours_is_lost_whole(read: Read) -> None:
    parsed = read("<LocationLevel6>12 Willow Lane<", f"<LocationLevel6>{'x' * 200}<")
    assert "xxx" not in str(parsed.document)
    assert {"dataAddress/LocationLevel3Description", "dataAddress/LocationLevel6"} <= lost(parsed)


def test_another_document_is_another_format(read: Read) -> None:
    with pytest.raises(UnsupportedError, match="root"):
        read("UNHCR_RRF", "UNHCR_XYZ")
    with pytest.raises(UnsupportedError, match="root"):
        read("tempuri.org/ElectronicRRF", "tempuri.org/Other")


def test_it_is_read_only(adapter: Guard) -> None:
    outgoing = sample_outgoing({"schema": "profile/shelter/assistance.accommodation/1.0"})
    update = StatusUpdate("R-1", ReferralState.REVOKED, None, "2031-05-06")
    with pytest.raises(CannotRenderError, match="direction"):
        Errf().render(outgoing)
    for write in (
        lambda: adapter.render(outgoing),
        lambda: adapter.render_status(update),
        lambda: Errf().render_status(update),
        lambda: Errf().render_notice(NOTICE),
    ):
        with pytest.raises(UnsupportedError, match="direction"):
            write()


@pytest.mark.parametrize(
    "born",
    ['<DateofBirth exact="no">1999-05-04T00:00:00<', "<DateofBirth>1999-05-04T00:00:00<Margin>10 years</Margin><"],
)
def test_a_date_of_birth_of_which_more_is_said_than_is_read_is_an_estimate(
    subject: Callable[..., dict[str, Json]], read: Callable[..., ParsedReferral], born: str
) -> None:
    """An estimate makes nobody an adult (K-01)."""
    exact = "<DateofBirth>2010-03-09T00:00:00<"
    before, after = subject(form="earlier"), subject(exact, born, form="earlier")
    assert before["birth"] == {"date": "2010-03-09"}
    assert after["birth"] == {"date": "1999-05-04", "estimated": True}
    assert any("DateofBirth" in loss.path for loss in read(exact, born, form="earlier").losses)
