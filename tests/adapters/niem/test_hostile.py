"""Hostile XML and hostile JSON end in a refusal with a rule and a pointer, and none of it is repeated."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from full_document import FULL
from hostile_xml import ENTITIES, PROLOGS
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sdk import Inbound, MalformedError, Parsed, ParsedReferral, SubjectUnclearError, UnsupportedError
from adapters.sdk.checks import sample_outgoing
from adapters.sdk.errors import AdapterDefectError, AdapterError
from adapters.sdk.guard import Guard
from adapters.sdk.xml.parsing import MAX_ELEMENTS

Parse = Callable[..., Parsed]
CANARY = "KosturiKANARIE"
ROOT = b'<gx:ReferralMessage xmlns:gx="urn:referral-gateway:niem:referral:1.0/">'
END = b"</gx:ReferralMessage>"


def _refusal(parse: Parse, body: bytes) -> AdapterError:
    with pytest.raises((MalformedError, UnsupportedError, SubjectUnclearError)) as refusal:
        parse(body)
    assert CANARY not in f"{refusal.value} {refusal.value.pointer} {refusal.value.rule} {refusal.value.args}"
    assert refusal.value.__cause__ is None
    assert refusal.value.__context__ is None
    return refusal.value


@pytest.mark.parametrize("prolog", PROLOGS.values(), ids=PROLOGS)
def test_a_document_type_is_refused_before_it_is_read(parse: Parse, prolog: bytes) -> None:
    assert _refusal(parse, prolog + ROOT + b"&c;" + END).rule == "dtd"


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_entity_nobody_declared_is_refused(parse: Parse, referral: bytes, entity: bytes) -> None:
    assert _refusal(parse, referral.replace(b">Mirela<", b">" + entity + b"<")).rule == "malformed"


@pytest.mark.parametrize(
    "added",
    [
        f"<nc:{CANARY}>x</nc:{CANARY}>",
        f'<{CANARY} xmlns="urn:{CANARY}">x</{CANARY}>',
        f'<{CANARY}:Referral xmlns:{CANARY}="https://docs.oasis-open.org/niemopen/ns/model/niem-core/6.0/"/>',
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/hostname" parse="text"/>',
        CANARY,
    ],
    ids=["unknown", "namespace", "prefix", "inclusion", "prose"],
)
def test_what_the_schema_does_not_know_is_refused_by_place(parse: Parse, referral: bytes, added: str) -> None:
    body = referral.replace(b"<nc:EntityPerson>", b"<nc:EntityPerson>" + added.encode(), 1)
    refused = _refusal(parse, body)
    assert refused.rule.startswith("schema:")
    assert refused.pointer.startswith("/gx:ReferralMessage/hs:HumanTraffickingVictim[1]/nc:EntityPerson[1]")


def test_an_attribute_the_schema_does_not_know_is_refused(parse: Parse, referral: bytes) -> None:
    body = referral.replace(b"<nc:EntityPerson>", f'<nc:EntityPerson {CANARY}="{CANARY}">'.encode())
    assert _refusal(parse, body).rule.startswith("schema:")


def test_a_hint_about_another_schema_is_not_followed(parse: Parse, referral: bytes, tmp_path: Path) -> None:
    """Nothing of a schema that a document names is loaded: it would be an address of the sender's choice."""
    lax = tmp_path / "lax.xsd"
    lax.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x">'
        '<xs:element name="any"/></xs:schema>'
    )
    hint = f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x {lax.as_uri()}"'
    hinted = referral.replace(b"<gx:ReferralMessage", b"<gx:ReferralMessage" + hint.encode(), 1)
    assert isinstance(parse(hinted), ParsedReferral)
    assert _refusal(parse, hinted.replace(b"<nc:EntityPerson>", b'<nc:EntityPerson><any xmlns="urn:x"/>')).rule


def test_a_type_of_the_senders_choice_is_refused(parse: Parse, referral: bytes) -> None:
    typed = b'<j:PersonSexCode xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="nc:Text200Type">'
    assert _refusal(parse, referral.replace(b"<j:PersonSexCode>", typed)).rule.startswith("schema:")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "cp037"])
def test_an_encoding_whose_bytes_could_mean_two_things_is_refused(parse: Parse, referral: bytes, encoding: str) -> None:
    assert _refusal(parse, referral.decode().encode(encoding)).rule == "encoding"


def test_floods_are_refused(parse: Parse, referral: bytes) -> None:
    assert _refusal(parse, ROOT + b"<a/>" * MAX_ELEMENTS + END).rule == "elements"
    assert _refusal(parse, ROOT + b"<a>" * 10_000 + b"</a>" * 10_000 + END).rule == "malformed"
    name = b"<nc:PersonName><nc:PersonGivenName>x</nc:PersonGivenName></nc:PersonName>"
    assert _refusal(parse, referral.replace(b"<nc:PersonName>", name * 5_000 + b"<nc:PersonName>")).rule
    long = referral.replace(b">Mirela<", b">" + CANARY.encode() * 10_000 + b"<")
    assert _refusal(parse, long).pointer.endswith("/nc:PersonGivenName[1]")


# ------------------------------------------------------------------------------------------------------------- JSON


def _message(json_adapter: Guard) -> dict[str, object]:
    message: dict[str, object] = json.loads(json_adapter.render(sample_outgoing(FULL)).body)
    return message


def test_a_context_must_be_written_out_and_mean_what_niem_means(parse: Parse, json_adapter: Guard) -> None:
    message = _message(json_adapter)
    context = message["@context"]
    assert isinstance(context, dict)
    assert isinstance(parse(json.dumps(message).encode()), ParsedReferral)
    for other in (
        None,
        f"https://{CANARY}.example/context.json",
        [context, f"https://{CANARY}.example/context.json"],
        {**context, "core": context["nc"]},
        {**{prefix: namespace.rstrip("/") for prefix, namespace in context.items() if isinstance(namespace, str)}},
        {},
        {**context, "nc": f"urn:{CANARY}"},
        {prefix: namespace for prefix, namespace in context.items() if prefix != "hs"},
    ):
        body = json.dumps({**message, "@context": other}).encode()
        refused = _refusal(parse, body)
        assert (refused.pointer, refused.rule) == ("/@context", "context")


@pytest.mark.parametrize(
    ("was", "becomes", "pointer"),
    [
        ('"#Victim1"', f'"{CANARY}"', "/gx:ReferralMessage/hs:HumanTraffickingVictim/0/@id"),
        ('"#Victim1"', '"#a b\\" x=\\"y"', "/gx:ReferralMessage/hs:HumanTraffickingVictim/0/@id"),
        ('"nc:PersonDependentQuantity":2', '"nc:PersonDependentQuantity":"2"', "/nc:PersonDependentQuantity"),
        ('"gx:InterpreterRequiredIndicator":true', '"gx:InterpreterRequiredIndicator":1', "IndicatorX"),
        ('"Kosturi"', "7", "/nc:PersonName/0/nc:PersonSurName"),
        ('"Kosturi"', '"a\\u0000b"', "/nc:PersonName/0/nc:PersonSurName"),
        ('"Kosturi"', "null", "/nc:PersonName/0/nc:PersonSurName"),
        ('"Kosturi"', '["Kosturi",["x"]]', "/nc:PersonName/0/nc:PersonSurName/1"),
        ('"Kosturi"', f'{{"{CANARY}":1}}', "/nc:PersonName/0/nc:PersonSurName/*"),
        ('"Kosturi"', '["Kosturi","Lisi"]', "/nc:PersonName/0/nc:PersonSurName/1"),
        ('"F"', f'"{CANARY}"', "/nc:EntityPerson/j:PersonSexCode"),
    ],
)
def test_a_member_of_the_wrong_kind_is_refused_at_its_json_pointer(
    parse: Parse, json_adapter: Guard, was: str, becomes: str, pointer: str
) -> None:
    text = json.dumps(_message(json_adapter), separators=(",", ":"))
    assert was in text
    found = _refusal(parse, text.replace(was, becomes, 1).encode()).pointer
    assert found.endswith(pointer.replace("IndicatorX", "/gx:InterpreterRequiredIndicator"))


def test_a_name_nobody_knows_is_refused_without_being_repeated(parse: Parse, json_adapter: Guard) -> None:
    text = json.dumps(_message(json_adapter))
    for name in (f"nc:{CANARY}", CANARY, "@type", "Structures"):
        assert _refusal(parse, text.replace("nc:PersonSurName", name, 1).encode()).pointer.endswith("/*")


# -------------------------------------------------------------------------------------------------------- any damage


@settings(max_examples=30)
@given(data=st.data())
def test_no_mutation_of_a_document_is_a_defect(
    adapter: Guard, json_adapter: Guard, referral: bytes, data: st.DataObject
) -> None:
    """Cut, double and overwrite stretches of a document; the guard turns anything but a refusal into a defect."""
    media_type = data.draw(st.sampled_from(("text/xml", "application/json")))
    body = bytearray(referral if media_type == "text/xml" else json.dumps(_message(json_adapter)).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(body) - 1))
        end = min(len(body), start + data.draw(st.integers(1, 200)))
        match data.draw(st.sampled_from(("cut", "double", "overwrite"))):
            case "cut":
                del body[start:end]
            case "double":
                body[end:end] = body[start:end]
            case _:
                body[start:end] = data.draw(st.binary(max_size=12))
    try:
        adapter.parse(Inbound(bytes(body), media_type))
    except AdapterDefectError as defect:
        pytest.fail(f"defect: {defect.rule}", pytrace=False)
    except AdapterError:
        return
