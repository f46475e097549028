"""A canary in every field of everything an agency sends: none turns up where it must not (A-01, P-02).

Allowed are the sealed payload and what is sealed under her data key; they open for her key only, which
tests/core/test_exchange.py and test_sealing_at_rest.py show. Everything else that is kept, logged or answered is looked
through here, in every encoding a value could hide in.
"""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from hashlib import md5, sha1, sha256

import pytest
from builders import SHELTER, a_consent_document
from fakes import run
from line import HILL, MEDIA_TYPE, Line, a_line
from marked import MARK, a_marked_referral, her_reference, marks

from adapters.sdk.contract import Inbound
from adapters.sdk.errors import AdapterError
from gateway.core.answers import Confirmed
from gateway.core.consents.desk import Actor
from gateway.core.consents.documents import ConsentRefusedError
from schemas.documents import Json
from schemas.errors import SchemaViolationError
from schemas.validation import satisfies
from schemas.vocabulary import ReferralState, RejectionReason

SEALED = {"payload", "sealed", "sealed_ref", "wrapped_key"}
"""Fields of rows whose bytes are under her data key; that no mark stands in them readable is looked at too."""
DOCUMENT = a_marked_referral()
CONSENT: dict[str, Json] = {
    "person_ref": her_reference(),
    "interpreter": {"id": f"{MARK}-interpreter"},
    "interpreter_relation": "professional",
    "taken_by": {"agency": "open-door", "name": f"{MARK} the taker"},
    "given_by": "self",
    "given_by_name": f"{MARK} the guardian",
}
SECRETS = {*marks(DOCUMENT), *(str(value) for value in marks(CONSENT))}


@pytest.fixture(scope="module")
def line() -> Line:
    """A line on which everything has happened: yes, no, delivery, answer, revocation, withdrawal."""
    line = a_line()
    consent = line.says(**CONSENT)
    line.says(**{**CONSENT, "state": "refused", "recipient": HILL})
    for recipient in (SHELTER, SHELTER, SHELTER, HILL, "nobody"):
        line.told(DOCUMENT, recipient=recipient, idempotency_key=f"{MARK}-key-{line.requests}")
    first, *_ = line.fetch(limit=1)
    run(line.answering.acknowledge(line.caller(SHELTER), first.message, line.key()))
    told = (ReferralState.REJECTED, RejectionReason.NO_CAPACITY)
    run(line.answering.answer(line.caller(SHELTER), first.message, *told, line.key()))
    line.takes_back(consent)
    run(line.desk.withdraw(Actor("harbour-police", line.caller()), her_reference(), None))
    line.told(DOCUMENT)
    line.told({"schema": "revocation/1.0", "reference": DOCUMENT["sender_reference"]})
    return line


@cache
def spellings(secret: str) -> set[bytes]:
    """What a value looks like as text, in hexadecimal, in base64 at any offset, and hashed without a key."""
    plain = secret.encode()
    found = {plain, plain.lower(), plain[::-1], plain.hex().encode(), plain.hex().upper().encode()}
    for encode in (b64encode, urlsafe_b64encode):
        for offset in range(3):
            encoded = encode(b"\0" * offset + plain)
            found.add(encoded[4 * (offset > 0) : len(encoded) // 4 * 4 - 4])
    for digest in (sha256(plain), sha1(plain, usedforsecurity=False), md5(plain, usedforsecurity=False)):
        found |= {digest.digest(), digest.hexdigest().encode()}
    return {spelling for spelling in found if len(spelling) > 5}


def found_in(text: bytes) -> set[str]:
    return {secret for secret in SECRETS if any(spelling in text for spelling in spellings(secret))}


def kept(value: object, path: str = "") -> Iterator[tuple[str, bytes]]:
    """Everything that stands in the book, with the name of the field it stands in."""
    if is_dataclass(value) and not isinstance(value, type):
        for entry in fields(value):
            yield from kept(getattr(value, entry.name), f"{path}.{entry.name}")
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from kept(key, f"{path}.key")
            yield from kept(member, path)
    elif isinstance(value, set | frozenset | list | tuple):
        for member in value:
            yield from kept(member, path)
    elif value is not None:
        yield path, value if isinstance(value, bytes) else str(value).encode()


def test_the_canaries_are_many_and_the_looking_works() -> None:
    assert len(SECRETS) > 50
    secret = min(SECRETS)
    for text in (secret, secret.encode().hex(), b64encode(f"ab{secret}cd".encode()).decode()):
        assert secret in found_in(text.encode())
    assert secret in found_in(sha256(secret.encode()).digest())
    assert not found_in(b"nothing of the kind")


def test_a_01_no_leaf_holds_a_value(line: Line) -> None:
    assert len(line.book.leaves) > 12
    assert {leaf.event for leaf in line.book.leaves if found_in(leaf.content)} == set()


def test_a_01_every_leaf_satisfies_its_schema(line: Line) -> None:
    assert {str(leaf["type"]) for leaf in line.leaves() if not satisfies(leaf, "ledger/1.0")} == set()
    assert {str(leaf["type"]) for leaf in line.leaves()} >= {
        "decision.permitted", "decision.refused", "consent.recorded", "consent.withdrawn", "disclosure.sending",
        "disclosure.delivered", "disclosure.answered", "referral.revoked",
    }  # fmt: skip


def test_a_01_a_leaf_holds_no_stable_number_of_hers(line: Line) -> None:
    """Neither her id nor a consent's, by which two leaves could be found to be about one person."""
    [person] = line.book.people
    numbers = {person.hex(), *(row.consent for row in line.book.consents)}
    text = b"".join(leaf.content for leaf in line.book.leaves).decode()
    assert {number for number in numbers if number in text} == set()


def test_p_02_nothing_kept_holds_a_value(line: Line) -> None:
    assert {path for path, text in kept(line.book) if found_in(text)} == set()


def test_p_02_what_is_sealed_is_all_that_could_hold_one(line: Line) -> None:
    """The canary of the test above: the book does keep what was said, and it opens with her key."""
    names = {path.rsplit(".", 1)[-1] for path, text in kept(line.book) if len(text) > 200}
    assert names - SEALED <= {"content"}


def test_no_answer_holds_a_value(line: Line) -> None:
    answers = [row.answer for row in line.book.referrals.values()]
    answers += [row.answer for row in line.book.answers.values() if row.answer is not None]
    assert answers
    assert found_in(json.dumps(answers).encode()) == set()


def faults() -> Iterator[tuple[str, bytes, bytes | None]]:
    """Documents that are wrong in different ways, canaries and all."""
    whole = json.dumps(DOCUMENT)
    yield "cut off", whole[:-20].encode(), None
    yield "unknown member", json.dumps({**DOCUMENT, MARK: MARK}).encode(), None
    yield "unknown code", json.dumps({**DOCUMENT, "needs": [{"code": MARK}]}).encode(), None
    yield "wrong type", json.dumps({**DOCUMENT, "subject": MARK}).encode(), None
    yield "unknown kind", json.dumps({"schema": MARK}).encode(), None
    yield "wrong reference", json.dumps({"schema": "revocation/1.0", "reference": f"{MARK} {MARK}"}).encode(), None
    yield "supplement", whole.encode(), json.dumps({"schema": "supplement/1.0", MARK: MARK}).encode()
    conflict = {"schema": "supplement/1.0", "subject": {"person_ref": f"{MARK}-other"}}
    yield "conflict", whole.encode(), json.dumps(conflict).encode()


@pytest.mark.parametrize(("name", "body", "supplement"), [pytest.param(*fault, id=fault[0]) for fault in faults()])
def test_no_error_holds_a_value(name: str, body: bytes, supplement: bytes | None) -> None:
    line = a_line()
    asked = line.asked(inbound=Inbound(body, MEDIA_TYPE), supplement=supplement)
    with pytest.raises((AdapterError, SchemaViolationError)) as caught:
        run(line.exchange.accept(asked))
    assert silent(caught.value), name


def test_no_refused_consent_holds_a_value_in_its_error() -> None:
    line = a_line()
    for wrong in ({"recipient": "all"}, {"decision": "referral"}, {"taken_by": {"agency": "x1", "name": MARK}}):
        document = a_consent_document(**{**CONSENT, **wrong})
        with pytest.raises((ConsentRefusedError, SchemaViolationError)) as caught:
            run(line.desk.record(Actor("harbour-police", line.caller()), document, "key"))
        assert silent(caught.value)


def silent(error: BaseException) -> bool:
    """Whether neither the error nor what it came from holds a value."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return not any(found_in(f"{one} {one.args} {vars(one)}".encode()) or MARK in f"{one} {vars(one)}" for one in chain)


def test_a_repeated_answer_is_rebuilt_from_the_record_and_holds_no_value() -> None:
    line = a_line()
    line.says(**CONSENT)
    asked = line.asked(DOCUMENT, idempotency_key=MARK)
    run(line.exchange.accept(asked))
    again: Confirmed = run(line.exchange.accept(replace(asked, caller=line.caller())))
    assert not found_in(str(again).encode())
    assert MARK not in str(list(line.book.answers.values()))
