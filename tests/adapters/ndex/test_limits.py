"""What is longer than the canonical schema allows is lost whole; numbers and streets in parts are put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator

from adapters.sdk import Parsed, ParsedReferral

Parse = Callable[..., Parsed]
Referral = dict[str, Any]

INCIDENT = "/lexspd:doPublish/lexs:PublishMessageContainer/lexs:PublishMessage/lexs:DataItemPackage"


def _document(parsed: Parsed) -> Referral:
    assert isinstance(parsed, ParsedReferral)
    return cast("Referral", parsed.document)


def _losses(parsed: Parsed) -> set[tuple[str, str]]:
    return {(loss.path.removeprefix(INCIDENT), loss.kind) for loss in parsed.losses}


def _changed(body: bytes, old: str, new: str) -> bytes:
    assert body.count(old.encode()) == 1, "the change must be at one place"
    return body.replace(old.encode(), new.encode())


@pytest.mark.parametrize(
    ("tag", "limit"),
    [
        ("nc:PersonGivenName>Mira</nc:PersonGivenName", 80),
        ("nc:PersonFullName>Mirela Lisi Kosturi</nc:PersonFullName", 200),
    ],
)
def test_a_name_longer_than_the_schema_allows_is_lost_and_never_cut(
    parse: Parse, demo: bytes, tag: str, limit: int, canonical: Draft202012Validator
) -> None:
    name, _, old = tag.partition(">")
    old = old.partition("<")[0]
    for length, survives in ((limit, True), (limit + 1, False)):
        document = _document(parse(_changed(demo, tag, tag.replace(old, "x" * length))))
        names = cast("list[dict[str, str]]", document["subject"]["names"])
        assert any(set(part) == {"x"} for entry in names for part in entry.values()) is survives
        assert not list(canonical.iter_errors(document)), name


def test_a_language_named_often_hides_no_other(parse: Parse, demo: bytes) -> None:
    """An interpreter is called by what stands here: ten times the same is one of ten."""
    second = "<nc:PersonSecondaryLanguage><nc:LanguageCode>{}</nc:LanguageCode></nc:PersonSecondaryLanguage>"
    start = demo.index(b"<nc:PersonSecondaryLanguage>")
    often = "".join(second.format(code) for code in [*["ita"] * 12, "ron"])
    spoken = _document(parse(demo[:start] + often.encode() + demo[start:]))["subject"]["languages"]
    assert spoken == [{"code": "sq", "preferred": True}, {"code": "it"}, {"code": "ro"}]


def test_prose_longer_than_the_schema_allows_is_lost_and_never_cut(parse: Parse, demo: bytes) -> None:
    start = demo.index(b"Patrol 7 was called")
    end = demo.index(b"</nc:ActivityDescriptionText>")
    for length, survives in ((60_000, True), (60_001, False)):
        situation = _document(parse(demo[:start] + b"x" * length + demo[end:]))["situation"]
        assert ("narrative" in situation) is survives


@pytest.mark.parametrize(
    ("old", "length"),
    [
        ("mirela.k@mail.example", 201),
        ("+44 7700 900417", 61),
        ("NCP-P-99120", 81),
        ("BX0412377", 81),
        (">Kosturi</nc:PersonSurName>", 81),
        ("Patrol 7</nc:OrganizationName>", 201),
        ("records@police.norhaven.example", 201),
        ("1632 960110", 61),
    ],
    ids=["email", "telephone", "file", "passport", "family", "unit", "staff_email", "staff_telephone"],
)
def test_what_is_longer_than_the_schema_allows_is_lost_and_reported(
    parse: Parse, demo: bytes, canonical: Draft202012Validator, old: str, length: int
) -> None:
    text, _, rest = old.partition("<")
    mark = ">" if text.startswith(">") else ""
    new = mark + "x" * length + (f"<{rest}" if rest else "")
    before, after = parse(demo), parse(_changed(demo, old, new))
    document = _document(after)
    assert not list(canonical.iter_errors(document))
    assert "xxxxx" not in str(document)
    assert _losses(after) - _losses(before)


def test_a_long_line_of_an_address_is_lost_and_not_the_rest(parse: Parse, demo: bytes) -> None:
    for street, unit, line in (
        ("y" * 201, "Room 22", "Room 22"),
        ("y" * 195, "Room 22", "y" * 195),
        ("y" * 191, "Room 22", "y" * 191 + ", Room 22"),
    ):
        body = demo.replace(b"<nc:StreetFullText>18 Ropewalk Lane", b"<nc:StreetFullText>" + street.encode())
        address = _document(parse(body.replace(b"Room 22", unit.encode())))["subject"]["addresses"][0]
        assert address["line"] == line
        assert address["locality"] == "Norhaven"


def test_a_street_in_parts_is_put_together(parse: Parse, demo: bytes) -> None:
    parts = (
        "<nc:StreetNumberText>18</nc:StreetNumberText><nc:StreetPredirectionalText>N</nc:StreetPredirectionalText>"
        "<nc:StreetName>Ropewalk</nc:StreetName><nc:StreetCategoryText>Lane</nc:StreetCategoryText>"
    )
    body = demo.replace(b"<nc:StreetFullText>18 Ropewalk Lane</nc:StreetFullText>", parts.encode())
    assert _document(parse(body))["subject"]["addresses"][0]["line"] == "18 N Ropewalk Lane, Room 22"
    long = body.replace(b">Ropewalk<", b">" + b"y" * 199 + b"<")
    assert "line" not in _document(parse(long))["subject"]["addresses"][0]


def test_an_american_number_is_put_together(parse: Parse, demo: bytes) -> None:
    start, end = b"<nc:FullTelephoneNumber>", b"</nc:FullTelephoneNumber>"
    full = demo[demo.index(start) : demo.index(end) + len(end)].decode()
    parts = (
        "<nc:NANPTelephoneNumber><nc:TelephoneAreaCodeID>304</nc:TelephoneAreaCodeID>"
        "<nc:TelephoneExchangeID>555</nc:TelephoneExchangeID><nc:TelephoneLineID>0142</nc:TelephoneLineID>"
        "<nc:TelephoneSuffixID>7</nc:TelephoneSuffixID></nc:NANPTelephoneNumber>"
    )
    contacts = _document(parse(_changed(demo, full, parts)))["subject"]["contacts"]
    assert contacts[0] == {"channel": "phone", "value": "304-555-0142 x7", "safe": "unknown"}
