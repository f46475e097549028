"""A leaf commits under a key of its own, which only her data key opens; and blind indexes that nobody can confuse."""

import json
from datetime import UTC, timedelta
from itertools import combinations

import pytest
from builders import NOON, POLICE, SHELTER
from fakes import SeededEntropy
from hypothesis import example, given
from hypothesis import strategies as st
from rings import a_key_ring, bytes_from

from gateway.core.crypto.blind import (
    blind_idempotency,
    blind_pair,
    blind_person_ref,
    blind_sender_reference,
    request_digest,
)
from gateway.core.crypto.commitments import Committed, commitment
from gateway.core.crypto.sealing import Place, open_at_rest
from gateway.core.errors import OperatorError
from gateway.core.heads import agency_head, agreement_head, binding_head, pair_head, person_head
from gateway.core.log.leaves import PersonSecret, instant, sealed_leaf
from gateway.core.stages import SealedLeaf
from schemas.canonical import canonical
from schemas.validation import satisfies

SECRET = PersonSecret(bytes_from("her id", 16), bytes_from("her data key"))
RING, OTHER_RING = a_key_ring("blind"), a_key_ring("another installation")
TEXT = st.text(max_size=6)


def a_sealed_leaf(secret: PersonSecret | None = SECRET, words: bytes = b"what was said") -> SealedLeaf:
    committed = {"content": (Committed.RECORD, words)}
    return sealed_leaf(SeededEntropy(), "consent.recorded", NOON, {"sender": POLICE}, committed, secret)


def key_of(leaf: SealedLeaf, data_key: bytes = SECRET.data_key) -> bytes:
    assert leaf.wrapped_key is not None
    return open_at_rest(data_key, Place("person_leaf", "leaf_key", leaf.event.encode(), 1), leaf.wrapped_key)


def test_a_leaf_is_canonical_and_satisfies_its_schema() -> None:
    leaf = a_sealed_leaf()
    content = json.loads(leaf.content)
    assert canonical(content) == leaf.content
    assert satisfies(content, "ledger/1.0")
    assert content["event"] == leaf.event


def test_who_holds_her_data_key_can_prove_what_a_leaf_speaks_of() -> None:
    leaf = a_sealed_leaf()
    claimed = bytes.fromhex(json.loads(leaf.content)["content"])
    assert commitment(key_of(leaf), Committed.RECORD, b"what was said") == claimed
    assert commitment(key_of(leaf), Committed.RECORD, b"something else") != claimed


def test_with_her_data_key_destroyed_nobody_can() -> None:
    with pytest.raises(OperatorError):
        key_of(a_sealed_leaf(), bytes_from("any other key"))


def test_a_leaf_about_nobody_keeps_no_key() -> None:
    leaf = a_sealed_leaf(None)
    assert (leaf.person, leaf.wrapped_key) == (None, None)
    assert len(json.loads(leaf.content)["content"]) == 64


def test_without_a_commitment_there_is_no_key_to_keep() -> None:
    leaf = sealed_leaf(SeededEntropy(), "consent.withdrawn", NOON, {}, None, SECRET)
    assert (leaf.person, leaf.wrapped_key) == (SECRET.person, None)


def test_equal_words_in_two_leaves_have_two_commitments() -> None:
    entropy = SeededEntropy()
    first, second = (
        sealed_leaf(entropy, "consent.recorded", NOON, {}, {"content": (Committed.RECORD, b"words")}, SECRET)
        for _ in range(2)
    )
    assert json.loads(first.content)["content"] != json.loads(second.content)["content"]
    assert first.event != second.event


def test_a_moment_is_written_in_milliseconds() -> None:
    assert instant(NOON) == "2031-03-14T12:00:00.000Z"
    assert instant(NOON + timedelta(microseconds=1999)) == "2031-03-14T12:00:00.001Z"
    assert NOON.tzinfo == UTC


@given(st.tuples(TEXT, TEXT), st.tuples(TEXT, TEXT))
@example(("ab", "c"), ("a", "bc"))
@example(("ab", ""), ("", "ab"))
def test_no_two_pairs_of_words_have_one_index(first: tuple[str, str], second: tuple[str, str]) -> None:
    """Not even when a border between two words is moved."""
    for index in (blind_person_ref, blind_pair, blind_sender_reference):
        assert (index(RING, *first) == index(RING, *second)) == (first == second)


def test_indexes_of_different_things_have_nothing_in_common() -> None:
    words = (POLICE, "P-0114")
    found = [
        blind_person_ref(RING, *words),
        blind_pair(RING, *words),
        blind_sender_reference(RING, *words),
        blind_idempotency(RING, POLICE, "referrals", "P-0114"),
        blind_idempotency(RING, POLICE, "consents", "P-0114"),
        request_digest(RING, POLICE.encode(), b"P-0114"),
    ]
    assert not [pair for pair in combinations(found, 2) if pair[0][:16] == pair[1][:16]]


def test_an_index_says_nothing_without_the_key() -> None:
    assert blind_person_ref(RING, POLICE, "P-1") != blind_person_ref(OTHER_RING, POLICE, "P-1")
    assert request_digest(RING, b"x") != request_digest(OTHER_RING, b"x")


@given(st.lists(st.binary(max_size=4), max_size=3), st.lists(st.binary(max_size=4), max_size=3))
@example([b"ab", b"c"], [b"a", b"bc"])
@example([b"ab"], [b"ab", b""])
def test_no_two_requests_have_one_digest(first: list[bytes], second: list[bytes]) -> None:
    assert (request_digest(RING, *first) == request_digest(RING, *second)) == (first == second)


def test_no_two_things_share_a_head() -> None:
    same = b"\x00" * 16
    names = [person_head(same), pair_head(same), binding_head(same), agency_head(SHELTER), agreement_head(SHELTER)]
    assert len(set(names)) == len(names)
