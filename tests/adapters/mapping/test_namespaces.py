"""A mapping of XML names what is in any namespace by prefixes of its own; what is in one it does not name stays."""

import pytest
from lxml import etree
from mapped import mapped, mapping_text, referral, refusal, rendered

from adapters.sdk.mapping.errors import RULES, MappingError
from adapters.sdk.mapping.reading import parse_mapping

SEVERAL = (
    mapping_text("xml")
    .replace('kind = "xml"', 'kind = "xml"\nnamespace = "urn:intake"\nnamespaces = { p = "urn:person" }')
    .replace('name = "/Sex"', 'name = "/p:Who/p:Sex"')
    .replace('name = "/Children"', 'name = "/p:Who/@p:children"')
    .replace('name = "/Notes"', 'name = "/p:Who/@xml:lang"')
)
UNSAID = {"person_ref": "HH-7", "minor_status": "unknown"}
SAID = {**UNSAID, "sex": "female", "dependants": 2}
BODY = (
    '<Intakes xmlns="urn:intake" xmlns:q="urn:person"><Intake><Client>HH-7</Client>'
    '<q:Who q:children="2"><q:Sex>F</q:Sex></q:Who></Intake></Intakes>'
)


ANOTHER_WAY = (
    '<i:Intakes xmlns:i="urn:intake"><i:Intake><i:Client>HH-7</i:Client>'
    '<Who xmlns="urn:person" xmlns:p="urn:person" p:children="2"><Sex>F</Sex></Who></i:Intake></i:Intakes>'
)


@pytest.mark.parametrize("body", [BODY, ANOTHER_WAY], ids=["one way", "another"])
def test_a_namespace_counts_and_not_the_prefix_a_document_has_for_it(body: str) -> None:
    assert referral(mapped(SEVERAL), body).document["subject"] == SAID


@pytest.mark.parametrize(
    "body",
    [
        BODY.replace("urn:person", "urn:other"),
        BODY.replace(' xmlns:q="urn:person"', "").replace("q:", ""),
        BODY.replace("q:Sex", "Sex").replace(" q:children", " children"),
    ],
    ids=["another", "the default one", "only the parent"],
)
def test_a_name_in_another_namespace_is_another_name(body: str) -> None:
    found = referral(mapped(SEVERAL), body)
    assert found.document["subject"] == UNSAID
    assert "/*" in [loss.path for loss in found.losses]


def test_where_no_namespace_is_named_a_name_without_prefix_is_in_none() -> None:
    unqualified = SEVERAL.replace('namespace = "urn:intake"\n', "").replace('"/Intakes/', '"/p:Intakes/')
    body = '<q:Intakes xmlns:q="urn:person"><Intake><Client>HH-7</Client></Intake></q:Intakes>'
    assert referral(mapped(unqualified), body).document["subject"] == UNSAID
    assert refusal(mapped(unqualified), body.replace("<Intake>", '<Intake xmlns="urn:person">')) == "kind at "


def test_what_is_written_is_in_its_namespaces_and_is_read_back() -> None:
    adapter = mapped(SEVERAL)
    subject = {"pseudonym": "0" * 27, "sex": "female", "dependants": 2}
    body, losses = rendered(adapter, {"subject": subject})
    assert losses == []
    who = etree.fromstring(body.encode()).find("{urn:intake}Intake/{urn:person}Who")
    assert who is not None
    assert {**who.attrib} == {"{urn:person}children": "2"}
    assert [child.tag for child in who] == ["{urn:person}Sex"]
    assert referral(adapter, body).document["subject"] == {**SAID, "person_ref": "0" * 27}


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ('"/p:Who/p:Sex"', '"/p:Who/r:Sex"', '"/p:Who/r:Sex"'),
        ('"/p:Who/@p:children"', '"/p:Who/@r:children"', '"/p:Who/@r:children"'),
        ('"/Intakes/Intake"', '"/r:Intakes/Intake"', '"/r:Intakes/Intake"'),
        ('{ p = "urn:person" }', '{ p = "urn:person", q = "urn:person" }', "namespaces"),
        ('{ p = "urn:person" }', '{ p = "urn:person", xmlq = "urn:q" }', "namespaces"),
        ('{ p = "urn:person" }', '{ p = "urn:person", "q:r" = "urn:q" }', "namespaces"),
        ('{ p = "urn:person" }', '{ p = "" }', "namespaces"),
        ('{ p = "urn:person" }', "{ p = 1 }", "namespaces"),
    ],
)
def test_a_prefix_is_of_one_namespace_and_of_one_that_is_said(old: str, new: str, part: str) -> None:
    text = SEVERAL.replace(old, new, 1)
    with pytest.raises(MappingError) as caught:
        parse_mapping(text)
    assert caught.value.rule == "namespace"
    assert caught.value.line == text[: text.index(part)].count("\n") + 1
    assert "namespace" in RULES


@pytest.mark.parametrize("said", ['namespace = "urn:a"', 'namespaces = { a = "urn:a" }'])
@pytest.mark.parametrize("form", ["csv", "json"])
def test_namespaces_are_of_xml(form: str, said: str) -> None:
    with pytest.raises(MappingError, match="namespace"):
        parse_mapping(mapping_text(form).replace(f'kind = "{form}"', f'kind = "{form}"\n{said}'))
