"""Taking a JWS apart: one form is read; every other is refused by one named error, never by another exception."""

import json

import pytest
from oauth.systems_oauth import b64

from gateway.oauth.compact import Compact, decode, encode, read_header, read_object, seconds, split, token_id
from gateway.oauth.errors import UnverifiableError, Why


def test_three_parts_are_read() -> None:
    jws = split(f"{b64(b'{}')}.b.c")
    assert jws == Compact("e30", "b", "c")
    assert jws.signing_input == b"e30.b"
    assert read_object(jws.header) == {}


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a", "a.b", "a.b.", ".b.c", "a..c", "a.b.c.d", "é.b.c", "a.é.c", "a.b.é"]
)
def test_another_number_of_parts_and_other_letters_are_refused(text: str) -> None:
    with pytest.raises(UnverifiableError) as caught:
        split(text)
    assert caught.value.why is Why.NOT_COMPACT


@pytest.mark.parametrize(("place", "longest"), [(0, 4096), (1, 8192), (2, 1024)])
def test_each_part_has_its_limit(place: int, longest: int) -> None:
    parts = ["e30"] * 3
    parts[place] = "A" * longest
    assert split(".".join(parts))
    parts[place] += "A"
    with pytest.raises(UnverifiableError):
        split(".".join(parts))


@pytest.mark.parametrize("raw", [b"", b"a", b"ab", b"abc", bytes(range(256)), b"\xff\xfe\xfb"])
def test_what_is_encoded_decodes(raw: bytes) -> None:
    assert encode(raw) == b64(raw)
    assert decode(encode(raw)) == raw


@pytest.mark.parametrize("text", ["a", "ab=", "ab==", "a+bc", "a/bc", "a bc", "ab\nc", "ab*c", "a.bc", "aé"])
def test_what_is_not_base64url_is_refused_and_not_skipped(text: str) -> None:
    with pytest.raises(UnverifiableError):
        decode(text)


@pytest.mark.parametrize(
    "text",
    ["", "[]", '"x"', "1", "null", "{", '{"a":1}x', '{"a":1,"a":1}', '{"a":{"b":1,"b":2}}', '{"a":NaN}', "[" * 4000],
    ids=["empty", "list", "text", "number", "null", "open", "tail", "twice", "twice inside", "not a number", "deep"],
)
def test_what_is_not_one_object_with_distinct_names_is_refused(text: str) -> None:
    with pytest.raises(UnverifiableError):
        read_object(b64(text.encode()))


def test_what_is_nested_deeper_than_any_token_is_refused() -> None:
    deepest = {"x": [[[[[[[1]]]]]]]}
    assert read_object(b64(json.dumps(deepest).encode())) == deepest
    for deeper in ([deepest["x"]], {"y": deepest["x"]}):
        with pytest.raises(UnverifiableError):
            read_object(b64(json.dumps({"x": deeper}).encode()))


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    with pytest.raises(UnverifiableError):
        read_object(b64(b'{"a":"\xff"}'))


def test_a_header_holds_the_named_members_only_and_always_an_algorithm() -> None:
    names, types = frozenset({"alg", "typ"}), frozenset({"x"})
    assert read_header(b64(b'{"alg":"ES256","typ":"X"}'), names=names, types=types)["alg"] == "ES256"
    for text in (b"[]", b'{"typ":"x"}', b'{"alg":1,"typ":"x"}', b'{"alg":"a","typ":"x","crit":[]}', b'{"alg":"a"}'):
        with pytest.raises(UnverifiableError):
            read_header(b64(text), names=names, types=types)


@pytest.mark.parametrize("value", [None, "1", True, -1, 2**40, float("inf"), float("nan"), [1]])
def test_a_time_is_a_number_within_reason(value: object) -> None:
    assert seconds({"exp": 1.9}, "exp") == 1
    with pytest.raises(UnverifiableError):
        seconds({"exp": value}, "exp")


@pytest.mark.parametrize("value", [None, 1, "", "x" * 257, "a\nb", "é", "\ud800"])
def test_an_identifier_is_a_little_printable_ascii(value: object) -> None:
    assert token_id({"jti": "x" * 256}) == "x" * 256
    with pytest.raises(UnverifiableError):
        token_id({"jti": value})
