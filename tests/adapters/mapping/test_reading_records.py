"""A mapping reads the same record from CSV, JSON and XML; what it does not name stays with the sender, and is named."""

import pytest
from mapped import mapped, mapping_text, parsed, referral, refusal

from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.sdk.errors import AdapterDefectError, AdapterError
from adapters.sdk.mapping.model import Hook
from schemas.validation import validate

CSV = (
    "client,Sex,Born,Nationality,Mobile,CallOk,Children,Notes,Needs,Worker\r\n"
    "HH-7,f,02/11/2004,Moldovan,+44 1632 960001,yes,2,Her brother knows,bed;doctor,Tamsin Wren\r\n"
)
JSON = """{"Client":"HH-7","Sex":"F","Born":"02/11/2004","Nationality":"Moldova","Mobile":"+44 1632 960001",
"CallOk":"yes","Children":2,"Notes":"Her brother knows","Needs":["bed","doctor"],"Worker":{"Tamsin":"Wren"}}"""
XML = """<?xml version="1.0"?><Intakes><Intake><Client>HH-7</Client><Sex>F</Sex><Born>02/11/2004</Born>
<Nationality>Moldova</Nationality><Mobile>+44 1632 960001</Mobile><CallOk>yes</CallOk><Children>2</Children>
<Notes>Her brother knows</Notes><Needs>bed</Needs><Needs>doctor</Needs>
<Worker>Tamsin Wren</Worker></Intake></Intakes>"""
BODIES = {"csv": CSV, "json": JSON, "xml": XML}
SAID = {
    "schema": "referral/1.0",
    "subject": {
        "person_ref": "HH-7",
        "sex": "female",
        "birth": {"date": "2004-11-02"},
        "citizenships": ["MD"],
        "contacts": [{"value": "+44 1632 960001", "safe": "yes", "channel": "phone"}],
        "dependants": 2,
    },
    "needs": [{"code": "accommodation.emergency"}, {"code": "health.general"}],
}
every_format = pytest.mark.parametrize("form", BODIES)


@every_format
def test_a_record_is_read_as_the_mapping_says(form: str) -> None:
    found = referral(mapped(mapping_text(form)), BODIES[form])
    assert found.document == SAID
    assert validate(found.document, "referral/1.0").document == SAID


@every_format
def test_what_is_never_sent_and_what_nobody_mapped_is_reported(form: str) -> None:
    above = "/Intakes/Intake" if form == "xml" else ""
    losses = referral(mapped(mapping_text(form)), BODIES[form]).losses
    assert [loss.path for loss in losses] == ["/*", f"{above}/Notes"]


@every_format
def test_a_person_at_a_terminal_sees_the_name_of_what_stays(form: str) -> None:
    adapter = mapped(mapping_text(form))
    seen = {each.name: each.kept for each in adapter.seen(Inbound(BODIES[form].encode(), "")) if each.kept}
    assert "not in the mapping" in seen.values()
    assert any(name.strip("/").startswith("Worker") for name in seen)
    assert "prose about her and others" in seen.values()


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        ("HH-7", "", "required at /Client"),
        (",f,", ",x,", "unknown_code:sex at /Sex"),
        ("02/11/2004", "2004-11-02", "date at /Born"),
        ("02/11/2004", "31/02/2004", "date at /Born"),
        ("02/11/2004", "11/2004", "date at /Born"),
        ("Moldovan", "Somewhere", "unknown_code:country.name at /Nationality"),
        (",yes,", ",perhaps,", "unknown_code:safe at /CallOk"),
        (",2,", ",two,", "pattern at /Children"),
        (",2,", ",51,", "pattern at /Children"),
        ("bed;doctor", "bed;hotel", "unknown_code:need at /Needs"),
        ("HH-7", "H H 7", "pattern at /Client"),
        ("Notes,Needs", "Sex,Needs", "duplicate_column at /Sex"),
        ("client", "someone", "required at /Client"),
    ],
)
def test_what_would_have_to_be_guessed_is_refused_with_the_fields_name(old: str, new: str, refused: str) -> None:
    assert refusal(mapped(mapping_text()), CSV.replace(old, new, 1)) == refused


@pytest.mark.parametrize(
    ("old", "new", "lost", "missing"),
    [
        ("bed;doctor", "nothing", "/Needs", ("needs",)),
        (",yes,", ",,", "/Mobile", ("subject", "contacts")),
        ("+44 1632 960001", "", "/CallOk", ("subject", "contacts")),
        ("+44 1632 960001", "9" * 201, "/Mobile", ("subject", "contacts")),
    ],
)
def test_what_has_no_place_of_ours_is_lost_and_said_to_be(
    old: str, new: str, lost: str, missing: tuple[str, ...]
) -> None:
    found = referral(mapped(mapping_text()), CSV.replace(old, new, 1))
    assert lost in {loss.path for loss in found.losses}
    value: object = found.document
    for step in missing[:-1]:
        assert isinstance(value, dict)
        value = value[step]
    assert isinstance(value, dict)
    assert missing[-1] not in value


def test_a_safe_channel_is_never_made_up() -> None:
    """M-07: without an answer the channel does not stand there at all."""
    for said, expected in (("yes", "yes"), ("no", "no")):
        subject = referral(mapped(mapping_text()), CSV.replace(",yes,", f",{said},", 1)).document["subject"]
        assert isinstance(subject, dict)
        assert subject["contacts"] == [{"value": "+44 1632 960001", "safe": expected, "channel": "phone"}]


def test_nothing_said_about_her_age_is_an_unknown_age() -> None:
    """K-01: unknown is treated as a child."""
    found = referral(mapped(mapping_text()), "Client\r\nHH-7\r\n").document
    assert found["subject"] == {"person_ref": "HH-7", "minor_status": "unknown"}


def test_one_of_several_records_is_named_by_its_person_or_its_row() -> None:
    two = CSV + CSV.splitlines()[1].replace("HH-7", "HH-8") + "\r\n"
    adapter = mapped(mapping_text())
    assert refusal(adapter, two) == "subject_unclear at /rows"
    assert refusal(adapter, two, "HH-9") == "subject_unclear at /rows"
    for named in ("HH-8", "row-2"):
        subject = referral(adapter, two, named).document["subject"]
        assert isinstance(subject, dict)
        assert subject["person_ref"] == "HH-8"


@every_format
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\x01",
        b"a,b\r\n1,2\r\n",
        b'{"a":1}',
        b"<a/>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><Intakes><Intake><Client>&b;</Client></Intake></Intakes>",
        b"<Intakes>" * 40_000,
        b'{"Client":' * 40_000,
        "Client\r\nHH-7\r\n".encode("utf-16"),
        b"Client\r\nHH-\xff\r\n",
        b"Client\r\nHH-7",
    ],
)
def test_what_is_no_document_of_the_format_is_refused(form: str, body: bytes) -> None:
    found = parsed(mapped(mapping_text(form)), body)
    assert isinstance(found, AdapterError)
    assert not isinstance(found, AdapterDefectError)


def test_a_hook_reads_what_no_table_can_and_its_failure_is_a_defect_without_a_word() -> None:
    text = mapping_text().replace('date = "DD/MM/YYYY"', 'hook = "born"')
    good = mapped(text, {"born": Hook(lambda said: "-".join(reversed(said.split("/"))))})
    assert referral(good, CSV).document == SAID
    assert "/Born" in {loss.path for loss in referral(mapped(text, {"born": Hook(lambda _: None)}), CSV).losses}
    assert refusal(mapped(text, {"born": Hook(lambda _: "soon")}), CSV) == "hook at /Born"
    bad = parsed(mapped(text, {"born": Hook(lambda said: {}[said])}), CSV)
    assert isinstance(bad, AdapterDefectError)


def test_items_of_a_document_stay_together() -> None:
    text = mapping_text("json") + (
        '[[field]]\nname = "/Papers/*/Kind"\nto = "/subject/identifiers/*/type"\n\n'
        '[[field]]\nname = "/Papers/*/Number"\nto = "/subject/identifiers/*/value"\n'
    )
    body = (
        '{"Client":"HH-7","Papers":[{"Kind":"passport","Number":"X1"},{"Kind":"unhcr"},{"Number":"Y2","Kind":"other"}]}'
    )
    found = referral(mapped(text), body)
    assert isinstance(found, ParsedReferral)
    subject = found.document["subject"]
    assert isinstance(subject, dict)
    assert subject["identifiers"] == [{"type": "passport", "value": "X1"}, {"type": "other", "value": "Y2"}]
    assert "/Papers/*/Kind" in {loss.path for loss in found.losses}


_TWO_PEOPLE = '{"Client":"HH-7","People":[{"Age":"child","Called":"Ada"},{"Age":"adult","Called":"Bo"}]}'


@pytest.mark.parametrize(
    ("name", "to"),
    [("Age", "/subject/minor_status"), ("Called", "/subject/alias"), ("Called", "/subject/names/0/given")],
)
def test_of_several_people_in_a_list_none_is_taken_for_her(name: str, to: str) -> None:
    """The last of them was: a child became the adult who stood beside her."""
    use = mapping_text("json").replace("[constants]", '[constants]\n"/subject/names/0/use" = "official"')
    adapter = mapped(f'{use}\n[[field]]\nname = "/People/*/{name}"\nto = "{to}"\n')
    assert refusal(adapter, _TWO_PEOPLE) == f"more_than_one at /People/*/{name}"
    alone = referral(adapter, _TWO_PEOPLE.replace(',{"Age":"adult","Called":"Bo"}', ""))
    assert ("child" in str(alone.document["subject"])) is (name == "Age")


def test_two_texts_of_one_item_are_two_of_ours() -> None:
    """Where both went to the same place, the second had taken the first one's, and nothing said so."""
    fields = "".join(
        f'[[field]]\nname = "/Visits/*/{name}"\nto = "/situation/narrative/*/text"\n\n' for name in ("Seen", "Heard")
    )
    text = mapping_text("json").replace("[constants]", '[constants]\n"/situation/narrative/*/section" = "other"')
    found = referral(mapped(f"{text}\n{fields}"), '{"Client":"HH-7","Visits":[{"Seen":"A bruise.","Heard":"A name."}]}')
    situation = found.document["situation"]
    assert isinstance(situation, dict)
    assert situation["narrative"] == [
        {"text": "A bruise.", "section": "other"},
        {"text": "A name.", "section": "other"},
    ]


def test_an_element_that_repeats_without_a_star_says_all_it_says_or_is_refused() -> None:
    body = "<Intakes><Intake><Client>HH-7</Client><Needs>bed</Needs><Needs>doctor</Needs></Intake></Intakes>"
    plain = mapping_text("xml").replace('"/Needs/*"', '"/Needs"')
    assert referral(mapped(plain), body).document["needs"] == SAID["needs"]
    once = plain.replace('to = "/needs/*/code"\ncodes = "need"\ncardinality = "0..n"', 'to = "/needs/*/code"')
    assert refusal(mapped(once), body) == "more_than_one at /Intakes/Intake/Needs"
