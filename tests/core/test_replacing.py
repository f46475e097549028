"""A corrected referral replaces an earlier one: the old stops, and whoever has it is told what does (A-03)."""

from dataclasses import replace

import pytest
from builders import PERSON_REF, POLICE, SHELTER, a_referral, a_subject
from line import HILL, Line, a_line, opened

from gateway.core.stages import Parcel
from schemas.documents import Document
from schemas.notice_codes import NoticeKind, NoticeState
from schemas.vocabulary import Purpose, ReferralState


@pytest.fixture
def line() -> Line:
    line = a_line()
    line.says()
    return line


def sent(line: Line, replaces: object = None, **changes: object) -> Document:
    return line.told(replaces=None if replaces is None else str(replaces), **changes)


def refused(told: Document) -> bool:
    reasons = told.get("reasons")
    return isinstance(reasons, list) and [reason["code"] for reason in reasons] == ["nothing_to_replace"]


def waiting(line: Line) -> list[Parcel]:
    return [kept.parcel for kept in line.book.parcels.values() if kept.state == "queued"]


def test_a_03_what_still_waits_is_stopped_and_only_the_correction_leaves(line: Line) -> None:
    first = sent(line)
    second = sent(line, first["decision_id"])
    assert (second["outcome"], second["replaces"], second["version"]) == ("permitted", first["decision_id"], 2)
    assert [parcel.referral for parcel in waiting(line)] == [second["decision_id"]]
    assert len(line.fetch()) == 1
    assert not line.book.notices, "nobody has the earlier one, so nobody is told of it"


def test_a_03_whoever_has_the_earlier_one_is_told_what_replaces_it(line: Line) -> None:
    first = sent(line)
    [held] = line.fetch()
    sent(line, first["decision_id"])
    [notice] = line.book.notices.values()
    [correction] = waiting(line)
    assert (notice.kind, notice.about, notice.replaced_by) == (NoticeKind.RECTIFICATION, held.message, correction.id)
    line.clock.moment = notice.due
    told = {message.message: message for message in line.fetch()}
    assert opened(told[notice.id])["replaced_by"] == correction.id
    assert correction.id in told
    assert line.book.referrals[str(first["decision_id"])].state is ReferralState.REVOKED
    assert line.book.notices[notice.id].state is NoticeState.SENDING


def test_the_leaf_names_the_version_and_nothing_that_links_the_two(line: Line) -> None:
    first = sent(line)
    sent(line, sent(line, first["decision_id"])["decision_id"])
    assert [leaf.get("version") for leaf in line.leaves("decision.permitted")] == [None, 2, 3]
    assert not any("replaces" in leaf for leaf in line.leaves())


def test_unknown_revoked_replaced_and_of_another_person_or_way_are_refused_alike(line: Line) -> None:
    line.says(recipient=HILL)
    line.says(person_ref="somebody-else")
    first = sent(line)
    replaced, newest = first["decision_id"], sent(line, first["decision_id"])["decision_id"]
    somebody = line.told(a_referral(subject=a_subject(person_ref="somebody-else")), replaces=str(newest))
    wrong = [sent(line, "0" * 26), sent(line, replaced), somebody, sent(line, newest, recipient=HILL)]
    row = line.book.referrals[str(newest)]
    line.book.referrals[row.id] = replace(row, state=ReferralState.REVOKED)
    wrong.append(sent(line, newest))
    assert all(map(refused, wrong))
    assert {tuple(told.keys()) for told in wrong} == {("decision_id", "outcome", "reasons")}


def test_another_agencys_referral_cannot_be_replaced(line: Line) -> None:
    first = str(sent(line)["decision_id"])
    assert line.exchange.replaceable.earlier(POLICE, first) is not None
    assert line.exchange.replaceable.earlier(SHELTER, first) is None


def test_a_correction_that_may_not_be_sent_changes_nothing(line: Line) -> None:
    first = sent(line)
    told = sent(line, first["decision_id"], purpose=Purpose.HEALTH)
    assert told["outcome"] == "refused"
    assert [parcel.referral for parcel in waiting(line)] == [first["decision_id"]]


def test_two_corrections_that_race_replace_it_once(line: Line) -> None:
    first = str(sent(line)["decision_id"])
    line.recorder.meanwhile(lambda: sent(line, first))
    assert refused(sent(line, first))
    assert [row.version for row in line.book.replacements.values()] == [2]


def test_a_repeated_correction_gets_its_first_answer(line: Line) -> None:
    first = str(sent(line)["decision_id"])
    asked = line.asked(replaces=first, idempotency_key="key-correction")
    told = line.told(replaces=first, idempotency_key="key-correction")
    again = line.accept(replaces=first, idempotency_key="key-correction")
    assert getattr(again, "answer", None) == told
    assert asked.routing.replaces == first


def test_without_her_word_a_correction_is_refused_like_any_referral(line: Line) -> None:
    first = sent(line)
    line.takes_back()
    told = sent(line, first["decision_id"])
    assert told["outcome"] == "refused"
    assert not refused(told)
    assert PERSON_REF not in str(told)
