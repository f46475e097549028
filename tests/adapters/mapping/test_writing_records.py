"""A mapping writes what its fields can say, in each format, and reads back what it wrote; the rest is named as lost."""

import csv
import json
from pathlib import Path

import pytest
from checkout import ROOT
from mapped import mapped, mapping_text, referral, rendered

from adapters.sdk.checks import sample_outgoing
from adapters.sdk.errors import CannotRenderError
from adapters.sdk.guard import Guard
from schemas.documents import Document

SHELTER = json.loads((ROOT / "schemas/profiles/examples/shelter.assistance.accommodation.json").read_text("utf-8"))
PROFILES = sorted((ROOT / "schemas" / "profiles" / "examples").glob("*.json"))
every_format = pytest.mark.parametrize("form", ["csv", "json", "xml"])
PSEUDONYM = "000000000000000000000000000"


def document(**subject: object) -> Document:
    made: Document = json.loads(json.dumps({"subject": {"pseudonym": PSEUDONYM, **subject}}))
    return made


def test_a_csv_has_every_column_and_one_row() -> None:
    body, losses = rendered(mapped(mapping_text()), SHELTER)
    heading, row = csv.reader(body.splitlines())
    said = dict(zip(heading, row, strict=True))
    assert said["Client"] == PSEUDONYM
    assert said["Band"] == "21--23"
    assert said["Sex"] == "F"
    assert said["Needs"] == "bed"
    assert said["Duties"] == "no_enforcement_use;no_onward_transfer"
    assert said["Mobile"] == said["Born"] == ""
    assert "Notes" not in said
    assert "dropped /subject/alias" in losses
    assert "dropped /subject/languages/*" in losses
    assert "dropped /needs/*/code" in losses  # mental_health has no word in their table


@every_format
def test_what_is_written_is_read_back(form: str) -> None:
    adapter = mapped(mapping_text(form))
    said = document(
        sex="male",
        birth={"date": "1999-02-28"},
        citizenships=["RO"],
        dependants=3,
        contacts=[{"channel": "phone", "value": "+44 1632 960002", "safe": "yes"}],
    )
    body, losses = rendered(adapter, {**said, "needs": [{"code": "health.general"}]})
    assert losses == []
    found = referral(adapter, body).document
    subject = found["subject"]
    assert isinstance(subject, dict)
    assert subject.pop("person_ref") == PSEUDONYM
    assert isinstance(said["subject"], dict)
    assert subject == {key: value for key, value in said["subject"].items() if key != "pseudonym"}
    assert found["needs"] == [{"code": "health.general"}]


@every_format
@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_every_profile_is_written_or_refused(form: str, path: Path) -> None:
    said = json.loads(path.read_bytes())
    adapter, outgoing = Guard(mapped(mapping_text(form))), sample_outgoing(said)
    if "pseudonym" in said.get("subject", {}):
        assert adapter.render(outgoing) == adapter.render(outgoing)
    else:
        with pytest.raises(CannotRenderError, match="required at /subject/pseudonym"):
            adapter.render(outgoing)


def test_a_channel_the_format_cannot_call_safe_is_not_written() -> None:
    """M-07."""
    text = mapping_text()
    start = text.index('[[field]]\nname = "CallOk"')
    unsafe = text[:start] + text[text.index("[[field]]", start + 5) :]
    unsafe = unsafe.replace("[constants]", '[constants]\n"/subject/contacts/0/safe" = "unknown"')
    for said in ({"safe": "yes"}, {}):  # a profile's document does not repeat it
        contact = {"channel": "phone", "value": "+44 1632 960002", **said}
        body, losses = rendered(mapped(unsafe), document(contacts=[contact]))
        assert "960002" not in body
        assert "dropped /subject/contacts/*/value" in losses


@every_format
def test_a_channel_that_a_profile_let_through_is_called_safe(form: str) -> None:
    """M-07. The field for it was empty: whoever reads it takes the number for one of which nobody knows."""
    contact = {"channel": "phone", "value": "+44 1632 960002"}
    body, losses = rendered(mapped(mapping_text(form)), document(contacts=[contact]))
    assert losses == []
    subject = referral(mapped(mapping_text(form)), body).document["subject"]
    assert isinstance(subject, dict)
    assert subject["contacts"] == [contact | {"safe": "yes"}]


def test_another_channel_is_not_written_as_a_telephone() -> None:
    contact = {"channel": "email", "value": "a@example.org", "safe": "yes"}
    body, losses = rendered(mapped(mapping_text()), document(contacts=[contact]))
    assert "example.org" not in body
    assert "dropped /subject/contacts/*/value" in losses


@pytest.mark.parametrize("birth", [{"date": "1999"}, {"date": "1999-02"}, {"date": "1999-02-28", "estimated": True}])
def test_a_day_that_nobody_knows_is_not_written_as_one(birth: dict[str, object]) -> None:
    body, losses = rendered(mapped(mapping_text()), document(birth=birth))
    assert "1999" not in body
    assert "dropped /subject/birth/date" in losses


def test_a_second_value_finds_no_room_in_a_field_of_one() -> None:
    body, losses = rendered(mapped(mapping_text()), document(citizenships=["RO", "MD"]))
    assert "Romania" in body
    assert "Moldova" not in body
    assert losses == ["dropped /subject/citizenships/*"]


def test_no_cell_is_a_formula() -> None:
    contact = {"channel": "phone", "value": "=1+1", "safe": "yes"}
    body, _ = rendered(mapped(mapping_text()), document(contacts=[contact]))
    assert '"\'=1+1"' in body


def test_a_value_with_the_separator_in_it_is_not_written() -> None:
    text = mapping_text().replace("[constants]", '[constants]\n"/subject/names/*/use" = "official"')
    text += '[[field]]\nname = "Names"\nto = "/subject/names/*/full"\ncardinality = "0..n"\nseparator = ";"\n'
    adapter = mapped(text)
    name = {"use": "official", "full": "Tamsin Wren"}
    assert "Tamsin Wren" in rendered(adapter, document(names=[name]))[0]
    with pytest.raises(CannotRenderError, match="separator at /Names"):
        rendered(adapter, document(names=[{**name, "full": "Tamsin; Wren"}]))


def test_a_character_that_xml_cannot_hold_is_not_written() -> None:
    contact = {"channel": "phone", "value": "\ufffe", "safe": "yes"}
    with pytest.raises(CannotRenderError):
        rendered(mapped(mapping_text("xml")), document(contacts=[contact]))


TYPED = (
    mapping_text("json")
    .replace('codes = "safe"', 'codes = "safe"\ntype = "boolean"')
    .replace('[codes.safe]\nyes = "yes"\nno = "no"', '[codes.safe]\ntrue = "yes"\nfalse = "no"')
    .replace('to = "/subject/dependants"', 'to = "/subject/dependants"\ntype = "string"')
    .replace('codes = "sex"', 'codes = "sex"\ntype = "integer"')
    .replace('F = "female"\nM = "male"', '2 = "female"\n1 = "male"')
)


def test_a_field_of_json_is_written_as_the_type_that_its_system_has() -> None:
    """In JSON "false" is a text, and whoever reads it as a truth calls where nobody must call (M-07)."""
    called = {"channel": "phone", "value": "+44 1632 960002", "safe": "no"}
    said = document(sex="female", dependants=3, contacts=[called])

    body, losses = rendered(mapped(TYPED), said)

    written = json.loads(body)
    assert (written["CallOk"], written["Sex"], written["Children"]) == (False, 2, "3")
    assert losses == []
    found = referral(mapped(TYPED), body).document["subject"]
    assert isinstance(found, dict)
    assert (found["sex"], found["dependants"], found["contacts"]) == ("female", 3, [called])


def test_without_a_type_a_field_of_json_is_what_its_translation_gives() -> None:
    written = json.loads(rendered(mapped(mapping_text("json")), document(sex="female", dependants=3))[0])
    assert (written["Sex"], written["Children"]) == ("F", 3)


def test_what_is_none_of_the_values_of_a_type_is_lost_and_not_made_into_one() -> None:
    text = mapping_text("json").replace(
        'to = "/subject/person_ref"\nway = "in"', 'to = "/subject/person_ref"\nway = "in"'
    )
    numbered = text.replace(
        "[constants]", '[[field]]\nname = "/Case"\nto = "/sender_reference"\ntype = "integer"\n\n[constants]'
    )
    for reference, written in (("42", 42), ("0", 0), ("007", None), ("C-42", None), ("\u0664", None), ("1" * 16, None)):
        body, losses = rendered(mapped(numbered), {**document(), "sender_reference": reference})
        assert json.loads(body).get("Case") == written
        assert ("dropped /sender_reference" in losses) == (written is None)
