"""Hostile XML ends in a refusal with a rule and a pointer, and none of it is repeated."""

from __future__ import annotations

import codecs
from collections.abc import Callable

import pytest
from hostile_xml import ENTITIES, PROLOGS
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sdk import Inbound, MalformedError, Parsed, ParsedReferral, SubjectUnclearError, UnsupportedError
from adapters.sdk.errors import AdapterDefectError, AdapterError
from adapters.sdk.guard import Guard
from adapters.sdk.xml.parsing import MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS
from adapters.sdk.xml.reading import read_xml
from adapters.systems.ndex.adapter import NDEx
from adapters.systems.ndex.names import read_vocabulary

Parse = Callable[..., Parsed]
CANARY = "KosturiKANARIE"
OPEN = b'<lexspd:doPublish xmlns:lexspd="http://usdoj.gov/leisp/lexs/publishdiscover/3.1">'
CLOSE = b"</lexspd:doPublish>"


def _refusal(parse: Parse, body: bytes, subject: str | None = None) -> AdapterError:
    with pytest.raises((MalformedError, UnsupportedError, SubjectUnclearError)) as refusal:
        parse(body, subject)
    said = f"{refusal.value} {refusal.value.pointer} {refusal.value.rule} {refusal.value.args}"
    assert CANARY not in said
    assert refusal.value.__cause__ is None
    assert refusal.value.__context__ is None
    return refusal.value


@pytest.mark.parametrize("prolog", PROLOGS.values(), ids=PROLOGS)
@pytest.mark.parametrize(
    "before",
    [b"", codecs.BOM_UTF8, b"<?xml version='1.0'?>", codecs.BOM_UTF8 + b"<?xml version='1.0'?>"],
    ids=["bare", "marked", "declared", "marked_and_declared"],
)
def test_a_document_type_is_refused_before_it_is_read(parse: Parse, prolog: bytes, before: bytes) -> None:
    assert _refusal(parse, before + prolog + OPEN + b"&c;" + CLOSE).rule == "dtd"


def test_a_document_type_in_a_comment_or_a_text_is_none(parse: Parse, demo: bytes) -> None:
    body = demo.replace(b"<lexspd:doPublish\n", b"<!-- <!DOCTYPE x> --><?x <!DOCTYPE x> ?><lexspd:doPublish\n")
    body = body.replace(b"Patrol 7", b"<![CDATA[<!DOCTYPE x>]]> Patrol 7")
    parsed = parse(body)
    assert isinstance(parsed, ParsedReferral)
    assert "<!DOCTYPE x> Patrol 7" in str(parsed.document)


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_entity_nobody_declared_is_refused(parse: Parse, demo: bytes, entity: bytes) -> None:
    assert _refusal(parse, demo.replace(b">Mira<", b">" + entity + b"<")).rule == "malformed"


def test_an_inclusion_is_never_followed(parse: Parse, demo: bytes) -> None:
    include = b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/hostname" parse="text"/>'
    parsed = parse(demo.replace(b"<lexs:Digest>", b"<lexs:Digest>" + include))
    assert isinstance(parsed, ParsedReferral)
    assert any(loss.path.endswith("/lexs:Digest/*/@*") for loss in parsed.losses)


ENCODINGS: dict[str, tuple[Callable[[str], bytes], str]] = {
    "utf16": (lambda text: text.encode("utf-16"), "encoding"),
    "utf16le": (lambda text: text.encode("utf-16-le"), "encoding"),
    "utf16be": (lambda text: text.encode("utf-16-be"), "encoding"),
    "utf32": (lambda text: text.encode("utf-32"), "encoding"),
    "ebcdic": (lambda text: text.encode("cp037"), "encoding"),
    "mark_and_latin": (lambda text: codecs.BOM_UTF8 + text.replace("UTF-8", "ISO-8859-1").encode(), "encoding"),
    "says_utf7": (lambda text: text.replace("UTF-8", "UTF-7").encode(), "encoding"),
    "says_ebcdic": (lambda text: text.replace("UTF-8", "IBM037").encode(), "encoding"),
    "says_windows": (lambda text: text.replace("UTF-8", "windows-1252").encode(), "encoding"),
    "hides_utf7": (
        lambda text: text.replace('"1.0"', "\"encoding='utf-8'\"").replace("UTF-8", "UTF-7").encode(),
        "declaration",
    ),
    "xml11": (lambda text: text.replace("1.0", "1.1").encode(), "declaration"),
    "no_such_part": (lambda text: text.replace("encoding=", "coding=").encode(), "declaration"),
    "stray_byte": (lambda text: text.replace("Mira<", "Mir\udcff<").encode("utf-8", "surrogateescape"), "malformed"),
    "overlong": (lambda text: text.replace("Mira<", "\udcc0\udc80<").encode("utf-8", "surrogateescape"), "malformed"),
    "not_ascii": (lambda text: text.replace("UTF-8", "US-ASCII").replace("Mira<", "Mír<").encode(), "malformed"),
}


@pytest.mark.parametrize(("encode", "rule"), ENCODINGS.values(), ids=ENCODINGS.keys())
def test_an_encoding_whose_bytes_could_mean_two_things_is_refused(
    parse: Parse, demo: bytes, encode: Callable[[str], bytes], rule: str
) -> None:
    assert _refusal(parse, encode(demo.decode())).rule == rule


@pytest.mark.parametrize("encoding", ["UTF-8", "utf-8", "us-ascii", "ISO-8859-1"])
def test_three_encodings_are_read(parse: Parse, demo: bytes, encoding: str) -> None:
    assert isinstance(parse(demo.replace(b"UTF-8", encoding.encode())), ParsedReferral)
    assert isinstance(parse(demo.partition(b"?>")[2].lstrip()), ParsedReferral)
    assert isinstance(parse(codecs.BOM_UTF8 + demo), ParsedReferral)


def test_depth_is_bounded(parse: Parse) -> None:
    def nested(depth: int) -> bytes:
        return OPEN + b"<a>" * (depth - 1) + b"</a>" * (depth - 1) + CLOSE

    assert read_xml(nested(MAX_DEPTH), read_vocabulary()).name == "lexspd:doPublish"
    assert _refusal(parse, nested(MAX_DEPTH + 1)).rule == "depth"
    assert _refusal(parse, nested(10_000)).rule == "malformed"  # libxml2's own bound comes first


def test_the_number_of_elements_is_bounded(parse: Parse) -> None:
    assert read_xml(OPEN + b"<a/>" * (MAX_ELEMENTS - 1) + CLOSE, read_vocabulary()).children
    assert _refusal(parse, OPEN + b"<a/>" * MAX_ELEMENTS + CLOSE).rule == "elements"


def test_attributes_are_bounded(parse: Parse, demo: bytes) -> None:
    assert _refusal(parse, demo.replace(b'"VictimPerson1"', b'"' + b"V" * 100_000 + b'"')).rule == "attribute"
    assert _refusal(parse, demo.replace(b's:id="Incident1"', b's:id=""')).rule == "attribute"
    for count, refused in ((MAX_ATTRIBUTES, False), (MAX_ATTRIBUTES + 1, True), (50_000, True)):
        many = b"".join(b' a%d="%s"' % (number, CANARY[:2].encode()) for number in range(count))
        body = demo.replace(b"<nc:PersonSexCode>F", b"<nc:PersonSexCode" + many + b">F")
        if refused:
            assert _refusal(parse, body).rule == "attribute"
        else:
            assert any(loss.path.endswith("nc:PersonSexCode/@*") for loss in parse(body).losses)


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"", "malformed"),
        (b" \n", "malformed"),
        (b'{"schema": "referral/1.0"}', "malformed"),
        (b"<a>", "malformed"),
        (b"<!-- never closed", "malformed"),
        (b"<?never closed", "malformed"),
        (b"<a/><b/>", "malformed"),
        (b"<a/>", "root"),
        (b'<doPublish xmlns="urn:x"/>', "root"),
        (b"<doPublish/>", "root"),
        (OPEN + CLOSE, "required"),
    ],
)
def test_what_is_no_publish_message_is_refused(parse: Parse, body: bytes, rule: str) -> None:
    assert _refusal(parse, body).rule == rule


def test_a_prefix_bound_to_another_namespace_is_another_name(parse: Parse, demo: bytes) -> None:
    refusal = _refusal(
        parse, demo.replace(b'"http://niem.gov/niem/niem-core/2.0"', b'"http://niem.gov/niem/niem-core/2.0x"')
    )
    assert refusal.rule == "required"
    assert refusal.pointer.endswith("/nc:Activity")
    other = demo.replace(b'"http://niem.gov/niem/domains/jxdm/4.0"', b'"http://niem.gov/niem/domains/jxdm/4.1"')
    assert _refusal(parse, other).rule == "no_victim"


def test_a_name_of_an_element_is_never_repeated(parse: Parse, demo: bytes) -> None:
    for added in (f"<nc:{CANARY}>x</nc:{CANARY}>", f'<{CANARY} xmlns="urn:{CANARY}">x</{CANARY}>'):
        for at in ("<lexs:Digest>", "<nc:PersonPassportIdentification>", "<ndexia:IncidentReport>"):
            parsed = parse(demo.replace(at.encode(), (at + added).encode()))
            assert CANARY not in str(parsed.losses)
            assert any(loss.path.endswith("/*") for loss in parsed.losses)
    _refusal(parse, f'<{CANARY} xmlns="urn:{CANARY}"/>'.encode())


def test_an_id_given_twice_is_refused(parse: Parse, demo: bytes) -> None:
    body = demo.replace(b's:id="SuspectPerson1"', f's:id="{CANARY}"'.encode()).replace(
        b'"SuspectPerson1"', f'"{CANARY}"'.encode()
    )
    refusal = _refusal(parse, body.replace(b's:id="WitnessPerson1"', f's:id="{CANARY}"'.encode()))
    assert refusal.rule == "duplicate_id"
    assert refusal.pointer.endswith("/lexsdigest:EntityPerson[3]/lexsdigest:Person[1]")


def test_a_reference_to_nothing_is_refused(parse: Parse, demo: bytes) -> None:
    refusal = _refusal(parse, demo.replace(b's:ref="Room1"', f's:ref="{CANARY}"'.encode()))
    assert refusal.rule == "dangling_reference"
    assert refusal.pointer.endswith("/nc:ResidenceAssociation[1]/nc:LocationReference[1]")


@pytest.mark.parametrize(
    "tag", ["nc:PersonSexCode", "lexs:DataItemID", "lexs:DataItemPublishInstruction", "nc:PersonName", "lexs:Digest"]
)
def test_what_may_stand_once_is_not_read_twice(parse: Parse, demo: bytes, tag: str) -> None:
    end = f"</{tag}>".encode()
    body = demo.replace(end, end + f"<{tag}>{CANARY}</{tag}>".encode(), 1)
    assert _refusal(parse, body).rule == "repeated"


def test_a_comment_inside_a_name_does_not_shorten_it(parse: Parse, demo: bytes) -> None:
    parsed = parse(demo.replace(b">Mira<", b">Mi<!-- hidden --><?x y?>ra<"))
    assert isinstance(parsed, ParsedReferral)
    assert "'Mira'" in str(parsed.document)


def test_an_element_inside_a_name_is_refused(parse: Parse, demo: bytes) -> None:
    assert _refusal(parse, demo.replace(b">Mira<", f">Mi<nc:b>{CANARY}</nc:b>ra<".encode())).rule == "mixed_content"


def test_prose_between_elements_is_not_read_and_is_reported(parse: Parse, demo: bytes) -> None:
    for at in (b"<lexs:Digest>", b"</lexsdigest:EntityEmail>"):
        parsed = parse(demo.replace(at, at + CANARY.encode(), 1))
        assert isinstance(parsed, ParsedReferral)
        assert CANARY not in str(parsed)
        assert any(loss.path.endswith("/lexs:Digest/*") for loss in parsed.losses)


def test_a_nil_element_holds_nothing(parse: Parse, demo: bytes) -> None:
    nil = b'<nc:PersonSexCode xmlns:n="http://www.w3.org/2001/XMLSchema-instance" n:nil="true">F<'
    parsed = parse(demo.replace(b"<nc:PersonSexCode>F<", nil))
    assert isinstance(parsed, ParsedReferral)
    assert "sex" not in parsed.document["subject"]


@settings(max_examples=30)
@given(data=st.data())
def test_no_mutation_of_a_document_is_a_defect(demo: bytes, data: st.DataObject) -> None:
    """Cut, double and overwrite stretches of a document; the guard turns anything but a refusal into a defect."""
    body = bytearray(demo)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body) - 1))
        end = min(len(body), start + data.draw(st.integers(1, 400)))
        match data.draw(st.sampled_from(("cut", "double", "overwrite", "attribute"))):
            case "cut":
                del body[start:end]
            case "double":
                body[end:end] = body[start:end]
            case "overwrite":
                body[start:end] = data.draw(st.binary(max_size=12))
            case _:
                body[start:start] = data.draw(
                    st.sampled_from((b"<nc:Date>", b"</nc:Date>", b"<x/>", b' s:ref="Incident1"', b"&amp;"))
                )
    try:
        Guard(NDEx()).parse(Inbound(bytes(body), "text/xml"))
    except AdapterDefectError as defect:
        pytest.fail(f"defect: {defect.rule}", pytrace=False)
    except AdapterError:
        return


def _lines(body: bytes) -> list[bytes]:
    return body.split(b"\n")


@settings(max_examples=30)
@given(data=st.data())
def test_no_well_formed_rearrangement_is_a_defect_or_breaks_the_canonical_schema(
    demo: bytes, canonical: object, data: st.DataObject
) -> None:
    """Take whole leaves away, double them, or give them each other's texts: still XML, no longer sense."""
    lines = _lines(demo)
    leaves = [at for at, line in enumerate(lines) if line.count(b"<") == 2 and b"</" in line]
    for _ in range(data.draw(st.integers(1, 6))):
        at, other = data.draw(st.sampled_from(leaves)), data.draw(st.sampled_from(leaves))
        match data.draw(st.sampled_from(("drop", "double", "text", "junk"))):
            case "drop":
                lines[at] = b""
            case "double":
                lines[at] = lines[at] + lines[at]
            case "text":
                lines[at] = _with_text(lines[at], lines[other])
            case _:
                lines[at] = lines[at].replace(b">", b">\xc3\x97\t ", 1)
    try:
        parsed = Guard(NDEx()).parse(Inbound(b"\n".join(lines), "text/xml"))
    except AdapterDefectError as defect:
        pytest.fail(f"defect: {defect.rule}", pytrace=False)
    except AdapterError:
        return
    if isinstance(parsed, ParsedReferral):
        assert not [error.validator for error in canonical.iter_errors(parsed.document)]


def _with_text(line: bytes, other: bytes) -> bytes:
    if line.count(b"<") != 2 or other.count(b"<") != 2:
        return line
    return (
        line.partition(b">")[0] + b">" + other.partition(b">")[2].partition(b"<")[0] + b"</" + line.rpartition(b"</")[2]
    )
