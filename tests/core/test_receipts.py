"""What a sender may learn: the route in full, her record never (DESIGN section 5)."""

import json
from itertools import combinations

import pytest
from builders import DAY, SHELTER, a_consent, a_disclosure, some_records
from builders import NOON as AT
from line import HILL, Line, a_line

from consent.decision import Permit, Refusal, decide
from consent.policy import Policy
from consent.reasons import COLLAPSED_CODE, Audience, Reason
from gateway.core import receipts
from schemas.documents import Document
from schemas.validation import satisfies
from schemas.vocabulary import DataCategory

OF_RECORD = [reason for reason in Reason if reason.audience is Audience.RECORD]
OF_ROUTE = [reason for reason in Reason if reason.audience is Audience.ROUTE]
OF_SENDER = [reason for reason in Reason if reason.audience is Audience.SENDER]


class TestReasons:
    def test_every_reason_of_her_record_is_told_as_one_and_the_same(self) -> None:
        told = [receipts.told([reason]) for reason in OF_RECORD]
        assert len(told) > 10
        assert all(one == told[0] for one in told)
        assert told[0][0]["code"] == COLLAPSED_CODE

    def test_several_reasons_of_her_record_are_told_as_one(self) -> None:
        for pair in combinations(OF_RECORD, 2):
            assert receipts.told(pair) == receipts.told(pair[:1])

    def test_what_is_told_of_her_record_names_none_of_its_words(self) -> None:
        told = json.dumps(receipts.told([Reason.CONSENT_WITHDRAWN]))
        assert not [word for word in ("withdrawn", "consent", "restrict", "known", "expired", "C-09") if word in told]

    def test_f_03_every_reason_of_the_route_is_told_as_no_agreement(self) -> None:
        for reason in OF_ROUTE:
            assert receipts.told([reason]) == receipts.told([Reason.NO_AGREEMENT])

    @pytest.mark.parametrize("reason", OF_SENDER)
    def test_what_the_sender_can_mend_is_told_in_full(self, reason: Reason) -> None:
        assert receipts.told([reason]) == [{"code": reason.value, "rule": reason.rule, "sentence": reason.sentence}]

    def test_a_reason_is_told_once(self) -> None:
        assert len(receipts.told([Reason.NO_PROFILE, Reason.NO_PROFILE, Reason.NO_CONSENT, Reason.RESTRICTED])) == 2

    @pytest.mark.parametrize("reason", Reason)
    def test_every_refusal_is_a_receipt(self, reason: Reason) -> None:
        assert satisfies(receipts.refused("D-1", Refusal((reason,), AT)), "receipt/1.0")


class TestPermits:
    def told(self, **changes: object) -> Document:
        permit = decide(a_disclosure(), some_records(a_consent(**changes)), Policy(), AT)
        assert isinstance(permit, Permit)
        carries = frozenset({DataCategory.NEED, DataCategory.ALIAS, DataCategory.NAME, DataCategory.ENVELOPE})
        return receipts.permitted("D-1", permit, permit.categories & carries, carries)

    def test_a_permit_is_a_receipt_with_what_was_sent_and_what_was_not(self) -> None:
        told = self.told()
        assert satisfies(told, "receipt/1.0")
        assert (told["sent"], told["not_sent"]) == (["alias", "need"], ["name"])

    def test_an_absence_is_told_alike_whether_profile_or_person_kept_it_back(self) -> None:
        told = self.told(categories=frozenset({DataCategory.NEED}))
        assert (told["sent"], told["not_sent"]) == (["need"], ["alias", "name"])
        assert told.keys() == self.told().keys()

    def test_m_11_the_day_and_the_obligations_are_told(self) -> None:
        told = self.told(ends=AT + 3 * DAY)
        assert told["use_until"] == "2031-03-17"
        assert len(told["obligations"]) == 4


def unknown(line: Line) -> None:
    """Nobody recorded anything."""


def silent(line: Line) -> None:
    line.says(recipient=HILL)


def refused(line: Line) -> None:
    line.says(state="refused")


def asked(line: Line) -> None:
    line.says(state="requested")


def withdrawn(line: Line) -> None:
    line.says()
    line.takes_back()


def expired(line: Line) -> None:
    line.says(valid_until="2031-03-14T11:59:59Z")


def early(line: Line) -> None:
    line.says(valid_from="2031-03-14T12:00:01Z")


def restricted(line: Line) -> None:
    line.says(restrictions=[{"category": "need", "recipient": SHELTER}])


def narrow(line: Line) -> None:
    line.says(categories=["alias"])


def other_purpose(line: Line) -> None:
    line.says(purposes=["assistance.legal"])


def unconfirmed(line: Line) -> None:
    line.says(taken_by={"agency": SHELTER, "name": "Dan Rusu"})


GROUNDS = [unknown, silent, refused, asked, withdrawn, expired, early, restricted, narrow, other_purpose, unconfirmed]


@pytest.mark.parametrize("ground", GROUNDS, ids=lambda ground: ground.__name__)
def test_every_refusal_on_record_grounds_looks_the_same(ground: object) -> None:
    """Same members, same words, same length: only the random id differs."""
    line = a_line()
    assert callable(ground)
    ground(line)
    told, plain = line.told(), a_line().told()
    assert {**told, "decision_id": ""} == {**plain, "decision_id": ""}
    assert len(json.dumps(told)) == len(json.dumps(plain))
    assert list(told) == list(plain)


def test_and_beside_them_stands_a_yes() -> None:
    line = a_line()
    line.says()
    assert line.told()["outcome"] == "permitted"


def test_the_grounds_above_are_the_different_ones_they_claim_to_be() -> None:
    """A canary: in the log, where the data-protection officer looks, each has its own reason."""
    reasons = []
    for ground in GROUNDS:
        line = a_line()
        ground(line)
        line.told()
        reasons.append(str(line.leaves("decision.")[0]["reasons"]))
    assert len(set(reasons)) == len(GROUNDS)


def test_every_answer_of_the_line_is_a_receipt() -> None:
    line = a_line()
    line.says()
    reference = {"schema": "revocation/1.0", "reference": "CASE-2031/114"}
    answers = [
        line.told(),
        line.told(reference),
        line.told({**reference, "reference": "CASE-1"}),
        line.told(recipient=HILL),
        line.told(recipient="nobody"),
    ]
    assert [answer["outcome"] for answer in answers] == [
        "permitted", "revoked", "unknown_reference", "refused", "refused",
    ]  # fmt: skip
    assert [satisfies(answer, "receipt/1.0") for answer in answers] == [True] * len(answers)
