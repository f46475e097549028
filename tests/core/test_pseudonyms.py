"""Pseudonyms: pinned bytes, nothing in common between recipients, no slip of the pen unnoticed."""

import hmac
import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rings import a_key_ring, bytes_from

from gateway.core.crypto.keys import KeyUse, derivation_info
from gateway.core.crypto.pseudonyms import Domain, check, message_id, pseudonym
from gateway.core.errors import Defect, OperatorError, SenderError

PINS = json.loads((Path(__file__).parent / "pins" / "pseudonyms.json").read_text())
RING = a_key_ring("pseudonyms", epochs=2)
SHELTER = Domain("shelter-one", 1)
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECKS = DIGITS + "*~$=U"
PEOPLE = [bytes_from(f"person {number}", 16) for number in range(200)]
GIVEN = [pseudonym(RING, SHELTER, person) for person in PEOPLE]
HYPHENATED = st.builds(lambda name, at: f"{name[:at]}-{name[at:]}".lower(), st.sampled_from(GIVEN), st.integers(0, 27))


def accepted(claimed: str) -> bool:
    try:
        check(claimed)
    except SenderError:
        return False
    return True


@pytest.mark.parametrize("number", range(len(PINS)))
def test_the_characters_of_a_pseudonym_are_pinned(number: int) -> None:
    pin = PINS[number]
    domain = Domain(pin["recipient"], pin["epoch"], pin["release"])
    assert pseudonym(RING, domain, bytes.fromhex(pin["person_id"])) == pin["pseudonym"]


def test_a_pseudonym_can_be_made_again_from_its_specification() -> None:
    recipient = b"\0\0\0\x01" + b"\0\x0bshelter-one"
    root = bytes_from("pseudonyms|person|1")
    key = hmac.digest(root, derivation_info(KeyUse.PSEUDONYM, recipient) + b"\x01", "sha256")
    number = int.from_bytes(hmac.digest(key, PEOPLE[0], "sha256")[:16])
    spelled = "".join(DIGITS[number >> 5 * place & 31] for place in range(25, -1, -1))
    assert spelled + CHECKS[number % 37] == GIVEN[0]


def test_a_person_keeps_one_pseudonym_within_a_domain() -> None:
    assert [pseudonym(RING, SHELTER, person) for person in PEOPLE] == GIVEN
    assert len(set(GIVEN)) == len(GIVEN)
    assert {len(name) for name in GIVEN} == {27}


@pytest.mark.parametrize(
    "other",
    [Domain("shelter-two", 1), Domain("shelter-one", 2), Domain("shelter-one", 1, "2026-Q4"), Domain("SHELTER-ONE", 1)],
    ids=["recipient", "epoch", "release", "case"],
)
def test_another_domain_shares_no_pseudonym(other: Domain) -> None:
    assert not set(GIVEN) & {pseudonym(RING, other, person) for person in PEOPLE}


def test_another_key_ring_shares_no_pseudonym() -> None:
    assert not set(GIVEN) & {pseudonym(a_key_ring("elsewhere"), SHELTER, person) for person in PEOPLE}


domains = st.builds(Domain, st.text(max_size=6), st.integers(0, 300), st.text(max_size=6))


@given(st.lists(domains, min_size=2, max_size=2, unique=True))
def test_no_two_domains_share_a_context(pair: list[Domain]) -> None:
    assert pair[0].context() != pair[1].context()


def test_every_single_wrong_character_is_found() -> None:
    wrong = (
        name[:place] + other + name[place + 1 :]
        for name in GIVEN[:20]
        for place in range(27)
        for other in CHECKS
        if other != name[place]
    )
    assert sum(map(accepted, wrong)) == 0


def test_every_swap_of_neighbours_is_found() -> None:
    swapped = (
        name[:place] + right + left + name[place + 2 :]
        for name in GIVEN
        for place, (left, right) in enumerate(pairwise(name))
        if left != right
    )
    assert sum(map(accepted, swapped)) == 0


def test_the_check_accepts_every_true_pseudonym() -> None:
    assert [check(name) for name in GIVEN] == GIVEN


def test_what_people_write_is_read_as_the_canonical_spelling() -> None:
    name = next(name for name in GIVEN if "0" in name[:-1] and "1" in name[:-1])
    written = "-".join((name[:9], name[9:18], name[18:])).lower()
    assert check(written) == check(written.replace("1", "l").replace("0", "o")) == name
    assert check(name.replace("1", "I")) == name


@pytest.mark.parametrize(
    "claimed",
    [
        "",
        "0" * 26,
        "0" * 28,
        "8" + "0" * 26,
        " " + GIVEN[0],
        GIVEN[0] + "\n",
        GIVEN[0][:-1] + "é",
        "\u0131" * 27,
        "-" * 100,
    ],
    ids=["empty", "short", "long", "over 128 bits", "space", "line end", "accent", "dotless i", "hyphens"],
)
def test_what_is_no_pseudonym_is_refused_without_repeating_it(claimed: str) -> None:
    with pytest.raises(SenderError) as refused:
        check(claimed)
    assert not claimed.strip() or claimed not in str(refused.value)


@given(st.text(max_size=70) | HYPHENATED)
def test_any_text_is_refused_or_read(claimed: str) -> None:
    if accepted(claimed):
        assert check(check(claimed)) == check(claimed)


@pytest.mark.parametrize("length", [0, 15, 17, 32])
def test_a_person_id_of_another_length_is_a_defect(length: int) -> None:
    with pytest.raises(Defect):
        pseudonym(RING, SHELTER, b"p" * length)


def test_a_domain_without_a_recipient_is_a_defect() -> None:
    with pytest.raises(Defect):
        pseudonym(RING, Domain("", 1), PEOPLE[0])


def test_an_epoch_whose_root_is_gone_is_refused() -> None:
    with pytest.raises(OperatorError):
        pseudonym(RING, Domain("shelter-one", 3), PEOPLE[0])


def test_a_message_id_is_the_randomness_and_nothing_else() -> None:
    assert message_id(b"\0" * 16) == "0" * 26
    assert message_id(b"\xff" * 16) == "7" + "Z" * 25
    assert message_id(PEOPLE[0]) != message_id(PEOPLE[1])


def test_a_message_id_of_other_randomness_is_a_defect() -> None:
    with pytest.raises(Defect):
        message_id(b"r" * 8)
