"""What a no leaves behind: a leaf, a row for the sender, at most a strike. A wrong document leaves nothing."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from builders import POLICE, SHELTER, a_referral, a_subject, an_agency, an_agreement
from fakes import run
from line import ENFORCERS, HILL, Line, a_line

from adapters.sdk.contract import Inbound
from adapters.sdk.errors import AdapterError
from gateway.core.answers import Recorded
from gateway.core.errors import Defect, OperatorError
from gateway.core.own_format import in_own_format
from schemas.documents import Document, Json
from schemas.errors import SchemaViolationError
from schemas.validation import satisfies
from schemas.vocabulary import DeliveryMode, FunctionClass, Purpose


@pytest.fixture
def line() -> Line:
    return a_line()


def reasons(line: Line) -> list[Json]:
    """The true reasons of every refusal in the log."""
    return [leaf["reasons"] for leaf in line.leaves("decision.refused")]


def heard(answer: Document) -> list[Json]:
    """The codes a sender is told."""
    told = answer["reasons"]
    assert isinstance(told, list)
    return [reason["code"] for reason in told]


def test_a_01_a_refusal_is_a_leaf_with_its_true_reason(line: Line) -> None:
    line.says(recipient=HILL)
    line.told()
    [leaf] = line.leaves("decision.")
    assert (leaf["type"], leaf["reasons"]) == ("decision.refused", ["no_consent"])
    assert (leaf["sender"], leaf["recipient"]) == (POLICE, SHELTER)


def test_a_refused_referral_makes_no_person_no_binding_no_key_and_no_parcel(line: Line) -> None:
    line.told()
    for table in (line.book.people, line.book.bindings, line.book.parcels, line.person_keys.keys):
        assert not table
    [row] = line.book.referrals.values()
    assert (row.outcome, row.person, row.reference) == ("refused", None, None)


def test_a_recipient_nobody_registered_is_not_named_in_the_log(line: Line) -> None:
    line.told(recipient="Maria Stan, Harbour Street 4")
    [leaf] = line.leaves()
    assert leaf["reasons"] == ["no_agreement"]
    assert "recipient" not in leaf
    assert satisfies(leaf, "ledger/1.0")


@pytest.mark.parametrize("recipient", [ENFORCERS, "nobody", "advocate", ""])
def test_f_01_f_03_enforcement_answers_like_a_recipient_nobody_knows(line: Line, recipient: str) -> None:
    answers = [{**line.told(recipient=name), "decision_id": ""} for name in (recipient, "somebody-else")]
    assert answers[0] == answers[1]
    assert heard(answers[0]) == ["no_agreement"]


def test_f_01_enforcement_gets_nothing_whatever_she_and_the_agencies_agreed_to(line: Line) -> None:
    line.says()
    line.directory.agree(an_agreement(id="planted", recipient=ENFORCERS))
    for purpose in Purpose:
        assert line.told(recipient=ENFORCERS, purpose=purpose)["outcome"] == "refused"
    assert reasons(line) == [["never_receives"]] * len(Purpose)


@pytest.mark.parametrize(
    "subject",
    [
        a_subject(age_band="9--17", minor_status=None),
        a_subject(age_band=None, minor_status=None),
        a_subject(minor_status="unknown"),
        a_subject(minor_status="child"),
        a_subject(birth={"date": "2013-03-15"}),
    ],
)
def test_k_01_who_is_not_known_to_be_an_adult_is_not_sent_on_an_adults_route(
    line: Line, subject: dict[str, Json]
) -> None:
    """Her own yes does not carry it: the rules for children ask first for the local contact (K-04)."""
    line.says()
    assert line.told(a_referral(subject=subject))["outcome"] == "refused"
    assert reasons(line) == [["local_contact_missing"]]


def test_c_01_too_little_to_act_on_is_a_refusal_on_record_grounds(line: Line) -> None:
    line.says(categories=["alias"])
    assert line.told()["outcome"] == "refused"
    assert reasons(line) == [["required_not_covered"]]
    assert len(line.book.strikes) == 2


def test_m_01_a_document_without_what_the_recipient_needs_is_the_senders_to_mend(line: Line) -> None:
    document = a_referral()
    del document["needs"]
    assert heard(line.told(document)) == ["document_lacks_required"]
    assert not line.book.strikes


@pytest.mark.parametrize(
    "document",
    [
        {"schema": "referral/1.0"},
        a_referral(unknown="x"),
        a_referral(subject={}),
        a_referral(subject=a_subject(person_ref=None)),
        {"schema": "status/1.0", "state": "accepted"},
        {"schema": "made-up/1.0"},
        {},
    ],
)
def test_a_wrong_document_raises_and_nothing_of_it_is_stored(line: Line, document: dict[str, Json]) -> None:
    before = line.book.copied()
    with pytest.raises((SchemaViolationError, AdapterError)):
        line.accept(document)
    assert line.book == before


def test_bytes_that_are_no_document_raise(line: Line) -> None:
    for body in (b"", b"\xff", b"[]", b"{" * 10_000):
        with pytest.raises((SchemaViolationError, AdapterError)):
            run(line.exchange.accept(line.asked(inbound=Inbound(body, "application/json"))))


def test_a_client_without_an_agency_is_a_defect(line: Line) -> None:
    stranger = replace(line.caller(), agency="nobody")
    with pytest.raises(Defect):
        run(line.exchange.accept(replace(line.asked(), caller=stranger)))


def test_what_is_to_be_brought_is_nothing_to_fetch(line: Line) -> None:
    line.says()
    pushed = an_agency(SHELTER, FunctionClass.SHELTER, delivery=DeliveryMode.NATIVE_PUSH)
    line.directory.put(pushed)
    assert line.told()["outcome"] == "permitted"
    assert line.fetch() == ()


def test_a_sealed_recipient_without_a_key_gets_nothing(line: Line) -> None:
    line.says()
    line.directory.put(an_agency(SHELTER, FunctionClass.SHELTER, delivery=DeliveryMode.SEALED_PULL))
    assert line.told()["outcome"] == "refused"
    assert reasons(line) == [["recipient_unreachable"]]
    assert not line.book.parcels


@pytest.mark.parametrize("preview", [None, "0" * 64])
def test_a_recipient_whose_adapter_is_gone_gets_nothing(line: Line, preview: str | None) -> None:
    """It was taken off the operator's list, for one. Found out only where she agreed, so it sounds like any no."""
    line.says()
    line.directory.put(an_agency(SHELTER, FunctionClass.SHELTER, adapter="gone"))
    asked = line.asked()
    run(line.exchange.accept(replace(asked, routing=replace(asked.routing, preview=preview))))
    assert reasons(line) == [["recipient_unreachable"]]
    assert not line.book.parcels


def test_the_adapters_of_both_sides_are_waited_for_aside(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker process of either would hold the event loop otherwise."""
    waited: list[set[str]] = []

    async def aside(keys: Callable[[], Iterable[str]], work: Callable[[], object]) -> object:
        waited.append(set(keys()))
        return work()

    line.says()
    line.adapters.known["other"] = line.adapters.known["canonical"]
    line.directory.put(an_agency(SHELTER, FunctionClass.SHELTER, adapter="other"))
    monkeypatch.setattr(line.adapters, "aside", aside)
    assert line.told()["outcome"] == "permitted"
    run(in_own_format(line.exchange, line.caller(), lambda adapter: adapter.manifest))
    assert waited == [{"canonical", "other"}, {"canonical"}]


def test_a_person_whose_data_key_is_gone_is_not_disclosed(line: Line) -> None:
    line.says()
    line.person_keys.destroy(*line.book.people)
    with pytest.raises(OperatorError):
        line.accept()
    assert not line.leaves("decision.")


def test_another_agency_does_not_know_her_by_the_same_reference(line: Line) -> None:
    line.says()
    line.directory.agree(an_agreement(id="other", sender=HILL))
    outcome = run(line.exchange.accept(replace(line.asked(), caller=line.caller(HILL))))
    assert isinstance(outcome, Recorded)
    assert reasons(line) == [["person_unknown"]]
