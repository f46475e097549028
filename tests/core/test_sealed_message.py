"""The wire form: one spelling, strict reading; the context: no two read alike."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.crypto.sealed_message import SealContext, SealedMessage, key_id
from gateway.core.errors import Defect, RecipientError

MESSAGE = SealedMessage("key-1", "message-1", "profile/shelter/1.0", "gateway-1", b"box!", b"signature")
WIRE = (
    b'{"v":1,"to":"key-1","id":"message-1","schema":"profile/shelter/1.0","by":"gateway-1",'
    b'"box":"Ym94IQ","sig":"c2lnbmF0dXJl"}'
)


def changed(**members: object) -> bytes:
    return json.dumps(json.loads(WIRE) | members, separators=(",", ":")).encode()


def test_the_wire_form_is_pinned_and_read_back() -> None:
    assert MESSAGE.to_bytes() == WIRE
    assert SealedMessage.from_bytes(WIRE) == MESSAGE


OTHER_SPELLINGS = {
    "empty": b"",
    "no members": b"{}",
    "list": b"[]",
    "null": b"null",
    "number": b"7",
    "not UTF-8": b"\xff",
    "deep": b"[" * 5000,
    "space after": WIRE + b" ",
    "space before": b" " + WIRE,
    "cut": WIRE[:-1],
    "version 2": changed(v=2),
    "version 1.0": changed(v=1.0),
    "version true": changed(v=True),
    "member twice": WIRE.replace(b'"v":1', b'"v":1,"v":1'),
    "member unknown": changed(extra="x"),
    "member missing": WIRE.replace(b'"v":1,', b""),
    "escaped letter": WIRE.replace(b"key-1", b"key\\u002d1"),
    "trailing bits": WIRE.replace(b"Ym94IQ", b"Ym94IR"),
    "padded base64": WIRE.replace(b"Ym94IQ", b"Ym94IQ=="),
    "space in base64": WIRE.replace(b"Ym94IQ", b"Ym94 IQ"),
    "list for a name": changed(to=["key-1"]),
    "number for a name": changed(to=1),
    "null for a name": changed(to=None),
    "number for the box": changed(box=7),
    "null for the box": changed(box=None),
    "empty name": changed(to=""),
    "line end in a name": changed(id="two\nlines"),
    "accent in a name": changed(schema="caf\u00e9"),
    "space in a name": changed(by="a b"),
    "long name": changed(id="x" * 201),
}


@pytest.mark.parametrize("wire", OTHER_SPELLINGS.values(), ids=OTHER_SPELLINGS)
def test_any_other_spelling_is_refused(wire: bytes) -> None:
    with pytest.raises(RecipientError) as refused:
        SealedMessage.from_bytes(wire)
    assert refused.value.__cause__ is None


@given(st.binary(max_size=60))
def test_any_bytes_are_refused(wire: bytes) -> None:
    with pytest.raises(RecipientError):
        SealedMessage.from_bytes(wire)


CONTEXT = SealContext("shelter-one", "key-1", "message-1", "profile/shelter/1.0")


@pytest.mark.parametrize("part", ["recipient", "key_id", "message_id", "schema"])
@pytest.mark.parametrize(
    "value",
    ["", "a\nb", "a b", 'a"b', "a\\b", "\u00e9", "x" * 201],
    ids=["empty", "line end", "space", "quote", "backslash", "accent", "long"],
)
def test_a_part_that_could_be_read_two_ways_is_a_defect(part: str, value: str) -> None:
    with pytest.raises(Defect):
        replace(CONTEXT, **{part: value}).info()


names = st.text("a/1.", min_size=1, max_size=3)
contexts = st.builds(SealContext, names, names, names, names)


@given(st.lists(contexts, min_size=2, max_size=2, unique=True))
def test_no_two_contexts_share_an_info(pair: list[SealContext]) -> None:
    assert pair[0].info() != pair[1].info()


def test_a_key_id_is_the_thumbprint_of_rfc_8037() -> None:
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert key_id("Ed25519", public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert key_id("X25519", public) != key_id("Ed25519", public)
