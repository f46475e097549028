"""A recipient may sign that it has a message: the log says which key did, and commits to what was signed."""

import pytest
from builders import SHELTER
from fake_receipts import a_receipt
from fakes import run
from line import HILL, Line, a_line

from adapters.sdk.errors import UnsupportedError
from gateway.core.answers import KeyConflict, Repeated
from gateway.core.crypto.commitments import Committed, commitment
from gateway.core.crypto.sealing import Place, open_at_rest
from gateway.core.recipient_answers import RECORDED, NotNow, Told, Unknown
from schemas.documents import Json
from schemas.validation import satisfies


@pytest.fixture
def line() -> Line:
    """One message that was handed out to the shelter."""
    line = a_line()
    line.says()
    line.told()
    assert line.fetch()
    return line


def acknowledged(line: Line, receipt: str, message: str = "", key: str = "") -> object:
    caller = line.caller(SHELTER)
    return run(line.answering.acknowledge(caller, message or line.parcel.id, key or line.key(), receipt))


def test_a_signed_receipt_is_a_leaf_that_names_the_key_and_commits_to_the_bytes(line: Line) -> None:
    receipt = a_receipt(SHELTER, line.parcel.id)
    assert acknowledged(line, receipt) == Told()
    [leaf] = line.leaves("disclosure.delivered")
    assert satisfies(leaf, "ledger/1.0")
    assert (leaf["recipient"], leaf["signed_by"]) == (SHELTER, "s1")
    [sealed] = [one for one in line.book.leaves if one.event == leaf["event"]]
    data_key = line.person_keys.of(line.parcel.person)
    assert sealed.wrapped_key is not None
    leaf_key = open_at_rest(data_key, Place("person_leaf", "leaf_key", sealed.event.encode(), 1), sealed.wrapped_key)
    assert leaf["receipt"] == commitment(leaf_key, Committed.RECEIPT, receipt.encode()).hex()


def test_the_receipt_itself_is_kept_under_her_data_key(line: Line) -> None:
    receipt = a_receipt(SHELTER, line.parcel.id)
    acknowledged(line, receipt)
    [row] = line.book.receipts
    assert receipt.encode() not in row.sealed
    place = Place("signed_receipt", "sealed", row.message.encode(), 1)
    assert open_at_rest(line.person_keys.of(row.person), place, row.sealed) == receipt.encode()


WRONG: dict[str, tuple[dict[str, Json], dict[str, Json], str]] = {
    "another message": ({}, {"message": "0" * 26}, "about_another"),
    "another recipient": ({}, {"recipient": HILL}, "about_another"),
    "more than that": ({}, {"note": "thank you"}, "about_another"),
    "an unknown key": ({"kid": "s2"}, {}, "key"),
    "no algorithm": ({"alg": "none"}, {}, "header"),
    "an algorithm that is no text": ({"alg": ["EdDSA"]}, {}, "header"),
    "a type that is no text": ({"typ": {"gx-receipt+jws": 1}}, {}, "header"),
    "a key that is no text": ({"kid": ["s1"]}, {}, "key"),
    "a shared secret": ({"alg": "HS256"}, {}, "header"),
    "a token for something else": ({"typ": "JWT"}, {}, "header"),
    "a key that travels along": ({"jwk": {}}, {}, "header"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_receipt_that_is_not_this_agencys_about_this_message_is_refused_and_nothing_recorded(
    line: Line, what: str
) -> None:
    header, changes, rule = WRONG[what]
    with pytest.raises(UnsupportedError) as caught:
        acknowledged(line, a_receipt(SHELTER, line.parcel.id, header, changes))
    assert (caught.value.pointer, caught.value.rule) == ("/receipt", rule)
    assert not line.leaves("disclosure.delivered")
    assert not line.book.receipts


@pytest.mark.parametrize("receipt", ["a.b", "a.b.c", "..", "e30.e30.AAAA", "\u00e4.b.c"])
def test_what_is_no_receipt_is_refused(line: Line, receipt: str) -> None:
    with pytest.raises(UnsupportedError):
        acknowledged(line, receipt)


def test_a_signature_over_other_bytes_is_refused(line: Line) -> None:
    mine, other = a_receipt(SHELTER, line.parcel.id), a_receipt(SHELTER, "0" * 26)
    forged = ".".join([*mine.split(".")[:2], other.split(".")[2]])
    with pytest.raises(UnsupportedError, match="signature"):
        acknowledged(line, forged)


def test_a_receipt_about_no_message_is_answered_like_any_unknown_one(line: Line) -> None:
    assert acknowledged(line, a_receipt(SHELTER, "0" * 26), "0" * 26) == Unknown()
    assert not line.book.receipts


def test_without_a_receipt_it_is_acknowledged_as_ever(line: Line) -> None:
    assert acknowledged(line, "") == Told()
    [leaf] = line.leaves("disclosure.delivered")
    assert "signed_by" not in leaf


def test_a_receipt_that_comes_after_the_acknowledgement_is_not_said_to_be_recorded(line: Line) -> None:
    """Again under another key is no harm, but nothing that was not kept is told as kept."""
    assert acknowledged(line, "") == Told()
    assert acknowledged(line, a_receipt(SHELTER, line.parcel.id)) == NotNow()
    assert acknowledged(line, "") == Told()
    assert line.book.receipts == []


def test_a_receipt_that_comes_under_the_key_of_an_acknowledgement_without_is_another_request(line: Line) -> None:
    """The answer to the first would say that the receipt was recorded, and it was not."""
    receipt = a_receipt(SHELTER, line.parcel.id)
    assert acknowledged(line, "", key="key-0000001") == Told()
    assert acknowledged(line, receipt, key="key-0000001") == KeyConflict()
    assert line.book.receipts == []


def test_a_receipt_that_comes_again_under_its_key_gets_the_first_answer(line: Line) -> None:
    receipt = a_receipt(SHELTER, line.parcel.id)
    assert acknowledged(line, receipt, key="key-0000001") == Told()
    assert acknowledged(line, receipt, key="key-0000001") == Repeated(RECORDED)
    assert len(line.book.receipts) == 1
