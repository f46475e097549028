"""Whoever holds what she no longer agrees to is told what that is, and nobody else is told anything (C-10, C-16)."""

import json
from datetime import timedelta

import pytest
from builders import NOON, PERSON_REF, POLICE, SHELTER, a_consent_document
from fakes import run
from happening import INFORMED, WHO, happens, told
from line import BAY, HILL, Line, a_line

from consent.facts import Restriction
from gateway.core.answers import Recorded
from gateway.core.consents.desk import Actor
from gateway.core.consents.narrowing import Narrowed, lost
from gateway.core.recipient_answers import Told
from gateway.core.records.notice_records import Held, Notice, Received
from schemas.documents import Document, Json
from schemas.notice_codes import NoticeAsk, NoticeKind, NoticeState
from schemas.validation import satisfies
from schemas.vocabulary import DataCategory, Purpose

NEED, ALIAS = DataCategory.NEED, DataCategory.ALIAS
LEFT_OVER: dict[str, Json] = {"categories": ["pseudonym", "need"]}


@pytest.fixture
def line() -> Line:
    """A line on which one shelter received her alias and her needs, and another that may receive them has nothing."""
    line = a_line()
    for shelter in (BAY, HILL):
        line.says(recipient=shelter)
    line.told(recipient=HILL)
    line.fetch(HILL)
    return line


def narrow(line: Line, **said: Json) -> tuple[str, Document]:
    """Refer her to the shelter, let it fetch, and narrow what she agreed to: the consent, what the agency is told."""
    consent = line.says()
    assert line.told()["outcome"] == "permitted"
    line.fetch()
    return consent, told(happens(line, consent, "narrowed", **WHO, **said))


def restrict(line: Line, category: str, recipient: str | None = None) -> Document:
    to: dict[str, Json] = {} if recipient is None else {"recipient": recipient}
    event: dict[str, Json] = {"restriction_set": {"category": category, **to}}
    document: Document = {"schema": "case_event/1.0", "person_ref": PERSON_REF, "event": event}
    outcome = run(line.cases.record(Actor(POLICE, line.caller()), document, line.key()))
    assert isinstance(outcome, Recorded)
    return outcome.answer


def the_one(line: Line) -> Notice:
    [notice] = line.book.notices.values()
    return notice


def answered(line: Line, state: NoticeState) -> dict[str, Json]:
    """Let the shelter fetch its notice, acknowledge it and answer; return what it said."""
    line.clock.advance(timedelta(hours=1))
    [handed] = [one for one in line.fetch() if one.message in line.book.notices]
    assert run(line.answering.acknowledge(line.caller(SHELTER), handed.message, line.key())) == Told()
    said = line.answering.answer_notice(line.caller(SHELTER), handed.message, state, None, line.key())
    assert run(said) == Told()
    document: dict[str, Json] = json.loads(handed.body)
    return document


def test_c_10_who_holds_what_was_narrowed_away_is_told_which_kinds_of_data(line: Line) -> None:
    _, answer = narrow(line, **LEFT_OVER)
    assert answer["notices"] == 1
    notice = the_one(line)
    assert (notice.kind, notice.asks, notice.recipient) == (NoticeKind.NARROWING, NoticeAsk.ERASE_PART, SHELTER)
    assert ALIAS in notice.categories
    assert NEED not in notice.categories
    [leaf] = line.leaves("notice.queued")
    assert satisfies(leaf, "ledger/1.0")
    assert leaf["notice"] == "narrowing"


WITHHELD: list[Json] = [{"category": "alias", "recipient": SHELTER}]


def sent(line: Line) -> None:
    """Refer her to the shelter, and let it fetch."""
    line.says()
    assert line.told()["outcome"] == "permitted"
    line.fetch()


@pytest.mark.parametrize("recipient", [SHELTER, "open-door"], ids=["about them", "about somebody else"])
def test_c_15_what_she_withholds_in_a_new_consent_is_told_to_whoever_holds_it(line: Line, recipient: str) -> None:
    """A restriction beats whatever a disclosure rested on: which consent it stands in plays no part."""
    sent(line)
    said = a_consent_document(recipient=recipient, restrictions=WITHHELD)
    outcome = run(line.desk.record(Actor(POLICE, line.caller()), said, line.key()))
    assert isinstance(outcome, Recorded)
    assert outcome.answer["notices"] == 1
    notice = the_one(line)
    assert (notice.kind, notice.recipient, notice.categories) == (NoticeKind.NARROWING, SHELTER, {ALIAS})


def test_c_15_what_was_withheld_before_is_not_told_again(line: Line) -> None:
    sent(line)
    for notices in ({"notices": 1}, {}):
        said = a_consent_document(recipient="open-door", restrictions=WITHHELD)
        outcome = run(line.desk.record(Actor(POLICE, line.caller()), said, line.key()))
        assert isinstance(outcome, Recorded)
        assert {name: value for name, value in outcome.answer.items() if name == "notices"} == notices
    assert len(line.book.notices) == 1


@pytest.mark.parametrize(
    "restriction",
    [{"category": "alias", "recipient": BAY}, {"category": "name"}],
    ids=["from somebody who has nothing", "what nobody has"],
)
def test_c_15_who_holds_nothing_of_it_is_told_nothing(line: Line, restriction: dict[str, Json]) -> None:
    sent(line)
    said = a_consent_document(recipient="open-door", restrictions=[restriction])
    outcome = run(line.desk.record(Actor(POLICE, line.caller()), said, line.key()))
    assert isinstance(outcome, Recorded)
    assert outcome.answer["notices"] == 0
    assert not line.book.notices


def test_c_15_agreeing_again_with_something_withheld_tells_who_holds_it(line: Line) -> None:
    consent = line.says()
    assert line.told()["outcome"] == "permitted"
    line.fetch()
    answer = told(happens(line, consent, "renewed", **INFORMED, restrictions=WITHHELD))
    assert answer["notices"] == 1
    assert the_one(line).categories == {ALIAS}


def test_c_10_the_notice_is_handed_out_tracked_and_ended_like_any_other(line: Line) -> None:
    narrow(line, **LEFT_OVER)
    document = answered(line, NoticeState.ERASED)
    assert satisfies(document, "notice/1.0")
    assert set(document["categories"]) == the_one(line).categories
    assert the_one(line).state is NoticeState.ERASED


def test_c_10_a_part_that_was_erased_is_no_reason_not_to_tell_of_the_whole(line: Line) -> None:
    consent, _ = narrow(line, **LEFT_OVER)
    answered(line, NoticeState.ERASED)
    line.takes_back(consent)
    assert [one.kind for one in line.book.notices.values()] == [NoticeKind.NARROWING, NoticeKind.WITHDRAWAL]


def test_c_16_where_the_purpose_is_gone_all_of_it_is_to_be_erased(line: Line) -> None:
    consent = line.says(purposes=["assistance.accommodation", "assistance.material"])
    line.told()
    line.fetch()
    happens(line, consent, "narrowed", **WHO, purposes=["assistance.material"])
    assert (the_one(line).kind, the_one(line).asks) == (NoticeKind.WITHDRAWAL, NoticeAsk.ERASE)
    assert the_one(line).categories == frozenset()


def test_c_08_an_earlier_end_is_told_with_its_day(line: Line) -> None:
    narrow(line, valid_until="2031-03-20T00:00:00Z")
    assert the_one(line).categories == frozenset()
    assert answered(line, NoticeState.ERASED)["use_until"] == "2031-03-20"


def test_c_10_who_received_nothing_of_it_is_told_nothing(line: Line) -> None:
    consent = line.says()
    assert told(happens(line, consent, "narrowed", **WHO, **LEFT_OVER))["notices"] == 0
    assert line.book.notices == {}


def test_c_10_nobody_is_told_again_who_was_asked_to_erase_all(line: Line) -> None:
    consent, _ = narrow(line, **LEFT_OVER)
    line.takes_back(consent)
    before = len(line.book.notices)
    assert restrict(line, "need")["notices"] == 1
    assert [one.recipient for one in [*line.book.notices.values()][before:]] == [HILL]


def test_c_15_a_restriction_is_told_to_everybody_who_holds_what_it_is_about(line: Line) -> None:
    assert restrict(line, "alias")["notices"] == 1
    notice = the_one(line)
    assert (notice.recipient, notice.kind, notice.categories) == (HILL, NoticeKind.NARROWING, {ALIAS})
    assert restrict(line, "name")["notices"] == 0, "nobody holds her name"


def test_c_15_a_restriction_against_one_is_told_to_that_one_only(line: Line) -> None:
    assert restrict(line, "need", BAY)["notices"] == 0
    assert restrict(line, "need", HILL)["notices"] == 1


HELD = Held(
    Received("M", "R", POLICE, HILL, b"her"), Purpose.ACCOMMODATION, "consent-1", frozenset({NEED, ALIAS}), NOON
)


def taken(**changes: object) -> Narrowed:
    usual: dict[str, object] = {
        "consent": "consent-1",
        "purposes": frozenset(),
        "categories": frozenset(),
        "ends": None,
        "restrictions": (),
    }
    return Narrowed(**{**usual, **changes})


@pytest.mark.parametrize(
    "nothing",
    [
        taken(),
        taken(categories=frozenset({DataCategory.LANGUAGE})),
        taken(consent="consent-2", categories=frozenset({ALIAS}), purposes=frozenset({Purpose.ACCOMMODATION})),
        taken(restrictions=(Restriction(ALIAS, BAY),)),
        taken(restrictions=(Restriction(DataCategory.NAME),)),
        taken(ends=NOON),
    ],
)
def test_what_a_message_did_not_carry_it_does_not_lose(nothing: Narrowed) -> None:
    assert lost(HELD, nothing) is None


def test_a_restriction_is_about_every_message_whatever_it_rests_on() -> None:
    less = lost(HELD, taken(consent="consent-2", restrictions=(Restriction(ALIAS),)))
    assert less is not None
    assert less.categories == {ALIAS}
