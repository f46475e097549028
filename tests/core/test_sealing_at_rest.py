"""At rest: a value opens under its person's key, at its place, unaltered, and in no other case."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rings import bytes_from

from gateway.core.crypto.sealing import Place, open_at_rest, seal_at_rest
from gateway.core.errors import Defect, OperatorError

PIN = json.loads((Path(__file__).parent / "pins" / "at_rest.json").read_text())
KEY, NONCE = bytes_from("data key"), bytes_from("nonce", 12)
PLACE = Place("person", "reference", bytes_from("subject", 16), 3)
SEALED = seal_at_rest(KEY, PLACE, b"canary", NONCE)
EXACT = seal_at_rest(KEY, PLACE, b"canary", NONCE, length_shows=True)


@pytest.mark.parametrize(("made", "pinned"), [(SEALED, "filled"), (EXACT, "sealed")], ids=["filled", "exact"])
def test_the_bytes_at_rest_are_pinned(made: bytes, pinned: str) -> None:
    assert made.hex() == PIN[pinned]
    assert open_at_rest(KEY, PLACE, bytes.fromhex(PIN[pinned])) == b"canary"


@given(st.binary(max_size=2000))
def test_what_was_sealed_comes_back(plaintext: bytes) -> None:
    sealed = seal_at_rest(KEY, PLACE, plaintext, NONCE)
    assert open_at_rest(KEY, PLACE, sealed) == plaintext
    assert len(sealed) - 29 in {64, 256, 512, 768, 1024, 2048}
    assert sealed[0] == 2


@given(st.binary(max_size=200))
def test_what_everybody_knows_the_length_of_is_not_filled_up(plaintext: bytes) -> None:
    sealed = seal_at_rest(KEY, PLACE, plaintext, NONCE, length_shows=True)
    assert open_at_rest(KEY, PLACE, sealed) == plaintext
    assert len(sealed) == len(plaintext) + 29
    assert sealed[0] == 1


def test_what_is_filled_up_does_not_open_as_what_is_not_and_the_other_way_round() -> None:
    for sealed in (SEALED, EXACT):
        with pytest.raises(OperatorError):
            open_at_rest(KEY, PLACE, bytes([3 - sealed[0]]) + sealed[1:])


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, table="referral"),
        replace(PLACE, column="alias"),
        replace(PLACE, subject=bytes_from("somebody else", 16)),
        replace(PLACE, version=2),
    ],
    ids=["table", "column", "person", "version"],
)
def test_a_value_moved_elsewhere_does_not_open(elsewhere: Place) -> None:
    with pytest.raises(OperatorError):
        open_at_rest(KEY, elsewhere, SEALED)


def test_another_persons_key_does_not_open_it() -> None:
    with pytest.raises(OperatorError):
        open_at_rest(bytes_from("other data key"), PLACE, SEALED)


@pytest.mark.parametrize("sealed", [SEALED, EXACT], ids=["filled", "exact"])
def test_no_flipped_bit_opens(sealed: bytes) -> None:
    for bit in range(len(sealed) * 8):
        altered = bytearray(sealed)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(OperatorError):
            open_at_rest(KEY, PLACE, bytes(altered))


@pytest.mark.parametrize("length", range(len(SEALED)))
def test_a_cut_value_does_not_open(length: int) -> None:
    with pytest.raises(OperatorError):
        open_at_rest(KEY, PLACE, SEALED[:length])


def test_the_error_says_nothing_of_key_place_or_value() -> None:
    with pytest.raises(OperatorError) as refused:
        open_at_rest(KEY, replace(PLACE, column="alias"), SEALED)
    assert not any(word in str(refused.value) for word in ("alias", "person", "canary"))
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(("key", "nonce"), [(KEY[:16], NONCE), (KEY, NONCE[:8])], ids=["key", "nonce"])
def test_a_short_key_or_nonce_is_a_defect(key: bytes, nonce: bytes) -> None:
    with pytest.raises(Defect):
        seal_at_rest(key, PLACE, b"", nonce)


@pytest.mark.parametrize("name", ["", "a b", "a\0b", "a|b"], ids=["empty", "space", "NUL", "bar"])
def test_a_place_that_could_be_read_two_ways_is_a_defect(name: str) -> None:
    with pytest.raises(Defect):
        replace(PLACE, table=name).associated_data("label")
    with pytest.raises(Defect):
        replace(PLACE, column=name).associated_data("label")


names = st.text("ab_", min_size=1, max_size=3)
places = st.builds(Place, names, names, st.binary(max_size=5), st.integers(0, 12))


@given(st.lists(places, min_size=2, max_size=2, unique=True))
def test_no_two_places_share_associated_data(pair: list[Place]) -> None:
    assert pair[0].associated_data("label") != pair[1].associated_data("label")
