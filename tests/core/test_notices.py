"""Who received something is told: in the same commit, once, without a reason, until it has answered (C-10, A-03)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from adapter_fakes import NOTICE, Fake
from builders import DAY, PERSON_REF, POLICE, SHELTER, an_agency
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fakes import run
from line import BAY, HILL, KEYS, Line, a_line, with_sealing
from noticing import (
    REVOCATION,
    acknowledged,
    fetched,
    message_of,
    standing,
    took_back,
    two_told,
)

from adapters.sdk import Outbound, OutgoingNotice, UnsupportedError
from adapters.sdk.guard import Guard
from adapters.sdk.notices import NOTICE_MEDIA_TYPE
from gateway.core.answers import NotFresh
from gateway.core.consents.desk import Actor
from gateway.core.crypto.sealed_message import SealedMessage, notice_bytes
from gateway.core.crypto.sealing import open_from
from gateway.core.dispatch import LEASE
from schemas.notice_codes import NoticeKind
from schemas.validation import satisfies
from schemas.vocabulary import FunctionClass


@pytest.fixture
def line() -> Line:
    return two_told()


class TestQueueing:
    def test_c_10_each_who_received_something_gets_one_in_the_same_commit(self, line: Line) -> None:
        acknowledged(line, message_of(line))  # Delivered, and another only handed out: both received it.
        batches = line.recorder.batches
        outcome = took_back(line)
        assert line.recorder.batches == batches + 1
        assert outcome.notices == 2
        assert {(one.recipient, one.about) for one in line.book.notices.values()} == {
            (SHELTER, message_of(line)),
            (HILL, message_of(line, HILL)),
        }

    def test_c_10_who_received_nothing_is_told_nothing(self, line: Line) -> None:
        took_back(line)
        assert BAY not in {one.recipient for one in line.book.notices.values()}

    def test_c_10_what_may_have_left_is_what_gets_a_notice(self, line: Line) -> None:
        outcome = took_back(line)
        assert {gone.message for gone in outcome.in_flight.may_have_left} == {
            one.about for one in line.book.notices.values()
        }

    def test_c_10_one_consent_taken_back_tells_its_recipient_only(self) -> None:
        line = a_line()
        consent = line.says()
        line.says(recipient=HILL)
        for shelter in (SHELTER, HILL):
            line.told(recipient=shelter)
            line.fetch(shelter)
        assert took_back(line, consent).notices == 1
        assert [one.recipient for one in line.book.notices.values()] == [SHELTER]

    def test_c_10_it_is_queued_once_whatever_follows(self, line: Line) -> None:
        line.told(REVOCATION)
        assert took_back(line).notices == 0
        assert len(line.book.notices) == 2

    def test_what_the_sender_takes_back_is_told_alike(self, line: Line) -> None:
        """So that a recipient cannot tell whether she or the sender took it back."""
        answer = line.told(REVOCATION)
        assert (answer["may_have_left"], answer["notices"]) == (2, 2)
        assert {one.kind for one in line.book.notices.values()} == {NoticeKind.WITHDRAWAL}

    def test_confirming_a_consent_tells_nobody(self) -> None:
        line = a_line()
        consent = line.says()
        line.told()
        line.fetch()
        line.confirms(consent)
        assert not line.book.notices

    def test_a_withdrawal_that_is_not_fresh_tells_nobody(self, line: Line) -> None:
        asked = line.asked()
        run(line.exchange.accept(asked))
        assert isinstance(run(line.desk.withdraw(Actor(POLICE, asked.caller), PERSON_REF, None)), NotFresh)
        assert not line.book.notices

    def test_every_step_is_a_leaf_about_her_without_a_personal_value(self, line: Line) -> None:
        took_back(line)
        leaves = line.leaves("notice.queued")
        assert len(leaves) == 2
        assert all(satisfies(leaf, "ledger/1.0") for leaf in leaves)
        assert {leaf["recipient"] for leaf in leaves} == {SHELTER, HILL}
        assert all(message_of(line) not in json.dumps(leaf) for leaf in leaves)
        assert {kept.person for kept in line.book.leaves if b"notice.queued" in kept.content} == line.book.people

    def test_p_01_two_recipients_hold_nothing_equal(self, line: Line) -> None:
        took_back(line)
        one, other = line.book.notices.values()
        assert not {one.id, one.about, one.due} & {other.id, other.about, other.due}


class TestHandingOut:
    def test_it_says_what_is_asked_and_never_why_or_who_else(self, line: Line) -> None:
        took_back(line)
        got = fetched(line)
        assert got.media_type == NOTICE_MEDIA_TYPE
        document = json.loads(got.body)
        assert satisfies(document, "notice/1.0")
        assert document == {
            "schema": "notice/1.0",
            "notice": got.message,
            "about": message_of(line),
            "kind": "withdrawal",
            "asks": "erase",
            "on": "2031-03-14",
            "answer_by": "2031-03-17",
        }
        assert HILL.encode() not in got.body

    def test_it_waits_its_jitter_and_then_goes_first(self, line: Line) -> None:
        took_back(line)
        assert line.fetch() == () or standing(line).due <= line.clock.now()
        line.says(taken_at="2031-03-14T12:00:00Z")
        line.clock.advance(timedelta(minutes=31))
        line.told()
        assert [got.message for got in line.fetch(limit=1)] == [standing(line).id]

    def test_c_10_no_consent_and_no_agreement_is_needed(self, line: Line) -> None:
        took_back(line)
        line.directory.agreements.clear()
        line.person_keys.destroy(*line.book.people)
        assert fetched(line).message == standing(line).id

    def test_m_04_another_fetches_nothing_of_it(self, line: Line) -> None:
        took_back(line)
        line.clock.advance(DAY)
        assert standing(line).id not in {got.message for got in line.fetch(HILL)}

    def test_it_is_signed_where_the_recipient_has_no_key(self, line: Line) -> None:
        took_back(line)
        got = fetched(line)
        assert got.signature is not None
        key = Ed25519PublicKey.from_public_bytes(KEYS.message_public_key())
        key.verify(got.signature.signature, notice_bytes(SHELTER, got.message, got.body))

    def test_it_is_sealed_where_it_has_one(self) -> None:
        line = a_line()
        private = with_sealing(line)
        line.says()
        line.told()
        line.fetch()
        took_back(line)
        got = fetched(line)
        body = open_from(private, KEYS.message_public_key(), SHELTER, SealedMessage.from_bytes(got.body))
        assert json.loads(body)["about"] == message_of(line)
        assert message_of(line).encode() not in got.body

    def test_a_key_that_was_replaced_holds_no_notice_back(self) -> None:
        line = a_line()
        with_sealing(line)
        line.says()
        line.told()
        line.fetch()
        took_back(line)
        with_sealing(line)
        assert fetched(line).message == standing(line).id

    def test_a_format_without_notices_gets_our_own(self, line: Line) -> None:
        def refuse(_notice: object) -> None:
            raise UnsupportedError("", "notice")

        line.adapters.known["other"] = Guard(Fake(notices=refuse))
        line.directory.put(an_agency(SHELTER, FunctionClass.SHELTER, adapter="other"))
        took_back(line)
        assert fetched(line).media_type == NOTICE_MEDIA_TYPE

    def test_an_adapter_that_is_gone_holds_no_notice_back(self, line: Line) -> None:
        line.directory.put(an_agency(SHELTER, FunctionClass.SHELTER, adapter="gone"))
        took_back(line)
        assert fetched(line).media_type == NOTICE_MEDIA_TYPE

    def test_after_a_defect_the_other_notices_are_written_without_the_adapter(self, line: Line) -> None:
        asked: list[OutgoingNotice] = []

        def breaks(notice: OutgoingNotice) -> Outbound:
            asked.append(notice)
            raise RuntimeError

        line.adapters.known["other"] = Guard(Fake(notices=breaks))
        told = [replace(NOTICE, notice=name) for name in "abc"]
        written = line.dispatch.notifying._written(an_agency(SHELTER, adapter="other"), told)
        assert [one.media_type for one in written] == [NOTICE_MEDIA_TYPE] * 3
        assert asked == told[:1]

    def test_it_is_handed_out_once_while_its_lease_runs_and_again_afterwards(self, line: Line) -> None:
        took_back(line)
        first = fetched(line)
        assert line.fetch() == ()
        line.clock.advance(2 * LEASE)
        assert [got.message for got in line.fetch()] == [first.message]
        assert len(line.leaves("notice.sending")) == 2

    def test_two_who_fetch_at_one_moment_get_it_once(self, line: Line) -> None:
        took_back(line)
        line.clock.advance(timedelta(minutes=31))
        found = line.recorder.together([line.dispatch.lease(line.caller(SHELTER), 5) for _ in range(2)])
        assert sorted(len(got) for got in found if isinstance(got, tuple)) == [0, 1]
        assert len(line.leaves("notice.sending")) == 1
